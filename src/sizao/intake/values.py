"""Values and conditions of a mapping as SQL over the text cells of a sheet.

Every expression gives NULL where it cannot read a cell, so that no bad cell stops the run. The sheet is the
table `sheet`: the line (LINE), the columns by name, computed columns, looked-up columns as `name.column`, and
each cell that is read as a date or an instant once more, read (see `read_columns`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Keyed

from sizao.facts.declaration import ColumnType
from sizao.facts.dictionary import FACTS
from sizao.intake.dates import ISO, sql_date, sql_day_at, sql_imprecise, sql_instant
from sizao.intake.formulas import restored_sql
from sizao.intake.mapping import (
    AnyOf,
    Assigned,
    Before,
    Choice,
    Condition,
    Constant,
    Differs,
    FromColumn,
    Given,
    InOrder,
    Later,
    Mapping,
    Matches,
    OneOf,
    Template,
    Value,
)
from sizao.terms.queries import literal

_DATED = (ColumnType.DATE, ColumnType.INSTANT, ColumnType.IMPRECISE_DATE)
_NUMBER = r"-?\d+(\.\d+)?"
_AREA = r"[^\s/]+(/[^\s/]+)*"
_FLAGS = " ".join(
    [f"WHEN '{word}' THEN true" for word in ("true", "1", "yes", "是")]
    + [f"WHEN '{word}' THEN false" for word in ("false", "0", "no", "否")]
)


def cell(column: str) -> str:
    """The SQL name of a sheet's column."""
    return '"' + column.replace('"', '""') + '"'


def condition_sql(condition: Condition) -> str:
    """An SQL condition that is never NULL."""
    match condition:
        case Given(column=column, given=given):
            return f"({cell(column)} IS {'NOT ' if given else ''}NULL)"
        case OneOf(column=column, texts=texts, wanted=wanted):
            listed = ", ".join(literal(text) for text in texts)
            return f"({'' if wanted else 'NOT '}coalesce({cell(column)}, '') IN ({listed}))"
        case Matches(column=column, pattern=pattern):
            return f"coalesce(regexp_full_match({cell(column)}, {literal(pattern)}), false)"
        case Differs(column=column, other=other, wanted=wanted):
            return f"({cell(column)} IS {'' if wanted else 'NOT '}DISTINCT FROM {cell(other)})"
        case Before(first=first, second=second, wanted=wanted):
            return f"coalesce(({date_sql(first)}) {'<' if wanted else '>='} ({date_sql(second)}), false)"
        case AnyOf(conditions=conditions):
            return "(" + (" OR ".join(condition_sql(one) for one in conditions) or "false") + ")"


def all_of(conditions: Iterable[Condition]) -> str:
    """All of the conditions."""
    return " AND ".join(condition_sql(one) for one in conditions) or "true"


def text_sql(value: Value) -> str:
    """The value as text, NULL when missing."""
    match value:
        case FromColumn(column=column, codes=codes):
            return _coded(cell(column), codes) if codes is not None else restored_sql(cell(column))
        case Constant(text=text):
            return literal(text)
        case Template(parts=parts):
            pieces = [piece for before, column, slug in parts for piece in _pieces(before, column, slug)]
            return "(" + " || ".join(pieces or ["''"]) + ")"
        case Choice(kind="first_of", values=values):
            return f"coalesce({', '.join(text_sql(one) for one in values)})"
        case Assigned(by=by, among=among):
            chosen = ", ".join(literal(one) for one in among)
            drawn = f"('0x' || substr(md5({text_sql(by)}), 1, 8))::UBIGINT"
            return f"[{chosen}][1 + ({drawn} % {len(among)})::BIGINT]"
        case _:
            return f"CAST({date_sql(value)} AS VARCHAR)"


def date_sql(value: Value) -> str:
    """The value as a date, NULL when missing or unreadable."""
    match value:
        case FromColumn(edge="earliest"):
            return _read(value, "earliest")
        case FromColumn(edge="latest"):
            return f"CAST({_read(value, 'latest')} - INTERVAL 1 DAY AS DATE)"
        case FromColumn():
            return _read(value, "date")
        case Choice(kind=kind, values=values):
            function = {"first_of": "coalesce", "earliest": "least", "latest": "greatest"}[kind]
            return f"{function}({', '.join(date_sql(one) for one in values)})"
        case Later(value=inner, days=days):
            return f"CAST(({date_sql(inner)}) + INTERVAL ({days}) DAY AS DATE)"
        case _:
            return sql_date(text_sql(value), ISO)


def instant_sql(value: Value, zone: str) -> str:
    """The value as an instant (UTC), NULL when missing or unreadable."""
    match value:
        case FromColumn(at=at, edge=edge):
            if edge is not None and at is not None:
                return sql_day_at(date_sql(value), zone, at)
            return _read(value, "instant")
        case Choice(kind=kind, values=values):
            function = {"first_of": "coalesce", "earliest": "least", "latest": "greatest"}[kind]
            return f"{function}({', '.join(instant_sql(one, zone) for one in values)})"
        case _:
            return sql_instant(text_sql(value), zone, "00:00", ())


