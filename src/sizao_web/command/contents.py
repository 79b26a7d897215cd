"""What is in a database, table by table, in a form that two databases can be compared by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg import sql

Contents = Mapping[str, tuple[int, str]]
"""Table or sequence -> rows, and a hash over all rows (of a sequence: its last value)."""

ALIKE = (
    "SET timezone = 'UTC'",
    "SET datestyle = 'ISO'",
    "SET bytea_output = 'hex'",
    "SET extra_float_digits = 1",
)


def contents(connection: Any) -> Contents:
    """Every table and sequence of the schema, as the transaction of this connection sees it.

    The hash is the sum of two 64-bit hashes of each row as text: the order of rows does not matter, each row
    does, and so does how often it is there.
    """
    for statement in ALIKE:
        connection.execute(statement)
    named = connection.execute(
        """SELECT relname, relkind::text FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace
           WHERE nspname = 'public' AND relkind IN ('r', 'p', 'S') ORDER BY relname"""
    ).fetchall()
    return {
        name: _sequence(connection, name) if kind == "S" else _table(connection, name) for name, kind in named
    }


def positions(connection: Any) -> dict[str, int]:
    """How far each sequence of the schema is at this moment: no transaction holds a sequence still."""
    named = connection.execute(
        "SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = 'public'"
    )
    return dict(named.fetchall())


def differences(one: Contents, other: Contents) -> list[str]:
    """Names of what is missing on one side or differs."""
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


def _table(connection: Any, name: str) -> tuple[int, str]:
    query = sql.SQL(
        "SELECT count(*), coalesce(sum(hashtextextended(t::text, 1)::numeric), 0)::text || '/' ||"
        " coalesce(sum(hashtextextended(t::text, 2)::numeric), 0)::text FROM ONLY {} AS t"
    )
    count, said = connection.execute(query.format(sql.Identifier("public", name))).fetchone()
    return count, said


def _sequence(connection: Any, name: str) -> tuple[int, str]:
    query = sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier("public", name))
    last, called = connection.execute(query).fetchone()
    return 1, f"{last}/{called}"
