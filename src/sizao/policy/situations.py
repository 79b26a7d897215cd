"""The facts of an example: what is written, filled up with stated defaults, as fact tables.

Defaults: a date event happens at its local 00:00 and is known at 08:00 that day; an instant event at
once; a fact without an event of its own happens when it is known, by default at the beginning of 2019. `id`
is the record's id in its source (default: running number), `version` its version. An identifier that must be
there and is not written is the column's own name. `tests` stands for a sample, its members and its result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa

from sizao.facts.declaration import Column, ColumnType, Fact
from sizao.facts.dictionary import FACTS
from sizao.facts.schemas import arrow_schema
from sizao.policy.problems import nearest
from sizao.policy.texts import Item, Map, Problems, Scalar, Seq
from sizao.terms.codes import CODE_LISTS
from sizao.terms.identifiers import natural_key
from sizao.terms.time import instant_at, midnight, parse_imprecise
from sizao.terms.words import Words

Row = Mapping[str, Any]  # column -> value, instants in UTC

_SYSTEM = "example"
_BEGINNING = datetime(2019, 1, 1)
_KNOWN_AT = timedelta(hours=8)
_RESULT_AFTER = timedelta(hours=6)
_SHARED_WORDS = ("rule", "pack", "version", "row", "person_in_office")  # ids that no example owns
_COMMON = ("id", "version", "action", "reason", "known_at", "happened_at", "area", "history", "derived")
_TEST = ("person", "taken_at", "result", "resulted_at", "members", "sample", "known_at")


@dataclass(frozen=True)
class Situation:
    """Facts as written: fact -> rows; `defaults` per fact and the area where things are recorded."""

    area: str = "area"
    defaults: Mapping[str, Row] = field(default_factory=dict)
    facts: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)

    def and_facts(self, facts: Mapping[str, tuple[Row, ...]]) -> Situation:
        """This situation with more facts after its own."""
        joined = {name: (*self.facts.get(name, ()), *facts.get(name, ())) for name in {**self.facts, **facts}}
        return replace(self, facts=joined)


def read_facts(known: Mapping[str, Item], before: Situation, zone: str, problems: Problems) -> Situation:
    """The situation `before` with the `area`, `defaults` and `facts` of a checked map."""
    area, defaults = known.get("area"), known.get("defaults")
    if isinstance(area, Scalar):
        before = replace(before, area=area.text)
    if isinstance(defaults, Map):
        read = {
            n: _row(n, e.value, zone, problems) for n, e in defaults.entries.items() if _is(n, e, problems)
        }
        before = replace(before, defaults={**before.defaults, **read})
    facts = known.get("facts")
    return before.and_facts(_facts(facts, zone, problems)) if isinstance(facts, Map) else before


def fact_tables(situation: Situation, zone: str, prefix: str = "") -> dict[str, list[dict[str, Any]]]:
    """The filled rows of every fact.

    `prefix` is put before every identifier and area, so that several situations can share tables.
    """
    written = {name: list(rows) for name, rows in situation.facts.items() if name != "tests"}
    for number, test in enumerate(situation.facts.get("tests", ()), start=1):
        for name, rows in _test(test, number).items():
            written.setdefault(name, []).extend(rows)
    return {
        name: [
            _filled(FACTS[name], row, number, situation, zone, prefix)
            for number, row in enumerate(rows, start=1)
        ]
        for name, rows in written.items()
    }


def arrow_tables(rows: Mapping[str, list[dict[str, Any]]]) -> dict[str, pa.Table]:
    """Every fact of the dictionary as an Arrow table, empty where there are no rows."""
    return {name: pa.Table.from_pylist(rows.get(name, []), schema=arrow_schema(name)) for name in FACTS}


def without_prefix(value: Any, prefix: str) -> Any:
    """An identifier of a result as the example wrote it; lists of identifiers too."""
    if not isinstance(value, str):
        return value
    return ",".join(part.removeprefix(prefix) for part in value.split(","))


def read_instant(item: Scalar, zone: str, problems: Problems) -> datetime:
    """A local time ("2020-06-20 09:00"; a date alone is its 00:00) as an instant."""
    try:
        local = datetime.fromisoformat(item.text)
    except ValueError:
        words = Words(f"“{item.text}”不是时刻", f'"{item.text}" is no moment')
        problems.add("example_value", item, words, found=item.text, expected=("2020-06-20 09:00",))
        return _BEGINNING
    return instant_at(local.date(), local.time(), zone)


def _is(name: str, entry: Any, problems: Problems) -> bool:
    if name in FACTS or name == "tests":
        return True
    words = Words(f"没有“{name}”这种事实", f'there is no fact "{name}"')
    problems.add("example_fact", entry.key, words, found=name, expected=(*FACTS,), near=nearest(name, FACTS))
    return False


def _facts(item: Map, zone: str, problems: Problems) -> dict[str, tuple[Row, ...]]:
    return {
        name: tuple(_row(name, row, zone, problems) for row in _items(entry.value))
        for name, entry in item.entries.items()
        if _is(name, entry, problems)
    }


def _items(item: Item) -> Iterable[Item]:
    return item.items if isinstance(item, Seq) else (item,)


def _row(fact: str, item: Item, zone: str, problems: Problems) -> Row:
    if not isinstance(item, Map):
        problems.add("example_fact", item, Words("事实应写作 {列: 值}", "a fact is written {column: value}"))
        return {}
    columns = {column.name: column for column in FACTS[fact].columns} if fact in FACTS else {}
    known = (*columns, *_COMMON) if columns else _TEST
    row: dict[str, Any] = {}
    for name, entry in item.entries.items():
        if name not in known:
            words = Words(f"{fact} 没有“{name}”这一列", f'{fact} has no column "{name}"')
            near = nearest(name, known)
            problems.add("example_column", entry.key, words, found=name, expected=tuple(known), near=near)
        elif isinstance(entry.value, Scalar):
            row[name] = _read(columns.get(name), name, entry.value, zone, problems)
    return row


def _read(column: Column | None, name: str, item: Scalar, zone: str, problems: Problems) -> Any:
    kind = column.type if column is not None else _type_of(name)
    try:
        if kind is ColumnType.INSTANT:
            return read_instant(item, zone, problems)
        codes = column.codes if column is not None else None
        if codes is not None and codes in CODE_LISTS:
            _check_code(codes, item, problems)
        return _PLAIN.get(kind, str)(item.text)
    except ValueError:
        words = Words(f"“{item.text}”不是{name}的值", f'"{item.text}" is no value of {name}')
        problems.add("example_value", item, words, found=item.text)
        return None


def _check_code(codes: str, item: Scalar, problems: Problems) -> None:
    known = tuple(code.code for code in CODE_LISTS[codes].codes)
    if item.text not in known and not CODE_LISTS[codes].open:
        words = Words(f"{codes} 中没有“{item.text}”", f'{codes} has no code "{item.text}"')
        near = nearest(item.text, known)
        problems.add("example_value", item, words, found=item.text, expected=known, near=near)


def _type_of(name: str) -> ColumnType:
    """Types of the common columns and of the columns of `tests`."""
    if name in ("known_at", "happened_at", "taken_at", "resulted_at"):
        return ColumnType.INSTANT
    if name in ("version", "members"):
        return ColumnType.COUNT
    return ColumnType.FLAG if name in ("history", "derived") else ColumnType.TEXT


_PLAIN: dict[ColumnType, Any] = {
    ColumnType.DATE: date.fromisoformat,
    ColumnType.IMPRECISE_DATE: parse_imprecise,
    ColumnType.NUMBER: float,
    ColumnType.COUNT: int,
    ColumnType.FLAG: lambda text: text in ("yes", "true"),
}


def _test(test: Row, number: int) -> dict[str, list[Row]]:
    """A sample, its members (the others are invented) and its result, when there is one."""
    sample, taken = test.get("sample", f"sample-{number}"), test["taken_at"]
    members = test.get("members", 1)
    known = test.get("known_at", taken)
    people = [test["person"], *(f"other-{number}-{other}" for other in range(2, members + 1))]
    kind = "pool" if members > 1 else "single"
    rows: dict[str, list[Row]] = {
        "samples": [
            {
                "sample": sample,
                "taken_at": taken,
                "kind": kind,
                "known_at": known,
            }
        ],
        "sample_members": [
            {"sample": sample, "person": person, "happened_at": taken, "known_at": known} for person in people
        ],
    }
    if "result" in test:
        resulted = test.get("resulted_at", taken + _RESULT_AFTER)
        rows["results"] = [
            {
                "sample": sample,
                "result": test["result"],
                "resulted_at": resulted,
                "known_at": max(known, resulted),
            }
        ]
    return rows


def _filled(
    fact: Fact, row: Row, number: int, situation: Situation, zone: str, prefix: str
) -> dict[str, Any]:
    row = {**situation.defaults.get(fact.name, {}), **row}
    own: dict[str, Any] = {}
    for column in fact.columns:
        value = row.get(column.name)
        if value is None and column.required and column.type is ColumnType.ID:
            value = column.name
        if column.type is ColumnType.IMPRECISE_DATE:
            own[f"{column.name}_earliest"], own[f"{column.name}_latest"] = value or (None, None)
        elif value is not None and _is_named(column):
            own[column.name] = f"{prefix}{value}"
        else:
            own[column.name] = value
    happened, known = _moments(fact, row, zone)
    record = f"{prefix}{row.get('id', number)}"
    hi, lo = natural_key(fact.name, _SYSTEM, record)
    version = row.get("version", 1)
    return {
        **own,
        "fact_id": f"{fact.name}-{record}-{version}",
        "key_hi": hi,
        "key_lo": lo,
        "source_system": _SYSTEM,
        "source_record": record,
        "source_version": version,
        "action": row.get("action", "record"),
        "reason": row.get("reason"),
        "happened_at": happened,
        "known_at": known,
        "recorded_at": known,
        "recorded_by": "example",
        "area": f"{prefix}{row.get('area', situation.area)}",
        "history": row.get("history", False),
        "derived": row.get("derived", False),
    }


def _is_named(column: Column) -> bool:
    """True for what an example owns: areas, and identifiers of people, places, samples ..."""
    return column.type is ColumnType.AREA or (
        column.type is ColumnType.ID and column.of not in _SHARED_WORDS and column.of != "obligation"
    )


def _moments(fact: Fact, row: Row, zone: str) -> tuple[datetime, datetime]:
    """happened_at and known_at."""
    event = row.get(fact.event)
    if isinstance(event, datetime):
        happened, known = event, event
    elif isinstance(event, date):
        happened = midnight(event, zone)
        known = happened + _KNOWN_AT
    else:
        happened = known = row.get("known_at", _BEGINNING)
    return row.get("happened_at", happened), row.get("known_at", known)


__all__ = ["Row", "Situation", "arrow_tables", "fact_tables", "read_facts", "read_instant", "without_prefix"]
