"""The changes of a run, written to PostgreSQL in its transaction: readers see all of them or none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from django.db import connection

from sizao_web.records.ledger.staging import stage
from sizao_web.records.ledger.tables import COUNTS, KEPT, Kept
from sizao_web.records.models import Run


def keep(run: Run, gone: Mapping[str, pa.Table], new: Mapping[str, pa.Table]) -> None:
    """Write new and changed rows, and remove those that are gone; obligations go by `withdraw` and `seal`."""
    with connection.cursor() as cursor:
        for name, kept in KEPT.items():
            if name != "obligations":
                _delete(cursor, kept, gone[name])
            _upsert(cursor, kept, new[name], run)


def keep_counts(gone: pa.Table, new: pa.Table) -> None:
    """Write the counts that changed."""
    with connection.cursor() as cursor:
        _delete(cursor, COUNTS, gone)
        _upsert(cursor, COUNTS, new, None)


def withdraw(run: Run, causes: pa.Table) -> None:
    """Mark rows that vanished. causes: obligation_id, why, by."""
    if not causes.num_rows:
        return
    with connection.cursor() as cursor:
        stage(cursor, "ledger_arriving", causes, dict.fromkeys(causes.column_names, "text"))
        cursor.execute(
            """UPDATE ledger_obligation AS o SET withdrawn_at = %s, withdrawn_why = c.why,
                 withdrawn_by = c.by, changed_in_id = %s
               FROM pg_temp.ledger_arriving AS c WHERE c.obligation_id = o.obligation_id""",
            [run.as_of, run.pk],
        )


def _delete(cursor: Any, kept: Kept, gone: pa.Table) -> None:
    if not gone.num_rows:
        return
    stage(cursor, "ledger_arriving", gone.select(kept.key), _types(cursor, kept))
    cursor.execute(
        f"DELETE FROM {kept.table} AS t USING pg_temp.ledger_arriving AS k WHERE {kept.same('t', 'k')}"
    )


def _upsert(cursor: Any, kept: Kept, rows: pa.Table, run: Run | None) -> None:
    if not rows.num_rows:
        return
    stage(cursor, "ledger_arriving", rows, _types(cursor, kept))
    columns = ", ".join(f'"{one}"' for one in kept.columns)
    others = [one for one in kept.columns if one not in kept.key]
    updates = [f'"{one}" = EXCLUDED."{one}"' for one in others]
    values: list[Any] = []
    into, selected = columns, columns
    if run is not None:
        into, selected, values = f"{columns}, changed_in_id", f"{columns}, %s", [run.pk]
        updates.append("changed_in_id = EXCLUDED.changed_in_id")
    if kept.name == "obligations":
        # A row that was withdrawn and is answered again is the same row.
        updates += ["withdrawn_at = NULL", "withdrawn_why = NULL", "withdrawn_by = NULL"]
    conflict = f" ON CONFLICT ({', '.join(kept.key)}) DO UPDATE SET {', '.join(updates)}" if others else ""
    cursor.execute(
        f"INSERT INTO {kept.table} ({into}) SELECT {selected} FROM pg_temp.ledger_arriving{conflict}", values
    )


def _types(cursor: Any, kept: Kept) -> dict[str, str]:
    """Column -> type in PostgreSQL."""
    cursor.execute(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
        [kept.table],
    )
    return dict(cursor.fetchall())
