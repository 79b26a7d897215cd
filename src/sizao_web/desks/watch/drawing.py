"""A control chart as lines of an SVG: the band of what is no signal, what was expected, what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 48, 28, 14, 30
APART = 60  # between the days that are written below


@dataclass(frozen=True)
class Point:
    """A day: where it is drawn, what it says, and the address of its rows. x, y: the middle of the mark."""

    x: float
    y: float
    row: Any
    address: str

    @property
    def diamond(self) -> str:
        """Its corners: a signal has another form than the rest, not only another colour."""
        x, y = self.x, self.y
        return f"{x},{y - 7} {x + 7},{y} {x},{y + 7} {x - 7},{y}"


@dataclass(frozen=True)
class Tick:
    """A mark on an axis."""

    at: float
    text: str


@dataclass(frozen=True)
class Picture:
    """What the template draws. bands: corners of each unbroken stretch of limits; expected: lines."""

    width: int
    height: int
    left: int
    right: float
    base: float
    points: tuple[Point, ...]
    bands: tuple[str, ...]
    expected: tuple[str, ...]
    found: str
    counts: tuple[Tick, ...]
    days: tuple[Tick, ...]


def picture(days: Sequence[Any], addresses: Sequence[str]) -> Picture:
    """The chart of these days, of which there is at least one, in their order."""
    first = days[0].day
    span = max((days[-1].day - first).days, 1)
    most = max(max(one.found, one.upper or 0, 1) for one in days)
    base = HEIGHT - BOTTOM

    def x(day: date) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (day - first).days / span, 1)

    def y(count: float) -> float:
        return round(base - (base - TOP) * count / most, 1)

    points = tuple(
        Point(x(one.day), y(one.found), one, address) for one, address in zip(days, addresses, strict=True)
    )
    return Picture(
        WIDTH,
        HEIGHT,
        LEFT,
        WIDTH - RIGHT,
        base,
        points,
        tuple(_band(one, x, y) for one in _stretches(days)),
        tuple(" ".join(f"{x(one.day)},{y(one.expected)}" for one in part) for part in _stretches(days)),
        " ".join(f"{one.x},{one.y}" for one in points),
        tuple(Tick(y(count), str(count)) for count in sorted({0, -(-most // 2), most})),
        _written([Tick(x(one.day), f"{one.day:%m-%d}") for one in days]),
    )


def _written(ticks: Sequence[Tick]) -> tuple[Tick, ...]:
    """So many of the days that their words do not run into each other."""
    found = list(ticks[:1])
    for one in ticks[1:]:
        if one.at - found[-1].at >= APART:
            found.append(one)
    return tuple(found)


def _stretches(days: Sequence[Any]) -> list[list[Any]]:
    """Days that were judged, without those between, before there was anything to compare with."""
    found: list[list[Any]] = [[]]
    for one in days:
        if one.expected is None or one.upper is None:
            found.append([])
        else:
            found[-1].append(one)
    return [part for part in found if part]


def _band(part: Sequence[Any], x: Any, y: Any) -> str:
    above = [f"{x(one.day)},{y(one.upper)}" for one in part]
    below = [f"{x(one.day)},{y(one.lower or 0)}" for one in reversed(part)]
    return " ".join([*above, *below])
