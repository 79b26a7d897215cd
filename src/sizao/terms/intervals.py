"""Half-open intervals [begins, ends) of dates, instants or numbers: merged, clipped, subtracted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar


class Ordered(Protocol):
    """Anything that can be put in order with its like."""

    def __lt__(self, other: Any, /) -> bool: ...


Point = TypeVar("Point", bound=Ordered)


def merge(intervals: Iterable[tuple[Point, Point]]) -> list[tuple[Point, Point]]:
    """The same points as the fewest intervals, in order; touching ones become one, empty ones vanish."""
    merged: list[tuple[Point, Point]] = []
    for begins, ends in sorted((one for one in intervals if one[0] < one[1]), key=lambda one: one[0]):
        if merged and not merged[-1][1] < begins:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ends))
        else:
            merged.append((begins, ends))
    return merged


def clip(intervals: Iterable[tuple[Point, Point]], begins: Point, ends: Point) -> list[tuple[Point, Point]]:
    """The parts of the intervals that lie in [begins, ends), merged."""
    return merge((max(one[0], begins), min(one[1], ends)) for one in intervals)


def subtract(whole: tuple[Point, Point], taken: Iterable[tuple[Point, Point]]) -> list[tuple[Point, Point]]:
    """What is left of `whole` when every interval of `taken` is removed, in order."""
    begins, ends = whole
    left: list[tuple[Point, Point]] = []
    for start, stop in clip(taken, begins, ends):
        if begins < start:
            left.append((begins, start))
        begins = stop
    if begins < ends:
        left.append((begins, ends))
    return left
