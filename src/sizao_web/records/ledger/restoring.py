"""After a dump was restored: numbers of transactions belong to the cluster that gave them."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql


def renumber(connection: psycopg.Connection[Any]) -> None:
    """Let every fact have arrived in this transaction, and let the next run read everything anew.

    Without it facts of the old cluster's future would be read for ever again, and new ones never.
    """
    found = connection.execute(
        "SELECT table_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name = 'arrived_in'"
    )
    for (table,) in found.fetchall():
        statement = sql.SQL("UPDATE {} SET arrived_in = pg_current_xact_id()")
        connection.execute(statement.format(sql.Identifier(table)))
    # Rows that wait for the ledger wait for the next run.
    waits = (
        "SELECT 1 FROM information_schema.columns WHERE table_name = 'delivery' AND column_name = 'waits_in'"
    )
    if connection.execute(waits).fetchone():
        connection.execute("UPDATE delivery SET waits_in = pg_current_xact_id() WHERE waits_in IS NOT NULL")
    # Places of the audit stay; which entries still have none is asked of all of them once.
    if connection.execute("SELECT to_regclass('audit_root')").fetchone() != (None,):
        connection.execute("UPDATE audit_root SET horizon = '0'")
    connection.execute("UPDATE ledger_run SET facts_until = '' WHERE id = (SELECT max(id) FROM ledger_run)")
