"""The rows of a delivery, checked and ready to be laid into the database, some at a time and one step ahead.

While the database takes some rows the next are made ready beside it; nothing here asks the database.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from sizao.intake.loading import Prepared
from sizao.intake.pieces import LINE, Piece
from sizao.intake.sheets import Sheet
from sizao_web.records.deliveries.storing import Arriving, arriving

CHUNK = 20_000  # rows stored in one transaction: the ledger waits for no longer one, a second or two
Item = TypeVar("Item")


@dataclass(frozen=True)
class Ready:
    """Rows that stand one after the other in the sheet. last: the line of the last one, taken or not."""

    last: int
    sheet: Sheet
    prepared: Prepared
    arriving: Mapping[str, Arriving]


def made_ready(
    pieces: Iterable[Piece],
    sheet_of: Callable[[Sequence[Piece]], Sheet],
    prepare: Callable[[Sheet], Prepared],
    *,
    after: int,
) -> Generator[Ready, None, None]:
    """The rows behind line `after`, in portions of at least CHUNK rows and at most one piece more."""
    for chunk in _chunks(pieces):
        last = _last_line(chunk)
        if last <= after:
            continue
        sheet = sheet_of(chunk)
        prepared = prepare(sheet)
        yield Ready(last, sheet, prepared, arriving(prepared.fresh))


def one_ahead(items: Generator[Item, None, None]) -> Iterator[Item]:
    """The same items; while the caller works on one, the next is made in a thread of its own."""
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as pool:
        coming = pool.submit(next, items, None)
        try:
            while (item := coming.result()) is not None:
                coming = pool.submit(next, items, None)
                yield item
        finally:
            pool.submit(items.close)


def _chunks(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    chunk: list[Piece] = []
    rows = 0
    for piece in pieces:
        chunk.append(piece)
        rows += piece.cells.num_rows + len(piece.ragged)
        if rows >= CHUNK:
            yield chunk
            chunk, rows = [], 0
    if chunk:
        yield chunk


def _last_line(chunk: Sequence[Piece]) -> int:
    lines = [problem.line or 0 for piece in chunk for problem in piece.ragged]
    lines += [piece.cells[LINE][-1].as_py() for piece in chunk if piece.cells.num_rows]
    return max(lines)
