"""Rows of fact tables out of PostgreSQL as Arrow: which arrived since a snapshot, and what they say.

What has been read is remembered as PostgreSQL's own snapshot, not as a time or a number: a row is new when it
is visible now and its transaction was not visible then. A transaction that commits late is therefore read
late, never skipped, and one that stays open for an hour holds nobody up.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.csv
from django.db import connection
from psycopg.conninfo import make_conninfo

from sizao.facts.dictionary import FACTS
from sizao.facts.schemas import arrow_schema
from sizao.terms.queries import literal

BY_COPY = 20_000  # so many rows are read faster through the open connection than by opening another one


@dataclass(frozen=True)
class Snapshot:
    """What a transaction could see. text: as PostgreSQL writes it. own: its number if it wrote something."""

    text: str
    own: str | None

    def __str__(self) -> str:
        return self.text if self.own is None else f"{self.text}+{self.own}"

    @classmethod
    def parse(cls, said: str) -> Snapshot:
        """The snapshot that `str` wrote."""
        text, _, own = said.partition("+")
        return cls(text, own or None)

    def unseen(self, column: str = "arrived_in") -> str:
        """SQL: rows of transactions that this snapshot did not see, because they were not finished then."""
        first = self.text.partition(":")[0]
        own = "" if self.own is None else f" OR {column} = {literal(self.own)}::xid8"
        seen = f"pg_visible_in_snapshot({column}, {literal(self.text)}::pg_snapshot)"
        return f"{column} >= {literal(first)}::xid8 AND (NOT {seen}{own})"

    def saw(self, column: str) -> str:
        """SQL: whether the transaction of this number was finished then, or was this one."""
        own = "" if self.own is None else f" OR {column} = {literal(self.own)}::xid8"
        return f"(pg_visible_in_snapshot({column}, {literal(self.text)}::pg_snapshot){own})"


def current_snapshot() -> Snapshot:
    """What this transaction sees."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text, pg_current_xact_id_if_assigned()::text")
        text, own = cursor.fetchone()
    return Snapshot(text, own)


def arrived_since(then: Snapshot | None) -> dict[str, int]:
    """Fact -> how many rows are visible now and were not then; facts without any are left out."""
    where = "" if then is None else f" WHERE {then.unseen()}"
    parts = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM fact_{name}{where}" for name in FACTS)
    with connection.cursor() as cursor:
        cursor.execute(parts)
        return {name: number for name, number in cursor.fetchall() if number}


def rows_since(then: Snapshot | None, facts: Mapping[str, int], now: Snapshot) -> dict[str, pa.Table]:
    """The rows of these facts that were not visible then, in the schema of the dictionary.

    A transaction that wrote nothing itself lends its snapshot to a second connection, which reads much
    faster; one that did must read its own rows itself.
    """
    if sum(facts.values()) > BY_COPY and now.own is None:
        return _by_adbc(then, facts)
    return {name: _by_copy(name, _select(name, then)) for name in facts}


def _select(fact: str, then: Snapshot | None) -> str:
    return selected(fact, "TRUE" if then is None else then.unseen())


def selected(fact: str, where: str) -> str:
    """SQL: the rows of a fact for which a condition holds, in the columns of the dictionary."""
    columns = ", ".join(_column(field) for field in arrow_schema(fact))
    return f"SELECT {columns} FROM fact_{fact} WHERE {where}"


def _column(field: pa.Field) -> str:
    if field.name == "fact_id":
        return "fact_id::text AS fact_id"
    if pa.types.is_timestamp(field.type):
        return f'"{field.name}" AT TIME ZONE \'UTC\' AS "{field.name}"'
    return f'"{field.name}"'


def _by_copy(fact: str, select: str) -> pa.Table:
    return copied_out(select, arrow_schema(fact))


def copied_out(select: str, schema: pa.Schema) -> pa.Table:
    """The rows of a SELECT through this connection, typed as the schema says."""
    text = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(f"COPY ({select}) TO STDOUT (FORMAT csv)") as rows:
        for block in rows:
            text.write(block)
    if not text.tell():
        return schema.empty_table()
    text.seek(0)
    return pa.csv.read_csv(
        text,
        read_options=pa.csv.ReadOptions(column_names=schema.names),
        parse_options=pa.csv.ParseOptions(newlines_in_values=True),
        convert_options=pa.csv.ConvertOptions(
            column_types=schema,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )


def _by_adbc(then: Snapshot | None, facts: Mapping[str, int]) -> dict[str, pa.Table]:
    from adbc_driver_postgresql import dbapi

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        lent = cursor.fetchone()[0]
    found = {}
    with dbapi.connect(_address()) as other, other.cursor() as reading:
        reading.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        reading.execute(f"SET TRANSACTION SNAPSHOT {literal(lent)}")
        for name in facts:
            reading.execute(_select(name, then))
            found[name] = reading.fetch_arrow_table().cast(arrow_schema(name))
    return found


def _address() -> str:
    """This connection's parameters in one line."""
    known: Sequence[str] = ("dbname", "user", "password", "host", "port", "options", "application_name")
    given: dict[str, Any] = connection.get_connection_params()
    return make_conninfo(**{name: given[name] for name in known if given.get(name)})
