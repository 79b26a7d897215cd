"""Many rows of a fact at once, as Arrow: by COPY into a table of this transaction, from there what is new.

The rows have been checked (`sizao.intake`, `facts.completion`). What counts as the same row and what is a
conflict is the same as for the single row of a page: `writing`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from io import BytesIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
from django.db import connection

from sizao.facts.dictionary import fact as declared
from sizao.facts.schemas import StoredColumn, stored_columns
from sizao.intake.pieces import LINE
from sizao_web.records import room
from sizao_web.records.digests import as_bytea, digests

BLOCK = 1 << 20


@dataclass(frozen=True)
class Stored:
    """What became of the rows of one fact. refused: source_record of rows whose key has another record."""

    stored: int
    merged: int
    refused: tuple[str, ...] = ()


def store(fact: str, rows: pa.Table) -> Stored:
    """Insert the rows that are not there yet. Needs an open transaction; nothing of a refused row is kept.

    room.NoRoom when the disk is full.
    """
    room.need()
    table = f"fact_{declared(fact).name}"
    names = [column.name for column in stored_columns(fact)]
    bodies = as_bytea(digests(declared(fact), rows))
    arriving = rows.select(names).append_column("body", bodies)
    listed = ", ".join(f'"{name}"' for name in arriving.column_names)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.arriving")
        cursor.execute(f"CREATE TEMP TABLE arriving (LIKE {table}) ON COMMIT DROP")
        cursor.execute("ALTER TABLE pg_temp.arriving ALTER COLUMN arrived_in DROP NOT NULL")
        with cursor.copy(f"COPY pg_temp.arriving ({listed}) FROM STDIN (FORMAT csv, NULL '')") as copy:
            write_csv(arriving, copy.write)
        cursor.execute(
            f"INSERT INTO {table} ({listed}) SELECT {listed} FROM pg_temp.arriving ON CONFLICT DO NOTHING"
        )
        stored = cursor.rowcount
        # `body` decides: with the same one it is the same row sent again, with another one it is refused.
        cursor.execute(
            "SELECT DISTINCT arriving.source_record FROM pg_temp.arriving AS arriving"
            f" JOIN {table} AS there USING (key_hi, key_lo)"
            " WHERE arriving.action = 'record' AND there.action = 'record' AND arriving.body <> there.body"
            " ORDER BY arriving.source_record"
        )
        refused = tuple(record for (record,) in cursor.fetchall())
        cursor.execute("DROP TABLE pg_temp.arriving")
    return Stored(stored, rows.num_rows - stored - len(refused), refused)


def write_csv(table: pa.Table, write: object) -> None:
    """The table as CSV in which an empty cell is NULL and an empty text stands in quotation marks."""
    instants = [name for name in table.column_names if pa.types.is_timestamp(table.schema.field(name).type)]
    for name in instants:
        place = table.schema.get_field_index(name)
        text = pc.cast(table[name], pa.string())  # seven times as quick as strftime
        table = table.set_column(place, name, pc.binary_join_element_wise(text, "+00", ""))
    options = csv.WriteOptions(include_header=False, quoting_style="all_valid")
    for batch in table.to_batches(max_chunksize=20_000):
        buffer = BytesIO()
        csv.write_csv(pa.Table.from_batches([batch]), buffer, options)
        write(buffer.getbuffer())  # type: ignore[operator]


def of_sources(fact: str, source_systems: Collection[str]) -> pa.Table:
    """The rows of a fact that these systems sent, as the library takes them, for comparing what they send."""
    columns = stored_columns(fact)
    listed = ", ".join(_read(column) for column in columns)
    buffer = BytesIO()
    with connection.cursor() as cursor:
        rows = f"SELECT {listed} FROM fact_{declared(fact).name} WHERE source_system = ANY(%s)"
        with cursor.copy(f"COPY ({rows}) TO STDOUT (FORMAT csv)", [list(source_systems)]) as copy:
            for block in copy:
                buffer.write(block)
    return _parsed(buffer, pa.schema([pa.field(column.name, column.arrow) for column in columns]))


def _parsed(buffer: BytesIO, schema: pa.Schema) -> pa.Table:
    if not buffer.tell():
        return schema.empty_table()
    buffer.seek(0)
    return csv.read_csv(
        buffer,
        csv.ReadOptions(column_names=schema.names, block_size=BLOCK),
        csv.ParseOptions(newlines_in_values=True),
        csv.ConvertOptions(
            column_types=schema,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )


def of_delivery(fact: str, delivery: str) -> pa.Table:
    """The records that a delivery stored and that nobody corrected since, with the line and part of each."""
    columns = stored_columns(fact)
    listed = ", ".join(_read(column, "f.") for column in columns)
    buffer = BytesIO()
    with connection.cursor() as cursor:
        rows = (
            f"SELECT {listed}, r.line, r.part FROM delivery_stored AS s"
            " CROSS JOIN LATERAL unnest(s.lines, s.parts, s.key_hi, s.key_lo)"
            " AS r (line, part, key_hi, key_lo)"
            f" JOIN fact_{declared(fact).name} AS f ON (f.key_hi, f.key_lo) = (r.key_hi, r.key_lo)"
            " WHERE s.delivery_id = %s AND s.fact = %s AND f.action = 'record'"
            f" AND NOT EXISTS (SELECT 1 FROM fact_{declared(fact).name} AS later WHERE later.key_hi ="
            f" f.key_hi"
            " AND later.key_lo = f.key_lo AND later.action <> 'record')"
        )
        with cursor.copy(f"COPY ({rows}) TO STDOUT (FORMAT csv)", [delivery, fact]) as copy:
            for block in copy:
                buffer.write(block)
    fields = [pa.field(column.name, column.arrow) for column in columns]
    schema = pa.schema([*fields, pa.field(LINE, pa.int64()), pa.field("entry", pa.int32())])
    return _parsed(buffer, schema)


def _read(column: StoredColumn, of: str = "") -> str:
    if pa.types.is_timestamp(column.arrow):
        return f"{of}\"{column.name}\" AT TIME ZONE 'UTC'"
    return f'{of}"{column.name}"'
