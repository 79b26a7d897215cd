"""Arrow and SQL schemas of facts, from their declarations.

Every column may be NULL in these schemas: what must not be empty is checked at intake, and the row of a
retraction may leave its own columns empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import pyarrow as pa

from sizao.facts.declaration import Column, ColumnType, Fact
from sizao.facts.dictionary import COMMON, FACTS, fact
from sizao.facts.readings import READINGS, fact_or_reading

# What a reading has beside its own columns.
READING_COMMON = ("key_hi", "key_lo", "known_at", "area", "history", "derived")

_ARROW: dict[ColumnType, pa.DataType] = {
    ColumnType.ID: pa.string(),
    ColumnType.CODE: pa.string(),
    ColumnType.AREA: pa.string(),
    ColumnType.TEXT: pa.string(),
    ColumnType.DATE: pa.date32(),
    ColumnType.IMPRECISE_DATE: pa.date32(),
    ColumnType.INSTANT: pa.timestamp("us"),
    ColumnType.NUMBER: pa.float64(),
    ColumnType.COUNT: pa.int64(),
    ColumnType.FLAG: pa.bool_(),
}

_SQL: dict[ColumnType, str] = {
    ColumnType.ID: "VARCHAR",
    ColumnType.CODE: "VARCHAR",
    ColumnType.AREA: "VARCHAR",
    ColumnType.TEXT: "VARCHAR",
    ColumnType.DATE: "DATE",
    ColumnType.IMPRECISE_DATE: "DATE",
    ColumnType.INSTANT: "TIMESTAMP",
    ColumnType.NUMBER: "DOUBLE",
    ColumnType.COUNT: "BIGINT",
    ColumnType.FLAG: "BOOLEAN",
}


@dataclass(frozen=True)
class StoredColumn:
    """One column of a table: its name there, the declared column it belongs to, its types."""

    name: str
    declared: Column
    arrow: pa.DataType
    sql: str


def stored(columns: tuple[Column, ...]) -> Iterator[StoredColumn]:
    """The columns of a table in order; an imprecise date is two."""
    for column in columns:
        arrow, sql = _ARROW[column.type], _SQL[column.type]
        if column.type is ColumnType.IMPRECISE_DATE:
            yield StoredColumn(f"{column.name}_earliest", column, arrow, sql)
            yield StoredColumn(f"{column.name}_latest", column, arrow, sql)
        else:
            yield StoredColumn(column.name, column, arrow, sql)


def own_columns(of: Fact) -> tuple[StoredColumn, ...]:
    """The own columns of a fact or reading as they stand in its table."""
    return tuple(stored(of.columns))


@lru_cache(maxsize=256)
def stored_columns(name: str) -> tuple[StoredColumn, ...]:
    """All columns of the table of a fact or reading: its own, then the common ones."""
    declared = fact_or_reading(name)
    if name in READINGS:
        common = tuple(column for column in COMMON if column.name in READING_COMMON)
    else:
        common = COMMON
    return (*own_columns(declared), *stored(common))


@lru_cache(maxsize=256)
def arrow_schema(name: str) -> pa.Schema:
    """The Arrow schema of a fact or reading, own columns first."""
    return pa.schema([pa.field(column.name, column.arrow) for column in stored_columns(name)])


def sql_columns(name: str) -> dict[str, str]:
    """Column -> SQL type of a fact or reading, own columns first."""
    return {column.name: column.sql for column in stored_columns(name)}


def create_table(name: str) -> str:
    """CREATE TABLE of a fact in the portable SQL subset."""
    columns = ",\n".join(f'  "{column}" {kind}' for column, kind in sql_columns(fact(name).name).items())
    return f"CREATE TABLE {name} (\n{columns}\n)"


def empty_tables() -> dict[str, pa.Table]:
    """An empty table for every fact."""
    return {name: arrow_schema(name).empty_table() for name in FACTS}
