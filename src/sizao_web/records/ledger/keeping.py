"""The changes of a run, written to PostgreSQL in its transaction: readers see all of them or none."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.csv
from django.db import connection

from sizao_web.records.ledger.tables import KEPT, Kept
from sizao_web.records.models import Run


def keep(run: Run, gone: Mapping[str, pa.Table], new: Mapping[str, pa.Table], causes: pa.Table) -> None:
    """Write what changed. causes: obligation_id, why, by of obligations that are gone."""
    with connection.cursor() as cursor:
        _withdraw(cursor, run, causes)
        for name, kept in KEPT.items():
            if name != "obligations" and gone[name].num_rows:
                _delete(cursor, kept, gone[name].select(kept.key))
            if new[name].num_rows:
                _upsert(cursor, kept, new[name], run)


def _withdraw(cursor: Any, run: Run, causes: pa.Table) -> None:
    if not causes.num_rows:
        return
    staged = _stage(cursor, causes, {"obligation_id": "text", "why": "text", "by": "text"})
    cursor.execute(
        f"""UPDATE ledger_obligation AS o SET withdrawn_at = %s, withdrawn_why = c.why, withdrawn_by = c.by,
            changed_in_id = %s FROM {staged} AS c WHERE c.obligation_id = o.obligation_id""",
        [run.as_of, run.pk],
    )


def _delete(cursor: Any, kept: Kept, keys: pa.Table) -> None:
    staged = _stage(cursor, keys, _types(cursor, kept, keys.column_names))
    same = " AND ".join(f't."{one}" IS NOT DISTINCT FROM k."{one}"' for one in keys.column_names)
    cursor.execute(f"DELETE FROM {kept.table} AS t USING {staged} AS k WHERE {same}")


def _upsert(cursor: Any, kept: Kept, rows: pa.Table, run: Run) -> None:
    staged = _stage(cursor, rows, _types(cursor, kept, rows.column_names))
    columns = ", ".join(f'"{one}"' for one in rows.column_names)
    others = [one for one in rows.column_names if one not in kept.key]
    updates = ", ".join(f'"{one}" = EXCLUDED."{one}"' for one in [*others, "changed_in_id"])
    if kept.name == "obligations":
        updates += ", withdrawn_at = NULL, withdrawn_why = NULL, withdrawn_by = NULL"
    conflict = "" if not others else f" ON CONFLICT ({', '.join(kept.key)}) DO UPDATE SET {updates}"
    cursor.execute(
        f"INSERT INTO {kept.table} ({columns}, changed_in_id) SELECT {columns}, %s FROM {staged}{conflict}",
        [run.pk],
    )


def _types(cursor: Any, kept: Kept, names: list[str]) -> dict[str, str]:
    cursor.execute(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attname = ANY(%s)",
        [kept.table, names],
    )
    found = dict(cursor.fetchall())
    return {name: found[name] for name in names}


def _stage(cursor: Any, rows: pa.Table, types: Mapping[str, str]) -> str:
    """COPY the rows into a table of this transaction; its name."""
    columns = ", ".join(f'"{name}" {kind}' for name, kind in types.items())
    cursor.execute("DROP TABLE IF EXISTS pg_temp.ledger_arriving")
    cursor.execute(f"CREATE TEMP TABLE ledger_arriving ({columns}) ON COMMIT DROP")
    copy_in(cursor, "pg_temp.ledger_arriving", rows)
    return "pg_temp.ledger_arriving"


def copy_in(cursor: Any, table: str, rows: pa.Table) -> None:
    """COPY an Arrow table into a table with the same column names."""
    text = io.BytesIO()
    # Text is always quoted and NULL never is: so the two stay apart.
    pa.csv.write_csv(rows, text, pa.csv.WriteOptions(include_header=False, quoting_style="needed"))
    columns = ", ".join(f'"{name}"' for name in rows.column_names)
    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)") as copy:
        copy.write(text.getvalue())
