"""Which rows of the obligations a list is about, and which page of it is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sizao.terms.queries import literal


@dataclass(frozen=True)
class Selection:
    """What a desk asks for; a field left out does not narrow the list.

    area: path of an area, taken with everything below it. done_by: office. due_before: UTC, exclusive.
    """

    done_by: str | None = None
    area: str | None = None
    due_before: datetime | None = None
    rule: str | None = None
    verb: str | None = None
    sector: str | None = None
    about: str | None = None


@dataclass(frozen=True)
class Page:
    """Page `number` (from 1) of lists cut into `size` rows."""

    number: int = 1
    size: int = 100

    def __post_init__(self) -> None:
        if self.number < 1 or self.size < 1:
            raise ValueError(
                f"page {self.number} of {self.size} rows: pages count from 1 and hold at least one row; "
                "ask for page 1 or a later one"
            )

    @property
    def first(self) -> int:
        """Position of the first row of the page, from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        """Position of the last row of the page."""
        return self.number * self.size


def within_area(column: str, area: str) -> str:
    """A condition that holds for the area itself and every area below it.

    A comparison of prefixes, because `%` and `_` may stand in a path and LIKE would read them as jokers.
    """
    below = area.rstrip("/") + "/"
    return f"({column} = {literal(area.rstrip('/'))} OR left({column}, {len(below)}) = {literal(below)})"


def conditions(selection: Selection, columns: frozenset[str]) -> list[str]:
    """The selection as SQL conditions over a table with these columns.

    ValueError when the selection names a column that the table does not have: a filter that is silently left
    out would show a longer list than asked for.
    """
    wanted = {
        "done_by": selection.done_by,
        "rule": selection.rule,
        "verb": selection.verb,
        "sector": selection.sector,
        "about": selection.about,
    }
    chosen = {name: value for name, value in wanted.items() if value is not None}
    missing = sorted(set(chosen) - columns)
    if selection.due_before is not None and "due_at" not in columns:
        missing.append("due_before")
    if missing:
        raise ValueError(f"this list cannot be narrowed by {', '.join(missing)}; leave it out")
    found = [f"{name} = {literal(value)}" for name, value in chosen.items()]
    if selection.area is not None:
        found.append(within_area("area", selection.area))
    if selection.due_before is not None:
        found.append(f"due_at < {literal(selection.due_before)}")
    return found
