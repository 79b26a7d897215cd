"""The five timings of a step: span, plan, deadline, calendar, rolling. Exactly one of them."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

from sizao.facts.declaration import Words
from sizao.policy.context import Context, VerbText
from sizao.policy.expressions.parse import Known, Scope
from sizao.policy.expressions.tree import ColumnOf, Node, Position, Type
from sizao.policy.fields import Fields, chosen, replaced
from sizao.policy.model import Calendar, Days, Deadline, Every, Plan, Rolling, Span, Timing
from sizao.policy.problems import nearest
from sizao.policy.texts import Item, Map, Scalar, without

_NUMBERING = ("day_zero", "first_day", "counted_from")
TIMING_KEYS = {
    "span": ("from", "days", "months", *_NUMBERING, "until", "within"),
    "plan": ("on_days", "grace_days", "late_start", *_NUMBERING),
    "deadline": ("from", "within", "by", "late_start", "closes_after"),
    "calendar": ("every", "at", "from", "until", "late_start", "closes_after"),
    "rolling": ("every_days", "min_gap", "from", "until"),
}
# The keys that decide the form; two of them in one step are two timings.
_DECISIVE = {
    "every_days": "rolling",
    "every": "calendar",
    "on_days": "plan",
    "days": "span",
    "months": "span",
    "by": "deadline",
}
ALL_TIMING_KEYS = tuple(dict.fromkeys(key for keys in TIMING_KEYS.values() for key in keys))
_DAY = (Type.DATE, Type.INSTANT)


def form_of(
    whole: Item, verb_text: VerbText | None, name: Scalar, known: tuple[str, ...], context: Context
) -> str | None:
    """Which of the five forms a step has; none and two are problems. known: its keys that are no timing."""
    if not isinstance(whole, Map):
        return None
    span = verb_text is not None and verb_text.verb.span
    found: dict[str, str] = {}
    for key, form in _DECISIVE.items():
        if key in whole.entries:
            found.setdefault(form, key)
    if not found and span and "until" in whole.entries:
        found["span"] = "until"
    elif not found and "within" in whole.entries:
        found["deadline"] = "within"
    elif len(found) == 1 and "span" not in found and "within" in whole.entries:
        (only,) = found.values()
        _tell_two(whole, only, "within", context)
        return None
    if len(found) > 1:
        first, second, *_ = found.values()
        _tell_two(whole, first, second, context)
        return None
    if not found:
        _tell_none(whole, span, name, known, context)
        return None
    (form,) = found
    if verb_text is not None and (form == "span") != span:
        _tell_kind(whole.entries[found[form]].key, verb_text, form, context)
    return form


def _tell_two(whole: Map, first: str, second: str, context: Context) -> None:
    keys = sorted((whole.entries[first], whole.entries[second]), key=lambda entry: entry.key.start)
    context.problems.add(
        "two_timings",
        keys[1].key,
        Words(
            f"一个步骤只能有一种时限：“{first}”与“{second}”二选一",
            f'a step has one timing: choose "{first}" or "{second}"',
        ),
        found=keys[1].key.text,
        expected=(first, second),
        also=(keys[0].key,),
        fix=without(keys[1].key, keys[1].value),
    )


def _tell_none(whole: Map, span: bool, name: Scalar, known: tuple[str, ...], context: Context) -> None:
    near = None
    for key in whole.entries:
        if key not in (*known, *ALL_TIMING_KEYS):
            near = near or nearest(key, _DECISIVE)
    if near is not None:
        return  # the misspelt key is told as unknown, with this word as the nearest
    wanted = ("days", "months", "until") if span else ("within", "by", "on_days", "every", "every_days")
    context.problems.add(
        "no_timing",
        name,
        Words("步骤没有时限", "the step has no timing"),
        found=name.text,
        expected=wanted,
        fix=None if span else whole.insertion("within: 24h"),
    )


def _tell_kind(where: Item, verb_text: VerbText, form: str, context: Context) -> None:
    span = verb_text.verb.span
    context.problems.add(
        "timing_kind",
        where,
        Words(
            f"动词“{verb_text.verb.name}”是{'时段' if span else '时点'}，不能用这种时限",
            f'the verb "{verb_text.verb.name}" is a {"span" if span else "point"}; this timing does not fit',
        ),
        found=form,
        expected=("span",) if span else ("plan", "deadline", "calendar", "rolling"),
        also=(verb_text.where,),
    )


def with_stage(scope: Scope, fields: Fields) -> Scope:
    """The scope with `stage_start`, where the step comes after another."""
    if "after" not in fields:
        return scope
    start = ColumnOf("stage_start", Type.INSTANT, Position(1, 1))
    return scope.with_names({"stage_start": Known(start, Type.INSTANT)})


def read_timing(form: str | None, fields: Fields, scope: Scope, at: date, context: Context) -> Timing | None:
    """The timing of that form; None after its problems have been told."""
    builders = {
        "span": _span,
        "plan": _plan,
        "deadline": _deadline,
        "calendar": _calendar,
        "rolling": _rolling,
    }
    return None if form is None else builders[form](fields, scope, at, context)


def _node(
    fields: Fields, key: str, scope: Scope, context: Context, wanted: tuple[Type, ...] = _DAY
) -> Node | None:
    known = context.expression(fields.item(key), key, scope, wanted)
    return None if known is None else known.node


def _needed(fields: Fields, key: str, context: Context) -> bool:
    if key in fields:
        return True
    context.problems.add(
        "missing_key",
        fields.where,
        Words(f"{fields.what.zh}缺少“{key}”", f'{fields.what.en} needs "{key}"'),
        expected=(key,),
    )
    return False


def _numbering(fields: Fields, scope: Scope, context: Context) -> Days | None:
    if "counted_from" in fields:
        if "day_zero" in fields:
            assert fields.map is not None
            _tell_two(fields.map, "day_zero", "counted_from", context)
        node = _node(fields, "counted_from", scope, context)
        return None if node is None else Days(node, 1, -1)
    if "day_zero" not in fields:
        _tell_numbering(fields, context)
        return None
    node = _node(fields, "day_zero", scope, context)
    first = fields.integer("first_day")
    if "first_day" not in fields:
        _tell_first_day(fields, context)
        return None
    if first is None or node is None:
        return None
    if first > 1:
        item = fields.item("first_day")
        assert isinstance(item, Scalar)
        chosen(item, ("0", "1"), context.problems, "first_day")
        return None
    return Days(node, first)


def _tell_numbering(fields: Fields, context: Context) -> None:
    event = re.sub(r"\s+", " ", getattr(fields.item("from"), "text", ""))
    context.problems.add(
        "numbering",
        fields.where,
        Words("没有写明从哪天起算", "it is not said from which day the days are counted"),
        expected=("day_zero + first_day", "counted_from"),
        fix=fields.map.insertion(f"counted_from: {event}") if event and fields.map else None,
    )


def _tell_first_day(fields: Fields, context: Context) -> None:
    context.problems.add(
        "numbering",
        fields.key("day_zero"),
        Words("“day_zero”要同时写明“first_day”（0或1）", '"day_zero" goes with "first_day", 0 or 1'),
        found="day_zero",
        expected=("first_day: 0", "first_day: 1"),
        fix=None if fields.map is None else fields.map.insertion("first_day: 1"),
    )


def _span(fields: Fields, scope: Scope, at: date, context: Context) -> Span | None:
    lengths = [key for key in ("days", "months", "until") if key in fields]
    if len(lengths) > 1:
        assert fields.map is not None
        _tell_two(fields.map, lengths[0], lengths[1], context)
    start = _node(fields, "from", scope, context) if _needed(fields, "from", context) else None
    within = context.quantity(fields, "within", "duration", at)
    within = within if isinstance(within, timedelta) else timedelta(0)
    if lengths[0] == "until":
        until = _node(fields, "until", scope, context)
        return None if start is None or until is None else Span(start, within, until=until)
    numbering = _numbering(fields, scope, context)
    length = context.quantity(fields, lengths[0], lengths[0], at, least=1)
    if start is None or numbering is None or not isinstance(length, int):
        return None
    if lengths[0] == "days":
        return Span(start, within, days=length, numbering=numbering)
    return Span(start, within, months=length, numbering=numbering)


def _plan(fields: Fields, scope: Scope, at: date, context: Context) -> Plan | None:
    numbering = _numbering(fields, scope, context)
    days = context.quantity(fields, "on_days", "day_list", at)
    grace = context.quantity(fields, "grace_days", "days", at)
    if numbering is None or not isinstance(days, tuple):
        return None
    numbers = tuple(day for day in days if isinstance(day, int))
    return Plan(numbering, numbers, grace if isinstance(grace, int) else 0)


def _deadline(fields: Fields, scope: Scope, at: date, context: Context) -> Deadline | None:
    if "by" in fields:
        by = _node(fields, "by", scope, context, (Type.DATE,))
        return None if by is None else Deadline(None, None, by)
    start = _node(fields, "from", scope, context)
    within = context.quantity(fields, "within", "duration", at)
    if not isinstance(within, timedelta) or ("from" in fields and start is None):
        return None
    return Deadline(start, within)


def _calendar(fields: Fields, scope: Scope, at: date, context: Context) -> Calendar | None:
    every = fields.choice("every", tuple(one.value for one in Every))
    clock = _clock(fields, context)
    start = _node(fields, "from", scope, context, (Type.DATE,)) if _needed(fields, "from", context) else None
    until = _node(fields, "until", scope, context, (Type.DATE,))
    if every is None or start is None or ("until" in fields and until is None):
        return None
    return Calendar(Every(every), clock, start, until)


def _clock(fields: Fields, context: Context) -> time | None:
    scalar = fields.scalar("at")
    if scalar is None:
        return None
    word = scalar.text.strip()
    found = re.fullmatch(r"(\d{1,2})[:：.时](\d{2})分?", word)
    if word == "24:00":
        return None
    if found and int(found.group(1)) < 24 and int(found.group(2)) < 60:
        clock = time(int(found.group(1)), int(found.group(2)))
        if f"{clock:%H:%M}" == word:
            return clock
        near: str | None = f"{clock:%H:%M}"
    else:
        near = None
    context.problems.add(
        "clock",
        scalar,
        Words(f"“{word}”不是钟点", f'"{word}" is not a time of day'),
        found=word,
        expected=("10:00", "24:00"),
        near=near,
        fix=None if near is None else replaced(scalar, f'"{near}"'),
    )
    return None


def _rolling(fields: Fields, scope: Scope, at: date, context: Context) -> Rolling | None:
    days = context.quantity(fields, "every_days", "days", at, least=1)
    gap = context.quantity(fields, "min_gap", "duration", at)
    start = _node(fields, "from", scope, context, (Type.DATE,)) if _needed(fields, "from", context) else None
    until = _node(fields, "until", scope, context, (Type.DATE,))
    if not isinstance(days, int) or start is None or ("until" in fields and until is None):
        return None
    return Rolling(days, gap if isinstance(gap, timedelta) else timedelta(0), start, until)
