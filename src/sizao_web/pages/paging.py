"""Pages of a list: which rows, out of how many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SIZES = (25, 50, 100, 200)
SIZE = 50


@dataclass(frozen=True)
class Paging:
    """Page `number` (from 1) of `total` rows in pages of `size`. Past the end means the last page."""

    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))

    @property
    def offset(self) -> int:
        """How many rows come before this page."""
        return (self.number - 1) * self.size

    @property
    def first(self) -> int:
        """Position of the first row of this page, from 1; 0 in an empty list."""
        return min(self.offset + 1, self.total)

    @property
    def last(self) -> int:
        """Position of the last row of this page."""
        return min(self.number * self.size, self.total)

    @property
    def near(self) -> list[int | None]:
        """The numbers to offer: first, last and those around this page; None where numbers are left out."""
        wanted = sorted(
            {1, self.pages, *range(max(1, self.number - 2), min(self.pages, self.number + 2) + 1)}
        )
        shown: list[int | None] = []
        for number in wanted:
            if shown and number - (shown[-1] or 0) > 1:
                shown.append(None)
            shown.append(number)
        return shown


def paging(asked: Mapping[str, str], total: int) -> Paging:
    """The page that the address asks for; what is no number asks for the first page."""
    size = _number(asked.get("size"), SIZE)
    size = size if size in SIZES else SIZE
    last = max(1, -(-total // size))
    return Paging(min(max(1, _number(asked.get("page"), 1)), last), size, total)


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else otherwise
