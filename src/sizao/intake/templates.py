"""Sheets in the dictionary's own columns need no mapping file: the column names say everything."""

from __future__ import annotations

from collections.abc import Sequence

from sizao.facts.declaration import Column, ColumnType
from sizao.facts.dictionary import FACTS
from sizao.intake.mapping import FactEntry, FromColumn, Mapping, Template, Value
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


def own_columns_mapping(fact: str, columns: Sequence[str], zone: str, source_system: str) -> Mapping:
    """The mapping of a sheet whose columns are named as in the dictionary.

    Without `source_record` the natural key is made of the identifiers, the codes and the event of the
    fact; without `known_at` the moment of intake counts. KeyError when there is no such fact.
    """
    declared = FACTS[fact]
    given = set(columns)
    entry = FactEntry(
        fact=fact,
        columns={
            column.name: FromColumn(column.name)
            for column in declared.columns
            if column.required or column.name in given
        },
        key=FromColumn("source_record")
        if "source_record" in given
        else _key(declared.columns, declared.event, given),
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
        source_system_column="source_system" if "source_system" in given else None,
    )


def _if_given(name: str, given: set[str], at: str | None = None) -> Value | None:
    return FromColumn(name, at=at) if name in given else None


def _key(columns: Sequence[Column], event: str, given: set[str]) -> Value:
    names = [
        column.name
        for column in columns
        if column.required
        and (column.type in (ColumnType.ID, ColumnType.CODE, ColumnType.AREA) or column.name == event)
    ]
    return Template(tuple(("/" if at else "", name, False) for at, name in enumerate(names)))
