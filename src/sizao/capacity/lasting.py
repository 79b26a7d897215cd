"""How long what there is lasts: against what is used up, and against what each day asks anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sizao.capacity.outlook import Day


def renewed(each_day: int, asked: Sequence[int], first: date) -> tuple[Day, ...]:
    """What is there anew every day (tubes of a laboratory, rounds of a team) against what the days ask.

    asked: how much falls due on each day from `first` on. What is not done is done the next day, before what
    is due then; what was not asked for is not kept.
    """
    found, left = [], 0
    for number, wanted in enumerate(asked):
        free = each_day - wanted - left
        left = max(0, -free)
        found.append(Day(first + timedelta(days=number), each_day, wanted, free))
    return tuple(found)


def used_up(quantity: float, daily_use: float, first: date, days: int) -> tuple[Day, ...]:
    """What is left of a stock in the evening of each day, as it is used now; whole units, rounded down."""
    return tuple(
        Day(
            first + timedelta(days=number), 0, round(daily_use), int(quantity - daily_use * (number + 1) // 1)
        )
        for number in range(days)
    )


def days_left(quantity: float, daily_use: float) -> float | None:
    """For how many days a stock lasts; None where nothing is used."""
    return quantity / daily_use if daily_use > 0 else None


def first_missing(days: Iterable[Day]) -> Day | None:
    """The first evening on which something is missing."""
    return next((one for one in days if one.missing), None)
