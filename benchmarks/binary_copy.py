"""Rows as the bytes of a binary COPY, put together column by column in C: the best form of the peer.

What has the same length in every row (key, moment, number) is one piece, a record of NumPy in the order of
bytes that PostgreSQL reads; texts follow, each behind its length. Arrow joins the pieces of a row, and the
buffer in which it does so is what is sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

HEAD = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TAIL = b"\xff\xff"
BLOCK = 50_000  # rows that are put together at once
_TO_2000 = 946_684_800_000_000  # microseconds from 1970 to 2000, from which PostgreSQL counts


@dataclass(frozen=True)
class Fixed:
    """A column of values that are all as long: name, its type for NumPy, the values. None is empty."""

    name: str
    kind: str
    values: Any


def instants(column: pa.ChunkedArray | pa.Array) -> npt.NDArray[np.int64]:
    """Moments (UTC, microseconds) as PostgreSQL counts them."""
    return np.asarray(pc.cast(column, pa.int64())) - _TO_2000


def encoded(fixed: Sequence[Fixed], texts: Sequence[pa.Array | pa.ChunkedArray]) -> Iterator[Any]:
    """The bytes of the rows in blocks, first those of fixed length, then the texts; with head and tail."""
    yield HEAD
    whole = [_whole(text) for text in texts]
    rows = len(whole[0])
    for start in range(0, rows, BLOCK):
        end = min(start + BLOCK, rows)
        yield _block(fixed, [text.slice(start, end - start) for text in whole], start, end)
    yield TAIL


def _whole(text: pa.Array | pa.ChunkedArray) -> pa.Array:
    found = text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text
    return found.cast(pa.binary())


def _block(fixed: Sequence[Fixed], texts: Sequence[pa.Array], start: int, end: int) -> Any:
    parts: list[tuple[str, str]] = [("fields", ">i2")]
    for one in fixed:
        parts += [(f"{one.name}.length", ">i4"), (one.name, one.kind)]
    parts.append(("first.length", ">i4"))
    head = np.empty(end - start, dtype=np.dtype(parts))
    head["fields"] = len(fixed) + len(texts)
    for one in fixed:
        head[f"{one.name}.length"] = head.dtype[one.name].itemsize
        head[one.name] = one.values[start:end] if isinstance(one.values, np.ndarray) else one.values
    lengths = [np.asarray(pc.binary_length(text)) for text in texts]
    head["first.length"] = lengths[0]
    pieces = [_pieces(head), texts[0]]
    for text, length in zip(texts[1:], lengths[1:], strict=True):
        pieces += [_pieces(length.astype(">i4")), text]
    joined = pc.binary_join_element_wise(*pieces, pa.scalar(b"", pa.binary()))
    _, offsets, data = joined.buffers()
    length = int(np.frombuffer(offsets, np.int32, count=len(joined) + 1)[-1])
    return memoryview(data)[:length]


def _pieces(records: npt.NDArray[Any]) -> pa.Array:
    """Each record as a binary value of its own."""
    size = records.dtype.itemsize
    offsets = np.arange(0, (len(records) + 1) * size, size, dtype=np.int32)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(records.tobytes())]
    return pa.Array.from_buffers(pa.binary(), len(records), buffers)
