"""Rows of one stream into staging: a batch for each day, each row once for ever of its day.

The first try is to copy everything. Only where the database says that a key is there already is it asked
which ones are: what comes for the first time, nearly everything, is not slowed by what comes again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction
from psycopg.errors import UniqueViolation

from sizao.facts.dictionary import STREAMS
from sizao.facts.schemas import own_columns
from sizao.facts.streams import RECORD
from sizao.store.digests import digests
from sizao.terms.time import local_day
from sizao_web.records import arrays
from sizao_web.records.streams.tables import PLACE, TEXTS, slot_of, values_of

MOST = 250_000  # rows of one batch: the server holds them in memory, ours and its own
MEMORY = "64MB"  # the keys of a batch are held in it, not in files
TRIES = 8  # somebody else may send the same rows in this very moment, more than once


@dataclass(frozen=True)
class Sender:
    """What all rows of a batch have in common."""

    source_system: str
    area: str
    account: str
    recorded_at: datetime


@dataclass(frozen=True)
class Part:
    """Rows of one day with their keys and bodies."""

    stream: str
    day: date
    rows: pa.Table
    keys: npt.NDArray[np.uint8]  # rows × 16
    bodies: npt.NDArray[np.int64]

    def kept(self, places: npt.NDArray[Any]) -> Part:
        """Only the rows at these places."""
        return Part(
            self.stream, self.day, self.rows.take(pa.array(places)), self.keys[places], self.bodies[places]
        )


@dataclass(frozen=True)
class Staged:
    """What became of the rows of one day. batch: None when none was new; conflicts: rows kept apart."""

    batch: int | None
    stored: int
    merged: int
    conflicts: Part


def by_day(stream: str, rows: pa.Table, source_system: str, zone: str) -> Iterator[Part]:
    """The rows of each local day of their event, with keys and bodies."""
    fact = STREAMS[stream]
    keys = digests(pa.scalar(stream), pa.scalar(source_system), rows[RECORD])
    own = digests(*(_as_text(rows[column.name]) for column in own_columns(fact)))
    bodies = own[:, :8].copy().view(">i8").reshape(-1).astype(np.int64)
    ends = pc.min_max(rows[fact.event])
    first, last = (local_day(ends[end].as_py(), zone) for end in ("min", "max"))
    if first == last:  # nearly always: a scanner sends what it has just seen
        yield Part(stream, first, rows, keys, bodies)
        return
    event = pc.assume_timezone(rows[fact.event], "UTC").cast(pa.timestamp("us", zone))
    days = pc.cast(pc.local_timestamp(event), pa.date32(), safe=False)
    numbers = np.asarray(pc.cast(days, pa.int32()))
    for day in sorted(pc.unique(days).to_pylist()):
        places = np.nonzero(numbers == (day - date(1970, 1, 1)).days)[0]
        yield Part(stream, day, rows.take(pa.array(places)), keys[places], bodies[places])


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A value as text, the same on every machine; a moment as its number, which is made faster."""
    return column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column


def stage(part: Part, sender: Sender) -> list[Staged]:
    """Put the rows there that are not there yet; needs an open transaction. InsufficientPrivilege."""
    if part.rows.num_rows <= MOST:
        return [_stage(part, sender)]
    # From batch to batch, too, in the order of the keys: see `sizao_stream_put`.
    whole = part.kept(_in_order(part.keys))
    starts = range(0, whole.rows.num_rows, MOST)
    return [_stage(whole.kept(np.arange(n, min(n + MOST, whole.rows.num_rows))), sender) for n in starts]


def _in_order(keys: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Places in the order in which the server sees the keys; of those that begin alike any."""
    return np.argsort(np.ascontiguousarray(keys[:, :8]).view(">u8").reshape(-1).astype(np.uint64))


def _stage(part: Part, sender: Sender) -> Staged:
    left, merged = part, 0
    apart = np.zeros(0, np.int64)
    origin = np.arange(part.rows.num_rows)
    for _ in range(TRIES):
        if not left.rows.num_rows:
            return Staged(None, 0, merged, part.kept(apart))
        try:
            with transaction.atomic():
                batch = _put(left, sender)
            return Staged(batch, left.rows.num_rows, merged, part.kept(apart))
        except UniqueViolation:
            new, same, other = _sorted_out(left)
            merged += len(same)
            apart = np.concatenate([apart, origin[other]])
            left, origin = left.kept(new), origin[new]
    raise psycopg.OperationalError("The same rows are being sent by too many at once. Send them again.")


_PUT = (
    "SELECT sizao_stream_put(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
    " FROM (SELECT set_config('work_mem', %s, true)) AS enough"
)


def _put(part: Part, sender: Sender) -> int:
    order = _in_order(part.keys)
    moment, *measured = (part.rows[name] for name in values_of(part.stream))
    (batch,) = arrays.ask(
        _PUT,
        [
            part.stream,
            part.day,
            sender.source_system,
            sender.area,
            sender.account,
            sender.recorded_at,
            arrays.uuids(part.keys[order]),
            arrays.numbers(part.bodies[order]),
            *(arrays.texts(part.rows[name]) for name in TEXTS),
            *arrays.listed(part.rows[PLACE]),
            arrays.moments(moment),
            arrays.floats(measured[0]) if measured else None,
            MEMORY,
        ],
    )
    return int(batch)


def _sorted_out(
    part: Part,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Places of rows that are new, that are there already, and that contradict what is there."""
    keys = np.ascontiguousarray(part.keys).view("V16").reshape(-1)
    _, first, back = np.unique(keys, return_index=True, return_inverse=True)
    places = np.arange(len(keys))
    again = first[back] != places  # a key for the second time among these very rows
    same = again & (part.bodies == part.bodies[first[back]])
    other = again & ~same
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT place, same FROM sizao_stream_known(%s, %s, %s, %s)",
            [part.stream, slot_of(part.day), part.keys.tobytes(), part.bodies.astype(">i8").tobytes()],
        )
        known = cursor.fetchall()
    if known:
        there = np.array([place for place, _ in known])
        alike = np.array([is_same for _, is_same in known])
        same[there], other[there] = alike, ~alike
    return places[~same & ~other], places[same], places[other]
