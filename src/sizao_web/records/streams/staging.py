"""Rows of one stream into staging: a batch for each day, each row once for ever of its day.

The first try is to copy everything. Only where the database says that a key is there already is it asked
which ones are: what comes for the first time, nearly everything, is not slowed by what comes again.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
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
from sizao_web.records.streams.keys import ALONE, Keys, Way, keys_of
from sizao_web.records.streams.tables import PLACE, TEXTS, slot_of, values_of

MOST = 250_000  # rows that are tried together: of one that is there already all are looked for
BATCH = 50_000  # rows of one batch: the next is made ready while the database stores the one before it
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
    """Rows of one day with their keys."""

    stream: str
    day: date
    rows: pa.Table
    keys: Keys

    def kept(self, places: npt.NDArray[Any]) -> Part:
        """Only the rows at these places."""
        return Part(self.stream, self.day, self.rows.take(pa.array(places)), self.keys[places])

    def between(self, first: int, end: int) -> Part:
        """The rows from one place to before another, without a copy of them."""
        return Part(self.stream, self.day, self.rows.slice(first, end - first), self.keys[first:end])

    def names(self, source_system: str) -> list[str]:
        """A key of each row that it has alone."""
        own = digests(pa.scalar(self.stream), pa.scalar(source_system), self.rows[RECORD])
        alone = (self.keys.members == ALONE)[:, np.newaxis]
        return [key.tobytes().hex() for key in np.where(alone, self.keys.keys, own)]

    def bodies(self) -> npt.NDArray[np.int64]:
        """Of each row a digest of what it says."""
        own = digests(*(_as_text(self.rows[column.name]) for column in own_columns(STREAMS[self.stream])))
        return own[:, :8].copy().view(">i8").reshape(-1).astype(np.int64)


@dataclass(frozen=True)
class Staged:
    """What became of the rows of one day. batches: none when none was new; conflicts: rows kept apart."""

    batches: tuple[int, ...]
    stored: int
    merged: int
    conflicts: Part


def by_day(stream: str, rows: pa.Table, source_system: str, zone: str) -> Iterator[Part]:
    """The rows of each local day of their event, with their keys; needs an open transaction."""
    for day, of_day in _days(rows, STREAMS[stream].event, zone):
        yield Part(stream, day, of_day, keys_of(stream, source_system, of_day[RECORD], _way(stream, day)))


def _days(rows: pa.Table, event_column: str, zone: str) -> Iterator[tuple[date, pa.Table]]:
    ends = pc.min_max(rows[event_column])
    first, last = (local_day(ends[end].as_py(), zone) for end in ("min", "max"))
    if first == last:  # nearly always: a scanner sends what it has just seen
        yield first, rows
        return
    event = pc.assume_timezone(rows[event_column], "UTC").cast(pa.timestamp("us", zone))
    days = pc.cast(pc.local_timestamp(event), pa.date32(), safe=False)
    numbers = np.asarray(pc.cast(days, pa.int32()))
    for day in sorted(pc.unique(days).to_pylist()):
        yield day, rows.take(pa.array(np.nonzero(numbers == (day - date(1970, 1, 1)).days)[0]))


def _way(stream: str, day: date) -> Way:
    """How keys of the day are made: as they were for its first rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sizao_stream_way(%s, %s)", [stream, slot_of(day)])
        return Way(cursor.fetchone()[0])


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A value as text, the same on every machine; a moment as its number, which is made faster."""
    return column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column


def stage(part: Part, sender: Sender) -> list[Staged]:
    """Put the rows there that are not there yet; needs an open transaction. InsufficientPrivilege."""
    whole = _in_order(part)
    count = whole.rows.num_rows
    return [_stage(whole.between(n, min(n + MOST, count)), sender) for n in range(0, count, MOST)]


def _in_order(part: Part) -> Part:
    """In the order in which the server sees the keys, from batch to batch, too: see `sizao_stream_put`."""
    order = part.keys.in_order()
    return part if order is None else part.kept(order)


def _stage(part: Part, sender: Sender) -> Staged:
    left, merged = part, 0
    apart = np.zeros(0, np.int64)
    origin = np.arange(part.rows.num_rows)
    for _ in range(TRIES):
        if not left.rows.num_rows:
            return Staged((), 0, merged, part.kept(apart))
        batches = _tried(left, sender)
        if batches:
            return Staged(batches, left.rows.num_rows, merged, part.kept(apart))
        new, same, other = _sorted_out(left)
        merged += len(same)
        apart = np.concatenate([apart, origin[other]])
        left, origin = left.kept(new), origin[new]
    raise psycopg.OperationalError("The same rows are being sent by too many at once. Send them again.")


def _tried(part: Part, sender: Sender) -> tuple[int, ...]:
    """The batches; none where a row is there already, or here twice."""
    if part.keys.twice():  # the database would not see it within a group
        return ()
    try:
        with transaction.atomic():
            return _put(part, sender)
    except UniqueViolation:
        return ()


_PUT = (
    "SELECT sizao_stream_put(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
    " FROM (SELECT set_config('work_mem', %s, true)) AS enough"
)


def _put(part: Part, sender: Sender) -> tuple[int, ...]:
    """Batch by batch; while the database stores one, the next is made ready."""
    count, ask = part.rows.num_rows, arrays.asker()
    batches = (part.between(n, min(n + BATCH, count)) for n in range(0, count, BATCH))
    given = []
    with ThreadPoolExecutor(1) if count > BATCH else nullcontext() as other:
        asked = None
        for batch in batches:
            values = _values(batch, sender)
            if asked is not None:
                given.append(asked.result())
            if other is None:
                given.append(ask(_PUT, values))
            else:
                asked = other.submit(ask, _PUT, values)
        if asked is not None:
            given.append(asked.result())
    return tuple(int(number) for (number,) in given)


def _values(part: Part, sender: Sender) -> list[Any]:
    moment, *measured = (part.rows[name] for name in values_of(part.stream))
    alone = int(np.searchsorted(part.keys.members, 0))  # how many rows: they come first
    groups = part.keys[alone:]
    ends = groups.ends() if len(groups) else np.zeros(0, np.int64)
    return [
        part.stream,
        part.day,
        sender.source_system,
        sender.area,
        sender.account,
        sender.recorded_at,
        arrays.uuids(part.keys.keys[:alone]),
        arrays.uuids(groups.keys[ends - 1]),
        arrays.smaller(ends),
        arrays.shorts(groups.members),
        arrays.numbers(part.bodies()),
        *(arrays.texts(part.rows[name]) for name in TEXTS),
        *arrays.listed(part.rows[PLACE]),
        arrays.moments(moment),
        arrays.floats(measured[0]) if measured else None,
        MEMORY,
    ]


def _sorted_out(
    part: Part,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Places of rows that are new, that are there already, and that contradict what is there."""
    _, first, back = np.unique(part.keys.whole(), return_index=True, return_inverse=True)
    places = np.arange(len(part.keys))
    again = first[back] != places  # a row for the second time among these very rows
    bodies = part.bodies()
    same = again & (bodies == bodies[first[back]])
    other = again & ~same
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT place, same FROM sizao_stream_known(%s, %s, %s, %s, %s)",
            [
                part.stream,
                slot_of(part.day),
                part.keys.keys.tobytes(),
                part.keys.members.astype(np.uint8).tobytes(),
                bodies.astype(">i8").tobytes(),
            ],
        )
        known = cursor.fetchall()
    if known:
        there = np.array([place for place, _ in known])
        alike = np.array([is_same for _, is_same in known])
        same[there], other[there] = alike, ~alike
    return places[~same & ~other], places[same], places[other]
