"""What the columns of one row must hold together: the order of periods, two persons, at least one of two.

Declared once with each fact; folders of CSV files and sheets are checked by the same words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc

from sizao.facts.declaration import Different, Fact, OneGiven, Ordered, RowCheck
from sizao.facts.schemas import own_columns
from sizao.terms.words import Words

# A period has the same column names in every fact that has one, so its order is declared here for all.
PERIODS = (
    Ordered("from_on", "until_on"),
    Ordered("from_at", "until_at"),
    Ordered("first_on", "last_on", may_be_equal=True),
    Ordered("onset_earliest", "onset_latest"),
)


@lru_cache(maxsize=256)
def checks_of(fact: Fact) -> tuple[RowCheck, ...]:
    """Everything that the columns of one row of the fact must hold together."""
    names = {column.name for column in own_columns(fact)}
    return (*(one for one in PERIODS if {one.earlier, one.later} <= names), *fact.checks)


def columns_in(check: RowCheck) -> tuple[str, ...]:
    """The columns of a check, the one to be looked at first."""
    match check:
        case Ordered(earlier=earlier, later=later):
            return later, earlier
        case Different(first=first, second=second):
            return second, first
        case OneGiven(columns=columns):
            return columns
    return (check.column,)


def demand(check: RowCheck, headings: Mapping[str, str] = MappingProxyType({})) -> Words:
    """What is demanded, to stand after "expected". `headings`: columns that are called otherwise."""
    names = [headings.get(name, name) for name in columns_in(check)]
    match check:
        case Ordered(may_be_equal=True):
            return Words(f"{names[0]} 不早于 {names[1]}", f"{names[0]} no earlier than {names[1]}")
        case Ordered():
            return Words(f"{names[0]} 晚于 {names[1]}", f"{names[0]} later than {names[1]}")
        case Different():
            return Words(f"{names[0]} 与 {names[1]} 不同", f"{names[0]} to differ from {names[1]}")
        case OneGiven():
            return Words(
                f"{'、'.join(names)} 至少填写一项", f"at least one of {', '.join(names)} to be given"
            )
    return Words(f"{names[0]} 为{check.form.zh}", f"{names[0]} to be {check.form.en}")


def broken(fact: Fact, table: pa.Table | Mapping[str, pa.Array]) -> Iterator[tuple[RowCheck, list[int]]]:
    """Each check of the fact that some rows of a table do not hold, with the places of those rows.

    `table` has the own columns of the fact and `action`.
    """
    for check in checks_of(fact):
        rows = pc.indices_nonzero(pc.fill_null(_fails(check, table), False)).to_pylist()
        if rows:
            yield check, rows


def _fails(check: RowCheck, table: pa.Table | Mapping[str, pa.Array]) -> pa.ChunkedArray:
    """For each row whether it does not hold the check; NULL where the check says nothing of it."""
    match check:
        case Ordered(earlier=earlier, later=later, may_be_equal=may_be_equal):
            return (pc.less if may_be_equal else pc.less_equal)(table[later], table[earlier])
        case Different(first=first, second=second):
            return pc.equal(table[first], table[second])
        case OneGiven(columns=columns):
            empty = pc.not_equal(table["action"], "retract")
            for column in columns:
                empty = pc.and_(empty, pc.is_null(table[column]))
            return empty
    return pc.invert(pc.match_substring_regex(table[check.column], f"^(?:{check.pattern})$"))
