"""The key of each row of a stream: what tells it apart, and which rows have one together.

Devices number what they see, so most records end in a counter. A hundred that follow each other are one row
of the day's table of keys: its key is of what they have in common, and each has its place in it. A record
that no device numbered has a key alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sizao.store.digests import digests

ALONE = -1  # the member of a key that is of one row
GROUP = 100  # records of one key: those that differ in their last two digits
_NUMBERED = 4  # digits that make a counter: a word that happens to end in one or two is not worth a group
_DIGITS = 9  # of the counter, from its end: with nine it fits four bytes
_SYSTEM, _COUNTER = slice(0, 2), slice(2, 6)  # bytes of the key
_GROUPED = pa.scalar("##")  # stands for the digits that are left out; no record holds what joins it to them

Octets = npt.NDArray[np.uint8]


class Way(IntEnum):
    """How keys of a day are made. It goes on as it began, or what comes again would count twice."""

    PLAIN = -1  # a digest for each row: begun before there were others
    COUNTED = 0  # a digest behind its counter for each row: begun before there were groups
    GROUPED = 1


@dataclass(frozen=True)
class Keys:
    """keys: rows × 16. members: of each row its place among those of its key, 0 to 99, or ALONE."""

    keys: Octets
    members: npt.NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, places: slice | npt.NDArray[Any]) -> Keys:
        return Keys(self.keys[places], self.members[places])

    @property
    def halves(self) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
        """The first and the last eight bytes of each key, as numbers that sort as the database sorts keys."""
        both = np.ascontiguousarray(self.keys).view(">u8").astype(np.uint64)
        return both[:, 0], both[:, 1]

    def in_order(self) -> npt.NDArray[np.int64] | None:
        """Places of the rows by their keys, those alone first; None where they lie so already."""
        columns = (self.members != ALONE, *self.halves, self.members)
        wrong, alike = np.zeros(max(len(self) - 1, 0), np.bool_), np.ones(max(len(self) - 1, 0), np.bool_)
        for column in columns:
            wrong |= alike & (column[1:] < column[:-1])
            alike &= column[1:] == column[:-1]
        return np.lexsort(columns[::-1]) if wrong.any() else None

    def ends(self) -> npt.NDArray[np.int64]:
        """Of rows in order: before which place each key ends."""
        first, last = self.halves
        return np.append(np.nonzero((first[1:] != first[:-1]) | (last[1:] != last[:-1]))[0] + 1, len(self))

    def twice(self) -> bool:
        """Of rows in order: whether one is there twice."""
        first, last = self.halves
        alike = (first[1:] == first[:-1]) & (last[1:] == last[:-1]) & (self.members[1:] == self.members[:-1])
        return bool(alike.any())

    def whole(self) -> npt.NDArray[np.void]:
        """What tells each row apart, in one value."""
        both = np.concatenate([self.keys, self.members.astype(">i2").view(np.uint8).reshape(-1, 2)], axis=1)
        return np.ascontiguousarray(both).view("V18").reshape(-1)


def keys_of(stream: str, source_system: str, records: pa.Array | pa.ChunkedArray, way: Way) -> Keys:
    """Keys of these records of one system."""
    whole = records.combine_chunks() if isinstance(records, pa.ChunkedArray) else records
    of = pa.scalar(stream), pa.scalar(source_system)
    if way is not Way.GROUPED:
        keys = digests(*of, whole)
        if way is Way.COUNTED:
            keys = _behind_counters(keys, whole, digests(*of))
        return Keys(keys, np.full(len(whole), ALONE, np.int16))
    members = _members(whole)
    numbered = members != ALONE
    keys = np.empty((len(whole), 16), np.uint8)
    if numbered.any():
        in_common = pc.utf8_slice_codeunits(whole if numbered.all() else whole.filter(numbered), 0, -2)
        groups = in_common.dictionary_encode()
        of_groups = digests(*of, groups.dictionary, _GROUPED)
        keys[numbered] = _behind_counters(of_groups, groups.dictionary, digests(*of))[groups.indices]
    if not numbered.all():
        keys[~numbered] = digests(*of, whole.filter(~numbered))
    return Keys(keys, members)


def _behind_counters(keys: Octets, records: pa.Array, system: Octets) -> Octets:
    """Ten bytes of each key, behind the counter of its record where it has one: neighbours lie together."""
    counters, counts = _counters(records)
    made, where = keys.copy(), slice(None) if counts.all() else counts
    made[where, _SYSTEM] = system[0, _SYSTEM]
    made[where, _COUNTER] = counters.astype(">u4").view(np.uint8).reshape(-1, 4)[where]
    return made


def _counters(records: pa.Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """The number at the end of each record, by its last nine digits, and whether there is one."""
    number, counts = np.zeros(len(records), np.int64), np.zeros(len(records), np.bool_)
    for power, (digit, alive) in enumerate(_digits(records, _DIGITS)):
        counts |= alive
        number += np.where(alive, digit, 0) * np.int64(10**power)
    return number, counts


def _members(records: pa.Array) -> npt.NDArray[np.int16]:
    """The last two digits of each record that ends in a counter, else ALONE."""
    found = _digits(records, _NUMBERED)
    if len(found) < _NUMBERED:
        return np.full(len(records), ALONE, np.int16)
    (ones, _), (tens, _), *_, (_, numbered) = found
    return np.where(numbered, tens * np.int16(10) + ones, ALONE).astype(np.int16)


def _digits(records: pa.Array, most: int) -> list[tuple[Octets, npt.NDArray[np.bool_]]]:
    """From the end of each record: the digit at each place, and whether all from there on are digits.

    It ends before a place where no record has one.
    """
    count, found = len(records), []
    _, offsets, content = records.buffers()
    if content is None:
        return []
    ends = np.frombuffer(offsets, np.int32, count=count + 1, offset=4 * records.offset)
    octets = np.frombuffer(content, np.uint8)
    starts, places, alive = ends[:-1], ends[1:] - 1, np.ones(count, np.bool_)
    for power in range(most):
        # Of a record that is over some other byte is taken, and left out again.
        digit = octets[np.maximum(places - power, 0)] - np.uint8(ord("0"))
        alive = alive & (places - power >= starts) & (digit < 10)
        if not alive.any():
            break
        found.append((digit, alive))
    return found
