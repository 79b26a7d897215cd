"""Parameters: dated values with unit and source."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from sizao.facts.declaration import Words
from sizao.policy.context import UNITS, Context, Dated, Value, elements
from sizao.policy.fields import Fields, duration_of, integer_of, one_word, replaced, tell_shape, words_of
from sizao.policy.model import Named, Running, Source, Stated
from sizao.policy.rules import RUNNING
from sizao.policy.texts import Entry, Item, Map, Problems, Scalar
from sizao.terms.areas import is_area

# Stands in for a source that is told to be wrong, so that the value still counts.
_UNREAD = Source("", "", "M")
ENTRY_KEYS = ("from", "value", "unit", "source", "running", "legal_basis")


def read_parameter(name: str, found: list[Entry], context: Context) -> tuple[Dated, ...]:
    """The dated values in order; of two with one date the later text (an overlay's) counts."""
    by_date: dict[date, Dated] = {}
    for entry in found:
        values = [_dated(name, item, entry, context) for item in elements(entry.value)]
        known = [value for value in values if value is not None]
        _tell_unordered(known, context)
        by_date |= {value.since: value for value in known}
    dated = tuple(by_date[since] for since in sorted(by_date))
    for value in dated[1:]:
        if value.unit != dated[0].unit:
            context.problems.add(
                "unit",
                value.unit_place,
                Words(f"参数 {name} 的单位前后不同", f"the unit of the parameter {name} changes"),
                found=value.unit,
                expected=(dated[0].unit,),
                also=(dated[0].unit_place,),
                fix=replaced(value.unit_place, dated[0].unit),
            )
    return tuple(replace(value, unit=dated[0].unit) for value in dated)


def stated(values: tuple[Dated, ...]) -> tuple[Stated, ...]:
    """The dated values as readers of the pack see them, without their places in the files."""
    return tuple(Stated(one.since, one.value, one.unit, one.source, one.running) for one in values)


def _tell_unordered(values: list[Dated], context: Context) -> None:
    for before, after in pairwise(values):
        if after.since <= before.since:
            context.problems.add(
                "parameter_order",
                after.place,
                Words("参数取值应按日期先后排列", "the values of a parameter go by date, each day once"),
                found=after.since.isoformat(),
                expected=(f"> {before.since.isoformat()}",),
                also=(before.place,),
                fix=replaced(after.place, (before.since + timedelta(days=1)).isoformat()),
            )


def _dated(name: str, item: Item, entry: Entry, context: Context) -> Dated | None:
    problems = context.problems
    what = Words(f"参数“{name}”", f'the parameter "{name}"')
    fields = Fields(item, what, problems, ENTRY_KEYS, ("from", "value", "unit", "source"), at=entry.key)
    since, unit = fields.date("from"), fields.choice("unit", UNITS, "unit")
    source = context.source(fields, what)
    running = fields.choice("running", RUNNING, "running")
    own = fields.item("legal_basis")
    if own is not None:
        words_of(own, "legal_basis", problems)
    value = None if unit is None else _value(fields, unit, problems)
    place, unit_place = fields.item("from"), fields.item("unit")
    if since is None or unit is None or value is None or place is None or unit_place is None:
        return None
    return Dated(
        since,
        value,
        unit,
        source or _UNREAD,
        None if running is None else Running(running),
        own is not None,
        place,
        fields.item("running"),
        unit_place,
    )


def _value(fields: Fields, unit: str, problems: Problems) -> Value | None:
    item = fields.item("value")
    if item is None:
        return None
    if unit in ("areas", "places"):
        return _names(item, problems)
    if unit == "days" and not isinstance(item, Scalar):
        scalars = [one_word(one, "value", problems) for one in fields.many("value")]
        numbers = [None if scalar is None else integer_of(scalar, problems) for scalar in scalars]
        return tuple(number for number in numbers if number is not None)
    scalar = one_word(item, "value", problems)
    if scalar is None:
        return None
    if unit == "duration" or (unit in ("hours", "minutes") and not scalar.text.strip().isdigit()):
        return duration_of(scalar, problems)
    if unit in ("celsius", "ratio"):
        return _decimal(scalar, problems)
    return integer_of(scalar, problems)


def _names(item: Item, problems: Problems) -> tuple[Named, ...] | None:
    """Areas or places by id, each with its words: a map of id and {zh, en}."""
    if not isinstance(item, Map):
        what = Words("“value”", '"value"')
        wanted = Words("一组“编号: {zh, en}”", "a map of ids and {zh, en}")
        tell_shape(item, what, wanted, problems)
        return None
    found = []
    for name, entry in item.entries.items():
        words = words_of(entry.value, name, problems)
        if not is_area(name):
            message = Words(
                f"“{name}”不是区域路径或场所编号", f'"{name}" is no path of an area nor id of a place'
            )
            problems.add("named", entry.key, message, found=name, expected=("cn/11/1101", "market-1"))
        elif words is not None:
            found.append(Named(name, words))
    return tuple(found)


def _decimal(scalar: Scalar, problems: Problems) -> float | None:
    try:
        return float(scalar.text)
    except ValueError:
        integer_of(scalar, problems)
        return None