def typed_sql(value: Value, type_: ColumnType, zone: str) -> tuple[str, ...]:
    """The value as the stored column or, for an imprecise date, as its two."""
    text = text_sql(value) if type_ not in _DATED else ""
    match type_:
        case ColumnType.DATE:
            return (date_sql(value),)
        case ColumnType.INSTANT:
            return (instant_sql(value, zone),)
        case ColumnType.IMPRECISE_DATE:
            return _imprecise_sql(value)
        case ColumnType.NUMBER:
            return (f"CASE WHEN regexp_full_match({text}, '{_NUMBER}') THEN TRY_CAST({text} AS DOUBLE) END",)
        case ColumnType.COUNT:
            return (f"CASE WHEN regexp_full_match({text}, '\\d+') THEN TRY_CAST({text} AS BIGINT) END",)
        case ColumnType.FLAG:
            return (f"CASE lower({text}) {_FLAGS} END",)
        case ColumnType.ID:
            return (f"CASE WHEN NOT regexp_matches({text}, '[\\s\\x00-\\x1f]') THEN {text} END",)
        case ColumnType.AREA:
            return (f"CASE WHEN regexp_full_match({text}, '{_AREA}') THEN {text} END",)
    return (text,)


def read_columns(mapping: Mapping) -> dict[str, str]:
    """Column name → SQL of every cell that is read as a date or an instant, so that each is read once."""
    columns: dict[str, str] = {}
    for leaf, how in _dated_cells(mapping):
        text, formats = cell(leaf.column), leaf.formats
        if how == "date":
            sql = sql_date(text, formats)
        elif how == "instant":
            sql = sql_instant(text, mapping.zone, leaf.at, formats)
        else:
            sql = sql_imprecise(text, formats)[0 if how == "earliest" else 1]
        columns[_read_name(leaf, how)] = sql
    return columns


def in_order_sql(order: InOrder) -> str:
    """The computed day of announcement (see `InOrder`) as text over the sheet's own columns."""
    day = sql_date(cell(order.date), ISO)
    by = f"ORDER BY TRY_CAST({cell(order.number)} AS BIGINT)"
    before = f"max({day}) OVER ({by} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    following = f"coalesce(lead({day}) OVER ({by}), {day})"
    return f"CAST(CASE WHEN ({day}) < ({before}) THEN {following} ELSE {day} END AS VARCHAR)"


def _dated_cells(mapping: Mapping) -> Iterator[tuple[FromColumn, str]]:
    for entry in mapping.facts:
        common = ((entry.known_at, ColumnType.INSTANT), (entry.happened_at, ColumnType.INSTANT))
        own = ((value, FACTS[entry.fact].column(name).type) for name, value in entry.columns.items())
        for value, type_ in (*common, *own):
            if value is not None and type_ in _DATED:
                yield from _cells_read(value, type_)
        yield from _cells_compared(entry.when)
    for remark in mapping.remarks:
        yield from _cells_compared(remark.when)


def _cells_compared(conditions: Iterable[Condition]) -> Iterator[tuple[FromColumn, str]]:
    for condition in conditions:
        if isinstance(condition, Before):
            yield from _cells_read(condition.first, ColumnType.DATE)
            yield from _cells_read(condition.second, ColumnType.DATE)
        elif isinstance(condition, AnyOf):
            yield from _cells_compared(condition.conditions)


def _cells_read(value: Value, type_: ColumnType) -> Iterator[tuple[FromColumn, str]]:
    if isinstance(value, Later) and type_ is ColumnType.INSTANT:
        type_ = ColumnType.DATE
    for leaf in leaves(value):
        if not isinstance(leaf, FromColumn):
            continue
        if leaf.edge is not None:
            yield leaf, leaf.edge
        elif type_ is ColumnType.IMPRECISE_DATE and leaf is value:
            yield leaf, "earliest"
            yield leaf, "latest"
        else:
            yield leaf, "instant" if type_ is ColumnType.INSTANT else "date"
            yield leaf, "date"  # the event of a fact is a day even where its column is an instant


def leaves(value: Value) -> list[Value]:
    """The values at the ends of a value: cells, constants, texts."""
    match value:
        case Choice(values=values):
            return [leaf for one in values for leaf in leaves(one)]
        case Later(value=inner):
            return leaves(inner)
        case Assigned(by=by):
            return leaves(by)
    return [value]


def _read_name(leaf: FromColumn, how: str) -> str:
    return " ".join(filter(None, (f"{leaf.column} as {how}", *leaf.formats, leaf.at)))


def _read(leaf: FromColumn, how: str) -> str:
    return cell(_read_name(leaf, how))


def _coded(text: str, codes: Keyed[str, str]) -> str:
    cases = " ".join(f"WHEN {literal(key)} THEN {literal(code)}" for key, code in codes.items())
    return f"(CASE coalesce({text}, '') {cases} END)"


def _pieces(before: str, column: str | None, slug: bool) -> list[str]:
    pieces = [literal(before)] if before else []
    if column:
        bare = cell(column)
        pieces.append(f"regexp_replace({bare}, '[\\s/]+', '-', 'g')" if slug else bare)
    return pieces


def _imprecise_sql(value: Value) -> tuple[str, str]:
    match value:
        case FromColumn(edge=None):
            return _read(value, "earliest"), _read(value, "latest")
    day = date_sql(value)
    return day, f"CAST({day} + INTERVAL 1 DAY AS DATE)"
