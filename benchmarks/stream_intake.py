"""Taking in check-ins beside a bare COPY of the same rows: validated, once each, durable before the answer.

    python -m benchmarks.stream_intake

A PostgreSQL of its own, started from an empty folder, with its production settings (fsync and
synchronous_commit on). In turn, in one run: the action `record_stream` as a page calls it (checks, keys, the
fence of the database, the keys of the day, audit, commit), and a COPY of the same Arrow table into a plain
table without key or index, in its best form of three (CSV written by Arrow, binary put together by our own
encoder, CSV made beforehand, of which only the sending is counted). Each COPY is told twice: of the columns
that are sent, and of the row as the dictionary declares it, with the columns that every fact has. The stream
is told three times: of records that one scanner numbers, of records that each of 200 doors numbers for
itself, as they come mixed, and of records that nobody numbers, of which each has a key alone.

Wall clock, and the CPU of this process and of the server's processes together; the median of five after one
round that is not counted. SIZAO_ROWS (200000) rows a round, SIZAO_ROUNDS (5), SIZAO_SEEN (1000000) rows that
the day has seen before and the mover has moved: their keys are there, the plain tables begin empty.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

ROWS = int(os.environ.get("SIZAO_ROWS", "200000"))
ROUNDS = int(os.environ.get("SIZAO_ROUNDS", "5"))
SEEN = int(os.environ.get("SIZAO_SEEN", "1000000"))
GOAL = 0.7
STREAM, MIXED, UNNUMBERED = "stream", "stream, each door numbers", "stream, unnumbered records"
STREAMS = (STREAM, MIXED, UNNUMBERED)
AREA = "drill/harbour"
DOORS = 200
MOMENT = datetime(2020, 11, 10, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Round:
    """One round of one way: seconds of wall clock and of CPU."""

    wall: float
    cpu: float


def main() -> None:
    """Make the database, measure, print."""
    folder = Path(tempfile.mkdtemp(prefix="sizao-stream-"))
    folder.chmod(0o711)  # as root PostgreSQL runs as another user, who must get through
    os.environ.update(SIZAO_MODE="demo", SIZAO_DATA=str(folder), SIZAO_ROLE="owner")
    os.environ["DJANGO_SETTINGS_MODULE"] = "sizao_web.settings.django"
    from sizao_web.settings.configuration import configuration
    from sizao_web.settings.embedded import start, stop

    found = configuration(os.environ)
    try:
        start(found.cluster)
        _measure()
    finally:
        stop(found.cluster)
        shutil.rmtree(folder, ignore_errors=True)


def _measure() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from sizao_web.records.streams.keys import Way
    from sizao_web.records.streams.tables import MARK_OF_WAY, seen_in, slot_of

    call_command("migrate", verbosity=0)
    scope = _sender()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit')")
        settings = dict(cursor.fetchall())
        for day in (MOMENT - n * DAY for n in range(len(STREAMS))):
            seen = seen_in("check_ins", slot_of(day.date()))
            cursor.execute(f"INSERT INTO {seen} (key, body) VALUES (%s, %s)", [MARK_OF_WAY, Way.GROUPED])
            cursor.execute(
                f"INSERT INTO {seen} (key, body)"
                " SELECT gen_random_uuid(), n FROM generate_series(1, %s) AS n",
                [SEEN],
            )
        cursor.execute("CHECKPOINT")
    print(
        f"{ROWS:,} check-ins a round, {ROUNDS} rounds, {SEEN:,} seen before; {settings};"
        f" {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    first = _sent(0)
    ways: dict[str, Callable[[], None]] = {}
    for columns, rows in (("sent", first), ("declared", _declared(first))):
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE plain_{columns} ({_columns(rows)})")
        for form in ("csv", "binary", "csv made beforehand"):
            ways[f"COPY {columns}, {form}"] = _copying(f"plain_{columns}", rows, form)
    taken: dict[str, list[Round]] = {name: [] for name in (*STREAMS, *ways)}
    for number in range(ROUNDS + 1):
        streams = {name: partial(_stream, scope, _sent(number, name)) for name in STREAMS}
        for name, way in {**streams, **ways}.items():
            one = _timed(way)
            if number:
                taken[name].append(one)
    _told(taken)


def _told(taken: dict[str, list[Round]]) -> None:
    wall = {name: median(one.wall for one in rounds) for name, rounds in taken.items()}
    cpu = {name: median(one.cpu for one in rounds) for name, rounds in taken.items()}
    for name in taken:
        print(
            f"{name:34} {ROWS / wall[name]:>12,.0f} rows/s   wall {wall[name]:.3f} s   CPU {cpu[name]:.3f} s"
        )
    for columns in ("sent", "declared"):
        best = min((name for name in taken if f" {columns}," in name), key=lambda name: wall[name])
        least = min((name for name in taken if f" {columns}," in name), key=lambda name: cpu[name])
        for stream in STREAMS:
            by_wall, by_cpu = wall[best] / wall[stream], cpu[least] / cpu[stream]
            print(
                f"{stream} / bare COPY of the columns {columns}: {by_wall:.2f}× by wall (best: {best}),"
                f" {by_cpu:.2f}× by CPU (least: {least}); goal {GOAL}"
            )


def _timed(work: Callable[[], None]) -> Round:
    before, wall = _cpu(), time.perf_counter()
    work()
    return Round(time.perf_counter() - wall, _cpu() - before)


def _cpu() -> float:
    """Seconds of CPU of this process and of every process of its PostgreSQL, those that ended included."""
    from django.conf import settings

    server = int((settings.SIZAO.cluster / "postmaster.pid").read_text().split()[0])
    ticks = os.sysconf("SC_CLK_TCK")
    total = time.process_time()
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(folder.name) == server:
                total += sum(int(fields[place]) for place in (11, 12, 13, 14)) / ticks
            elif int(fields[1]) == server:
                total += sum(int(fields[place]) for place in (11, 12)) / ticks
    return total


def _sender() -> Any:
    """The scope of an office in whose area the doors lie."""
    from django.db import connection

    from sizao_web.accounts.models import Account, Assignment
    from sizao_web.records.access.scope import scope_of

    account = Account.objects.create_user("stream-bench", None)
    Assignment.objects.create(
        account=account, role="market_regulation", area=AREA, from_at=datetime(2020, 1, 1, tzinfo=UTC)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO fact_places (fact_id, key_hi, key_lo, source_system, source_record, source_version,"
            " action, happened_at, known_at, recorded_at, recorded_by, area, history, derived, body, place,"
            " kind, located_in, from_on)"
            " SELECT gen_random_uuid(), n, n, 'bench', 'door-' || n, 1, 'record', now(), now(), now(),"
            " 'bench', %s, false, false, '\\x00', 'door-' || n, 'venue', %s, DATE '2020-01-01'"
            " FROM generate_series(0, %s) AS n",
            [AREA, f"{AREA}/quay", DOORS - 1],
        )
    return scope_of(account.assignments.get())


def _sent(number: int, stream: str = STREAM) -> pa.Table:
    """The check-ins of one round, in the order of time; each stream's of a day of its own."""
    rows = range(number * ROWS, (number + 1) * ROWS)
    start = MOMENT - timedelta(hours=9) - STREAMS.index(stream) * DAY
    step = timedelta(hours=8) / ROWS
    record = {
        STREAM: lambda row: f"scan-{row:012d}",
        MIXED: lambda row: f"door-{row * 31 % DOORS:03d}-{row // DOORS:08d}",
        UNNUMBERED: lambda row: f"scan-{row * 7_919_000_003 % 16**11:011x}x",
    }[stream]
    return pa.table(
        {
            "person": [f"p-{row * 7919 % 10_000_000:08d}" for row in rows],
            "place": [f"door-{row * 31 % DOORS}" for row in rows],
            "checked_in_at": pa.array([start + n * step for n in range(ROWS)], pa.timestamp("us", "UTC")),
            "source_record": [record(row) for row in rows],
            "source_system": pa.array(["scanner-17"] * ROWS),
        }
    )


