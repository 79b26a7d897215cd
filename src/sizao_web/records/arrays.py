"""Whole columns as PostgreSQL takes them in one question: arrays in its binary form, and texts joined by a
mark that no text holds. No step of Python for each row, and the server reads a column, not its rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.postgres import types
from psycopg.pq import Format

from sizao.terms.identifiers import SEPARATOR

_TO_2000 = 946_684_800_000_000  # microseconds from 1970 to 2000, from which PostgreSQL counts


@dataclass(frozen=True)
class _Sent:
    """The bytes of a value, as they are sent."""

    content: Any


class Uuids(_Sent):
    """uuid[]"""


class Numbers(_Sent):
    """bigint[]"""


class Smaller(_Sent):
    """integer[]"""


class Shorts(_Sent):
    """smallint[]"""


class Moments(_Sent):
    """timestamptz[]"""


class Floats(_Sent):
    """double precision[]"""


class Texts(_Sent):
    """text: values joined by SEPARATOR"""


def uuids(keys: npt.NDArray[np.uint8]) -> Uuids:
    """Keys (rows × 16)."""
    return Uuids(_array(np.ascontiguousarray(keys).view("V16").reshape(-1), "V16", types["uuid"].oid))


def numbers(values: npt.NDArray[np.int64]) -> Numbers:
    """Whole numbers."""
    return Numbers(_array(values, ">i8", types["int8"].oid))


def smaller(values: npt.NDArray[Any]) -> Smaller:
    """Whole numbers of 32 bits."""
    return Smaller(_array(values, ">i4", types["int4"].oid))


def shorts(values: npt.NDArray[Any]) -> Shorts:
    """Whole numbers of 16 bits."""
    return Shorts(_array(values, ">i2", types["int2"].oid))


def listed(column: pa.ChunkedArray | pa.Array) -> tuple[Texts, Smaller]:
    """Texts of which many are alike: each of them once, and of each row its place among them, from 1."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    encoded = whole.dictionary_encode()
    return texts(encoded.dictionary), smaller(np.asarray(encoded.indices) + 1)


def moments(column: pa.ChunkedArray | pa.Array) -> Moments:
    """Moments (UTC, microseconds) without a gap."""
    return Moments(
        _array(np.asarray(pc.cast(column, pa.int64())) - _TO_2000, ">i8", types["timestamptz"].oid)
    )


def floats(column: pa.ChunkedArray | pa.Array) -> Floats:
    """Numbers without a gap."""
    return Floats(_array(np.asarray(column.cast(pa.float64())), ">f8", types["float8"].oid))


def texts(column: pa.ChunkedArray | pa.Array) -> Texts:
    """Texts, of which none is missing and none holds a control character."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    one = pa.ListArray.from_arrays(pa.array([0, len(whole)], pa.int32()), whole.cast(pa.string()))
    joined = pc.binary_join(one, SEPARATOR)
    _, offsets, content = joined.buffers()
    start, end = np.frombuffer(offsets, np.int32, count=2, offset=4 * joined.offset)
    return Texts(memoryview(content)[start:end])


def _array(values: Any, kind: str, oid: int) -> memoryview:
    """An array of one dimension: its head, then each element behind its length."""
    head = np.array([1, 0, oid, len(values), 1], ">i4").tobytes()
    each = np.dtype([("length", ">i4"), ("value", kind)])
    whole = np.empty(len(head) + len(values) * each.itemsize, np.uint8)
    whole[: len(head)] = np.frombuffer(head, np.uint8)
    body = whole[len(head) :].view(each)
    body["length"] = each["value"].itemsize
    body["value"] = values
    return memoryview(whole)


def _dumper(oid_: int) -> type[Dumper]:
    class _Whole(Dumper):
        format = Format.BINARY
        oid = oid_

        def dump(self, obj: _Sent) -> Buffer:
            content: Buffer = obj.content
            return content

    return _Whole


_DUMPERS = {
    Uuids: _dumper(types["uuid"].array_oid),
    Numbers: _dumper(types["int8"].array_oid),
    Smaller: _dumper(types["int4"].array_oid),
    Shorts: _dumper(types["int2"].array_oid),
    Moments: _dumper(types["timestamptz"].array_oid),
    Floats: _dumper(types["float8"].array_oid),
    Texts: _dumper(types["text"].oid),
}


def ask(statement: str, values: list[Any]) -> Any:
    """The first row of the answer. The values go beside the statement, not into it, as Django would."""
    return asker()(statement, values)


def asker() -> Callable[[str, list[Any]], Any]:
    """`ask` on the connection of this thread, for another thread to use while this one does not."""
    connection.ensure_connection()
    return partial(_ask, connection.connection)


def _ask(on: psycopg.Connection[Any], statement: str, values: list[Any]) -> Any:
    with psycopg.Cursor(on) as cursor:
        for kind, dumper in _DUMPERS.items():
            cursor.adapters.register_dumper(kind, dumper)
        return cursor.execute(statement, values).fetchone()
