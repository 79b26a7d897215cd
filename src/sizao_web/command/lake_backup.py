"""The lake in a backup: the rows of every batch that the dump knows as moved, a file for each stream and day.

While the dump's moment is taken and the lake is read nobody moves or removes rows: what is staged is in the
dump, what was moved is in these files, and no row in both. They count only after they were put into a lake of
their own and compared row by row, as the dump is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq

from sizao.facts.dictionary import STREAMS
from sizao.store.digests import digests
from sizao.store.lake import DAY, LakeTable

LOCK = 4_242_020
"""Of who moves rows to the lake: `records.streams.moving`, which cannot be imported without settings."""
APPLICATION = "sizao-restore"
Lake = Mapping[str, tuple[int, str]]
"""stream/day -> rows, and a hash over all of them whatever their order."""


def beside(file: Path) -> Path:
    """The folder of the lake's files of a backup."""
    return file.with_name(f"{file.name}.lake")


@contextmanager
def held_still(address: str) -> Iterator[None]:
    """Nobody moves rows to the lake, nor removes any, meanwhile."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield


def moved(connection: psycopg.Connection[Any]) -> dict[str, dict[int, int]]:
    """Stream -> batch -> rows of what lies in the lake, as the transaction of this connection sees it."""
    found: dict[str, dict[int, int]] = {stream: {} for stream in STREAMS}
    if connection.execute("SELECT to_regclass('public.stream_batch')").fetchone() == (None,):
        return found
    asked = (
        "SELECT b.stream, b.id, b.rows FROM stream_batch AS b JOIN stream_move AS m ON m.id = b.move_id"
        " WHERE m.done_at IS NOT NULL"
    )
    for stream, batch, rows in connection.execute(asked):
        found[stream][batch] = rows
    return found


def written(lake: Path, folder: Path, batches: Mapping[str, Mapping[int, int]]) -> Lake:
    """Write the rows of these batches into a new folder; what stands in its files. LakeTorn."""
    folder.mkdir(mode=0o700)
    found: dict[str, tuple[int, str]] = {}
    for stream, wanted in batches.items():
        table, counted = LakeTable(lake, stream), np.zeros(0, np.int64)
        for day in table.status().days if table.exists else ():
            rows = _of(table.rows(first=day, last=day), wanted)
            counted = np.concatenate([counted, np.asarray(rows["batch"])])
            if rows.num_rows:
                file = folder / f"{stream}-{day.isoformat()}.parquet"
                file.touch(mode=0o600)
                pq.write_table(rows, file, compression="zstd")
                found[f"{stream}/{day.isoformat()}"] = (rows.num_rows, _hash(rows))
        _check(stream, wanted, counted)
    return found


class LakeTorn(Exception):
    """A batch that was moved has another number of rows in the lake: `sizao lake check` says of which."""


def restored(folder: Path, lake: Path, stated: Lake) -> Lake:
    """Fill a lake from the files of a backup; what then stands in it, day by day."""
    for number, name in enumerate(sorted(stated)):
        stream, _, day = name.partition("/")
        rows = pq.read_table(folder / f"{stream}-{day}.parquet", partitioning=None)
        table = LakeTable(lake, stream)
        if not table.exists:
            table.create(
                rows.schema.remove_metadata(), measured=(STREAMS[stream].event, "recorded_at", "batch")
            )
        table.append(rows, application=APPLICATION, step=number)
    for stream in {name.partition("/")[0] for name in stated}:
        LakeTable(lake, stream).make_durable()
    return contents(lake)


def contents(lake: Path) -> Lake:
    """What stands in a lake."""
    found = {}
    for stream in STREAMS:
        table = LakeTable(lake, stream)
        for day in table.status().days if table.exists else ():
            rows = table.rows(first=day, last=day)
            found[f"{stream}/{day.isoformat()}"] = (rows.num_rows, _hash(rows))
    return found


def wrong_batches(lake: Path, batches: Mapping[str, Mapping[int, int]]) -> list[str]:
    """Streams of which this lake does not hold exactly these batches."""
    wrong = []
    for stream, wanted in batches.items():
        table = LakeTable(lake, stream)
        there = np.zeros(0, np.int64)
        if table.exists:
            there = np.asarray(table.rows(first=date.min, last=date.max, columns=["batch"])["batch"])
        if _counted(there) != dict(wanted):
            wrong.append(stream)
    return wrong


def _of(rows: pa.Table, wanted: Mapping[int, int]) -> pa.Table:
    """The rows of these batches: what another moment moved since lies staged in the dump."""
    chosen = np.isin(np.asarray(rows["batch"]), np.array(list(wanted), np.int64))
    return rows if chosen.all() else rows.filter(pa.array(chosen))


def _check(stream: str, wanted: Mapping[int, int], batches: Sequence[int] | np.ndarray[Any, Any]) -> None:
    found = _counted(np.asarray(batches))
    if wrong := [batch for batch, rows in wanted.items() if found.get(batch, 0) != rows]:
        raise LakeTorn(f"{stream}: {len(wrong)} batches, the first is {min(wrong)}")


def _counted(batches: np.ndarray[Any, Any]) -> dict[int, int]:
    numbers, counts = np.unique(batches, return_counts=True)
    return dict(zip(numbers.tolist(), counts.tolist(), strict=True))


def _hash(rows: pa.Table) -> str:
    """The sum of both halves of each row's digest: the order of rows does not matter, each row does, and so
    does how often it is there."""
    names = sorted(name for name in rows.column_names if name != DAY)
    columns = [
        rows[name].cast(pa.int64()) if pa.types.is_timestamp(rows[name].type) else rows[name]
        for name in names
    ]
    halves = np.ascontiguousarray(digests(*columns)).view(">u8").reshape(-1, 2).astype(np.uint64)
    return "/".join(str(int(half.sum(dtype=np.uint64))) for half in halves.T)
