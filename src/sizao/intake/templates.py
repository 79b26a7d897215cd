"""Sheets in the dictionary's own columns need no mapping file: the headings say everything."""

from __future__ import annotations

from collections.abc import Mapping as Keyed
from collections.abc import Sequence

from sizao.facts.declaration import heading_key
from sizao.facts.dictionary import COMMON, FACTS
from sizao.intake.mapping import FactEntry, FromColumn, Mapping, Value
from sizao.terms.words import Words

# Columns that a sheet may have beside a fact's own: the common columns that intake does not make itself.
COMMON_COLUMNS = (
    "source_system",
    "source_record",
    "source_version",
    "action",
    "reason",
    "happened_at",
    "known_at",
    "area",
    "derived",
)

LINE_THERE = Words("原文件行号", "line in the file")
WHY_NOT = Words("拒收原因", "why it was not taken")
ADDED = (LINE_THERE.zh, LINE_THERE.en, WHY_NOT.zh, WHY_NOT.en)
"""Columns that the sheet of rejected rows has beside those of the file: mended, it is delivered as it is."""


def headings(fact: str, columns: Sequence[str]) -> dict[str, str]:
    """Column of the dictionary → the heading under which the sheet gives it: its name or its Chinese label.

    Columns that the sheet does not give are left out. A name comes before a label, an own column before a
    common one.
    """
    by_key = {heading_key(heading): heading for heading in reversed(columns)}
    free = set(columns)
    found: dict[str, str] = {}
    common = [column for column in COMMON if column.name in COMMON_COLUMNS]
    for column in (*FACTS[fact].columns, *common):
        given = column.name if column.name in free else by_key.get(column.heading)
        if given in free:
            found[column.name] = given
            free.remove(given)
    return found


def all_headings(fact: str) -> list[str]:
    """Every name and every Chinese label that a column of such a sheet may have."""
    columns = (*FACTS[fact].columns, *(column for column in COMMON if column.name in COMMON_COLUMNS))
    return [heading for column in columns for heading in (column.name, column.heading)]


def own_columns_mapping(fact: str, columns: Sequence[str], zone: str, source_system: str) -> Mapping:
    """The mapping of a sheet whose columns are headed as in the dictionary, by name or in Chinese.

    Where no `source_record` is given it is made of the row (`sizao.facts.completion`); without `known_at`
    the moment of intake counts. KeyError when there is no such fact.
    """
    declared = FACTS[fact]
    given = headings(fact, columns)
    entry = FactEntry(
        fact=fact,
        columns={
            column.name: FromColumn(given.get(column.name, column.name))
            for column in declared.columns
            if column.required or column.name in given
        },
        key=_if_given("source_record", given),
        key_required=False,
        known_at=_if_given("known_at", given, at="00:00"),
        happened_at=_if_given("happened_at", given, at="00:00"),
        area=_if_given("area", given),
        version=_if_given("source_version", given),
        action=_if_given("action", given),
        reason=_if_given("reason", given),
        derived_flag=_if_given("derived", given),
    )
    return Mapping(
        file=f"the columns of {fact}",
        name=fact,
        label=Words(declared.meaning.zh, declared.meaning.en),
        zone=zone,
        source_system=source_system,
        facts=(entry,),
        source_system_column=given.get("source_system"),
        own_columns=True,
    )


def _if_given(name: str, given: Keyed[str, str], at: str | None = None) -> Value | None:
    return FromColumn(given[name], at=at) if name in given else None
