"""What an indicator counts, in words, and the frame in which it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sizao.facts.declaration import Words
from sizao.terms.queries import literal


@dataclass(frozen=True)
class Indicator:
    """A definition a reader can check: numerator and denominator count the same thing, named by `counts`.

    orders: ids of the directives' orders that it shows the state of, "D2-06".
    """

    name: str
    label: Words
    counts: Words
    numerator: Words
    denominator: Words
    exclusions: Words
    orders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Frame:
    """Which moment, window and area an indicator is asked for.

    window_from, window_until: UTC, half-open; what must lie in it is said by the indicator. area: path, with
    everything below it; None: everywhere. smallest_cell: counts from 1 to smallest_cell − 1 are not handed
    out (0: all are).
    """

    as_of: datetime
    known_by: datetime
    window_from: datetime
    window_until: datetime
    area: str | None = None
    smallest_cell: int = 0

    def __post_init__(self) -> None:
        if self.window_until <= self.window_from:
            raise ValueError(
                f"window from {self.window_from} until {self.window_until} is empty; "
                "let it end after its beginning"
            )


def within(column: str, area: str | None) -> str:
    """A condition that holds for the area and everything below it, or for every area when it is None."""
    if area is None:
        return "TRUE"
    below = area.rstrip("/") + "/"
    return f"({column} = {literal(area.rstrip('/'))} OR left({column}, {len(below)}) = {literal(below)})"


def stated(indicator: str, frame: Frame) -> str:
    """The columns that every figure carries: its name, area, window, as_of and known_by."""
    return (
        f"{literal(indicator)} AS indicator, {literal(frame.area)} AS within_area, "
        f"{literal(frame.window_from)} AS window_from, {literal(frame.window_until)} AS window_until, "
        f"{literal(frame.as_of)} AS as_of, {literal(frame.known_by)} AS known_by"
    )


def suppressed(frame: Frame) -> str:
    """A condition over numerator and denominator: true when a cell is too small to be handed out.

    The complement counts too: from "19 of 20" one person can be told as easily as from "1 of 20".
    """
    if frame.smallest_cell <= 1:
        return "FALSE"
    small = frame.smallest_cell - 1
    return (
        f"(numerator BETWEEN 1 AND {small} OR denominator - numerator BETWEEN 1 AND {small} "
        f"OR denominator BETWEEN 1 AND {small})"
    )


def share_of(frame: Frame) -> str:
    """Columns numerator, denominator, share and suppressed, with small cells left empty."""
    hidden = suppressed(frame)
    return (
        f"CASE WHEN {hidden} THEN NULL ELSE numerator END AS numerator, "
        f"CASE WHEN {hidden} THEN NULL ELSE denominator END AS denominator, "
        f"CASE WHEN {hidden} OR denominator = 0 THEN NULL "
        "ELSE CAST(numerator AS DOUBLE) / denominator END AS share, "
        f"{hidden} AS suppressed"
    )
