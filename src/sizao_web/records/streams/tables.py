"""Where rows of a stream lie before they are in the lake: 32 tables in a ring, one for each day.

The day's number modulo 32 is its slot. A day is kept at most 21 days, so that a slot is long empty when its
turn comes again; nothing has to be created while people pass doors, and a day goes by emptying its table.
A row there is a batch: each of its columns whole, an array, or texts joined by a mark. `stream_check_ins` and
`stream_temperatures` are views that tell the rows. Beside each lies the table of keys that the day has seen:
rows leave it only with their day, so that what is sent again counts once although its first copy is in the
lake. A key is of one row and has its `body`, or of a hundred that a device numbers: `members` are those that
came, `bodies` theirs, both in the order in which they came.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pyarrow as pa

from sizao.facts.dictionary import STREAMS
from sizao.facts.schemas import own_columns
from sizao.facts.streams import RECORD

SLOTS = 32
TEXTS = (RECORD, "person")
"""The texts of every stream, each with a value for each row."""
PLACE = "place"
"""The text of which every row of a batch has one of few: the list of them, and `door`, its place there."""
MARK_OF_WAY = "00000000-0000-0000-0000-000000000000"
"""A key of no row, beside the keys of a day: its body says how they are made (`records.streams.keys.Way`)."""
_FIRST = date(2000, 1, 1)


def values_of(stream: str) -> tuple[str, ...]:
    """The other columns of a stream: its moment, and what was measured."""
    own = own_columns(STREAMS[stream])
    return tuple(column.name for column in own if not pa.types.is_string(column.arrow))


def slot_of(day: date) -> int:
    """The slot of a day."""
    return (day - _FIRST).days % SLOTS


def staged_in(stream: str, slot: int) -> str:
    """The table of staged rows."""
    return f"stream_{stream}_{slot:02}"


def seen_in(stream: str, slot: int) -> str:
    """The table of keys."""
    return f"stream_seen_{stream}_{slot:02}"


def slot_tables() -> Iterator[tuple[str, int, str, str]]:
    """Every stream and slot, with its two tables."""
    for stream in STREAMS:
        for slot in range(SLOTS):
            yield stream, slot, staged_in(stream, slot), seen_in(stream, slot)
