"""The key of each row of a stream: what tells it apart, laid where the rows before it lie.

Devices number what they see, so most records end in a counter. A digest alone would throw neighbours to all
ends of the index of a day, and each row would be written to a page of its own; behind the counter of its
device it lies beside the row before it. Records without a counter have the digest alone.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sizao.store.digests import digests

_DIGITS = 9  # of the counter, from its end: with nine it fits four bytes
_SYSTEM, _COUNTER = slice(0, 2), slice(2, 6)  # bytes of the key


def keys_of(
    stream: str, source_system: str, records: pa.Array | pa.ChunkedArray, *, counted: bool
) -> npt.NDArray[np.uint8]:
    """Keys (rows × 16) of these records of one system: digests, of which ten bytes stay behind a counter.

    counted: False for a day whose first rows came before there were counters in keys.
    """
    plain = digests(pa.scalar(stream), pa.scalar(source_system), records)
    if not counted:
        return plain
    counters, counts = _counters(records)
    keys, where = plain.copy(), slice(None) if counts.all() else counts
    keys[where, _SYSTEM] = digests(pa.scalar(stream), pa.scalar(source_system))[0, _SYSTEM]
    keys[where, _COUNTER] = counters.astype(">u4").view(np.uint8).reshape(-1, 4)[where]
    return keys


def _counters(records: pa.Array | pa.ChunkedArray) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """The number at the end of each record, by its last nine digits, and whether there is one."""
    whole = records.combine_chunks() if isinstance(records, pa.ChunkedArray) else records
    count = len(whole)
    number, counts = np.zeros(count, np.int64), np.zeros(count, np.bool_)
    _, offsets, content = whole.buffers()
    if content is None:
        return number, counts
    ends = np.frombuffer(offsets, np.int32, count=count + 1, offset=4 * whole.offset)
    octets = np.frombuffer(content, np.uint8)
    starts, places, alive = ends[:-1], ends[1:] - 1, np.ones(count, np.bool_)
    for power in range(_DIGITS):
        alive &= places - power >= starts
        # Of a record that is over some other byte is taken, and left out again.
        digit = octets[np.maximum(places - power, 0)] - np.uint8(ord("0"))
        alive &= digit < 10
        if not alive.any():
            break
        counts |= alive
        number += np.where(alive, digit, 0) * np.int64(10**power)
    return number, counts
