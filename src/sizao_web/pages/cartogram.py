"""Areas as tiles: one equal tile for each, arranged by the tree of areas. No outlines, no coordinates.

The value stands in the tile in words; the colour only repeats it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sizao.terms.words import Words

STEPS = ((0.5, "5"), (0.25, "4"), (0.1, "3"), (0.0, "2"))
"""Share from which a tile has a step's colour; 1 is none at all, 0 is nothing to count."""


@dataclass(frozen=True)
class Tile:
    """One area: what it is called, what its tile says, the class of its colour, and where it leads."""

    area: str
    label: Words
    told: Words
    css: str
    address: str
    rows: str | None = None  # the list behind the value


@dataclass(frozen=True)
class Group:
    """An area with the areas in it."""

    head: Tile
    tiles: tuple[Tile, ...]


def step_of(share: float | None) -> str:
    """The class of a share."""
    if share is None:
        return "tile-0"
    return next((f"tile-{step}" for least, step in STEPS if share > least), "tile-1")


def grouped(area: str, tiles: Mapping[str, Tile]) -> tuple[Group, ...]:
    """The areas in the area, each with those in it, in the order of their paths.

    An area that stands alone in another says nothing more than that one: those in it stand there instead.
    """
    below: dict[str, list[str]] = {}
    for path in sorted(tiles):
        below.setdefault(path.rpartition("/")[0], []).append(path)
    return tuple(
        Group(tiles[head], tuple(tiles[path] for path in _several(head, below)))
        for head in below.get(area, ())
    )


def _several(head: str, below: Mapping[str, list[str]]) -> list[str]:
    found = below.get(head, [])
    while len(found) == 1 and below.get(found[0]):
        found = below[found[0]]
    return found