def _declared(sent: pa.Table) -> pa.Table:
    """The same rows with the columns that every fact has, but for `reason`, which is empty."""
    from sizao.terms.identifiers import natural_keys

    system, record = (sent[name].combine_chunks() for name in ("source_system", "source_record"))
    hi, lo = natural_keys("check_ins", system, record)
    common = {
        "key_hi": hi,
        "key_lo": lo,
        "source_version": pa.array([1] * ROWS),
        "action": pa.array(["record"] * ROWS),
        "happened_at": sent["checked_in_at"],
        "known_at": pa.array([MOMENT] * ROWS, pa.timestamp("us", "UTC")),
        "recorded_at": pa.array([MOMENT] * ROWS, pa.timestamp("us", "UTC")),
        "recorded_by": pa.array(["stream-bench"] * ROWS),
        "area": pa.array([AREA] * ROWS),
        "history": pa.array([False] * ROWS),
        "derived": pa.array([False] * ROWS),
    }
    for name, column in common.items():
        sent = sent.append_column(name, column)
    return sent


_TYPES = {"timestamp[us, tz=UTC]": "timestamptz", "string": "text", "int64": "bigint", "bool": "boolean"}


def _columns(table: pa.Table) -> str:
    return ", ".join(f"{field.name} {_TYPES[str(field.type)]}" for field in table.schema)


