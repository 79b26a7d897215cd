"""Arrow tables put into tables of one transaction by COPY."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.csv


def stage(cursor: Any, name: str, rows: pa.Table, types: Mapping[str, str]) -> None:
    """The rows in a new table pg_temp.<name>, which ends with the transaction."""
    columns = ", ".join(f'"{column}" {types[column]}' for column in rows.column_names)
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
    cursor.execute(f"CREATE TEMP TABLE {name} ({columns}) ON COMMIT DROP")
    copy_in(cursor, f"pg_temp.{name}", rows)


def copy_in(cursor: Any, table: str, rows: pa.Table) -> None:
    """COPY rows into a table that has columns of the same names."""
    text = io.BytesIO()
    # Text is always quoted and NULL never is: so the two stay apart.
    pa.csv.write_csv(rows, text, pa.csv.WriteOptions(include_header=False, quoting_style="needed"))
    columns = ", ".join(f'"{name}"' for name in rows.column_names)
    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)") as copy:
        copy.write(text.getvalue())
