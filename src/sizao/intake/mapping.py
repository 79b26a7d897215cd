"""What a mapping file says: how the columns of one sheet become facts.

The file's format is described for its writers in docs/reference/mapping-files.md.
"""

from __future__ import annotations

from collections.abc import Mapping as Keyed
from dataclasses import dataclass, field

from sizao.terms.words import Words


@dataclass(frozen=True)
class FromColumn:
    """The text of a cell, read as the type of the fact's column."""

    column: str
    codes: Keyed[str, str] | None = None  # the sheet's code → the dictionary's; "" stands for an empty cell
    formats: tuple[str, ...] = ()  # of dates, "D.M.YYYY"; ISO when none is named
    at: str | None = None  # clock time taken for an instant of which the cell gives only the day
    edge: str | None = None  # "earliest" or "latest" day of a date that may be imprecise


@dataclass(frozen=True)
class Constant:
    """The same text for every row."""

    text: str


@dataclass(frozen=True)
class Template:
    """Text with cells in it: `I{id}`. Missing when one of its cells is empty."""

    parts: tuple[tuple[str, str | None, bool], ...]  # (text before, column, whether blanks become "-")


@dataclass(frozen=True)
class Choice:
    """The first value that is given, or the earliest or latest of those given."""

    kind: str  # "first_of", "earliest", "latest"
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Assigned:
    """One of a list, chosen by the MD5 of a text: the same text always gets the same one."""

    by: Value
    among: tuple[str, ...]


@dataclass(frozen=True)
class Later:
    """A date so many days after another (before it when negative)."""

    value: Value
    days: int


Value = FromColumn | Constant | Template | Choice | Assigned | Later


@dataclass(frozen=True)
class Given:
    """Whether a cell is filled."""

    column: str
    given: bool


@dataclass(frozen=True)
class OneOf:
    """Whether a cell is (or is not) one of some texts."""

    column: str
    texts: tuple[str, ...]
    wanted: bool


@dataclass(frozen=True)
class Matches:
    """Whether the whole cell has a form (a regular expression)."""

    column: str
    pattern: str


@dataclass(frozen=True)
class Differs:
    """Whether two cells differ (or, not wanted, are the same)."""

    column: str
    other: str
    wanted: bool = True


@dataclass(frozen=True)
class Before:
    """Whether one date is earlier than another (or, not wanted, is not); a missing date makes none hold."""

    first: Value
    second: Value
    wanted: bool


@dataclass(frozen=True)
class AnyOf:
    """Whether at least one of the conditions holds."""

    conditions: tuple[Condition, ...]


Condition = Given | OneOf | Matches | Differs | Before | AnyOf


@dataclass(frozen=True)
class FactEntry:
    """One fact that a row may give."""

    fact: str
    columns: Keyed[str, Value]
    key: Value | None  # the record named in the natural key
    when: tuple[Condition, ...] = ()
    split: tuple[str, str] | None = None  # (column, separator): one fact for each part, which is named `item`
    known_at: Value | None = None
    happened_at: Value | None = None
    area: Value | None = None
    version: Value | None = None
    action: Value | None = None
    reason: Value | None = None
    derived: Words | None = None  # the procedure by which values were assigned; marks the fact
    derived_flag: Value | None = None
    key_required: bool = True  # else a record is made of the row where none is named


@dataclass(frozen=True)
class InOrder:
    """A computed column: the day of announcement, from rows numbered in the order of announcement.

    It is the row's own date, unless a row with a lower number has a later one: then the row cannot have
    been announced on that date, and the date of the row with the next higher number is taken.
    """

    date: str
    number: str


@dataclass(frozen=True)
class LookUp:
    """Cells of a row in another sheet, written `name.column`."""

    name: str
    file: str
    key: Template  # over the other sheet
    by: Template  # over this sheet
    required_when: tuple[Condition, ...] | None
    computed: Keyed[str, InOrder]
    line: int
    column: int


@dataclass(frozen=True)
class RowCheck:
    """A form that a cell must have, or the texts that it may be."""

    condition: Matches | OneOf | Given
    expected: Words


@dataclass(frozen=True)
class Remark:
    """Rows that are taken as they are but named in the receipt."""

    when: tuple[Condition, ...]
    say: Words


@dataclass(frozen=True)
class Mapping:
    """How one kind of sheet becomes facts."""

    file: str
    name: str
    label: Words
    zone: str  # of clock times and days in the sheet
    source_system: str
    facts: tuple[FactEntry, ...]
    encoding: str | None = None
    separator: str | None = None
    page: str | None = None
    empty: tuple[str, ...] = ()  # texts that mean: not stated
    not_used: tuple[str, ...] = ()
    computed: Keyed[str, InOrder] = field(default_factory=dict)
    look_ups: tuple[LookUp, ...] = ()
    checks: tuple[RowCheck, ...] = ()
    remarks: tuple[Remark, ...] = ()
    source_system_column: str | None = None
    who: Keyed[str, str] = field(default_factory=dict)  # what is said of a person → heading, for a number
    own_columns: bool = False  # the sheet is headed as in the dictionary; there is no mapping file


def columns_of(value: Value) -> list[str]:
    """The sheet's columns that a value reads."""
    match value:
        case FromColumn(column=column):
            return [column]
        case Template(parts=parts):
            return [column for _, column, _ in parts if column]
        case Choice(values=values):
            return [column for one in values for column in columns_of(one)]
        case Assigned(by=by):
            return columns_of(by)
        case Later(value=inner):
            return columns_of(inner)
    return []


def columns_in(condition: Condition) -> list[str]:
    """The sheet's columns that a condition reads."""
    match condition:
        case AnyOf(conditions=conditions):
            return [column for one in conditions for column in columns_in(one)]
        case Differs(column=column, other=other):
            return [column, other]
        case Before(first=first, second=second):
            return [*columns_of(first), *columns_of(second)]
    return [condition.column]


def values_of(entry: FactEntry) -> list[tuple[str, Value]]:
    """Every value of an entry with the name of the place where it stands."""
    common = {
        name: getattr(entry, name)
        for name in ("key", "known_at", "happened_at", "area", "version", "action", "reason", "derived_flag")
    }
    return [*entry.columns.items(), *((name, value) for name, value in common.items() if value is not None)]


def columns_read(mapping: Mapping) -> list[str]:
    """Every column name that the mapping uses, `item` and `look_up.column` included, in order."""
    found: list[str] = []
    for entry in mapping.facts:
        for _, value in values_of(entry):
            found += columns_of(value)
        found += [column for one in entry.when for column in columns_in(one)]
        found += [entry.split[0]] if entry.split else []
    for look_up in mapping.look_ups:
        found += columns_of(look_up.by)
        found += [column for one in look_up.required_when or () for column in columns_in(one)]
    for order in mapping.computed.values():
        found += [order.date, order.number]
    found += [check.condition.column for check in mapping.checks]
    found += [column for remark in mapping.remarks for one in remark.when for column in columns_in(one)]
    if mapping.source_system_column:
        found.append(mapping.source_system_column)
    return list(dict.fromkeys(found))
