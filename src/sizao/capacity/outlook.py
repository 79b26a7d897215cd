"""Whether the free rooms last: day by day those who leave and those who come, one room for each person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Day:
    """One day. free: rooms in the evening, when all have come; below zero: so many are missing."""

    day: date
    leave: int
    come: int
    free: int

    @property
    def missing(self) -> int:
        """Rooms that are missing in the evening."""
        return max(0, -self.free)


def outlook(
    free: int, last_days: Iterable[date], coming: Iterable[date], first: date, days: int
) -> tuple[Day, ...]:
    """The next days from `first` on. free: rooms now; last_days: of those inside; coming: days they come.

    A room is free on the day after the last one; what was due earlier counts on the first day.
    """
    leaving = [max(one + timedelta(days=1), first) for one in last_days]
    arriving = [max(one, first) for one in coming]
    found = []
    for number in range(days):
        day = first + timedelta(days=number)
        leave, come = leaving.count(day), arriving.count(day)
        free += leave - come
        found.append(Day(day, leave, come, free))
    return tuple(found)