def _copying(name: str, rows: pa.Table, form: str) -> Callable[[], None]:
    """A COPY of these rows into the plain table of that name, committed."""
    from django.db import connection, transaction

    made = list(_written(rows, form)) if form == "csv made beforehand" else None
    how = "binary" if form == "binary" else "csv"

    def copying() -> None:
        blocks = _written(rows, form) if made is None else made
        with transaction.atomic(), connection.cursor() as cursor:
            listed = ", ".join(_names(rows, form))
            with cursor.copy(f"COPY {name} ({listed}) FROM STDIN (FORMAT {how})") as copy:
                for block in blocks:
                    copy.write(block)

    return copying


def _names(rows: pa.Table, form: str) -> list[str]:
    if form != "binary":
        return rows.column_names
    texts = [field.name for field in rows.schema if pa.types.is_string(field.type)]
    return [*(name for name in rows.column_names if name not in texts), *texts]


def _written(rows: pa.Table, form: str) -> Iterator[Any]:
    """The rows as bytes of a COPY."""
    from benchmarks.binary_copy import Fixed, encoded, instants

    if form == "binary":
        fixed, texts = [], []
        for field in rows.schema:
            values = rows[field.name]
            if pa.types.is_string(field.type):
                texts.append(values)
            elif pa.types.is_timestamp(field.type):
                fixed.append(Fixed(field.name, ">i8", instants(values)))
            elif pa.types.is_boolean(field.type):
                fixed.append(Fixed(field.name, ">i1", np.asarray(values.cast(pa.int8()))))
            else:
                fixed.append(Fixed(field.name, ">i8", np.asarray(values)))
        yield from encoded(fixed, texts)
        return
    options = pa.csv.WriteOptions(include_header=False, quoting_style="needed")
    for batch in rows.to_batches(max_chunksize=50_000):
        buffer = BytesIO()
        pa.csv.write_csv(pa.Table.from_batches([batch]), buffer, options)
        yield buffer.getbuffer()


def _stream(scope: Any, rows: pa.Table) -> None:
    from django.db import transaction

    from sizao_web.records.access.scope import enter
    from sizao_web.records.actions.record_stream import record_stream

    with transaction.atomic():
        enter(scope)
        done = record_stream(scope, MOMENT, "check_ins", rows)
    assert done.stored == ROWS, done


if __name__ == "__main__":
    main()
