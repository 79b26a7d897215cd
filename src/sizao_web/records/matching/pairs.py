"""All pairs of people who stand together under some part, each once, whole arrays at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

AT_ONCE = 1_000_000
"""Pairs that are held at once."""

Places = npt.NDArray[np.int64]


def pairs_among(groups: Iterable[Sequence[int]], first: int) -> Iterator[tuple[Places, Places]]:
    """The pairs (places of people) within each group of which one is below `first`, in some portions.

    A pair that stands together in several groups is told once.
    """
    codes = [_fresh(group, first) for group in _of_one_size(groups)]
    if not codes:
        return
    found = np.unique(np.concatenate(codes))
    for start in range(0, len(found), AT_ONCE):
        portion = found[start : start + AT_ONCE]
        yield portion >> 32, portion & 0xFFFFFFFF


def _of_one_size(groups: Iterable[Sequence[int]]) -> Iterator[Places]:
    """Groups of the same size as the rows of an array, so many that their pairs are held at once."""
    by_size: dict[int, list[Sequence[int]]] = {}
    for group in groups:
        if len(group) > 1:
            by_size.setdefault(len(group), []).append(group)
    for size, alike in by_size.items():
        step = max(1, 2 * AT_ONCE // (size * size))
        for start in range(0, len(alike), step):
            yield np.sort(np.array(alike[start : start + step], np.int64), axis=1)


def _fresh(group: Places, first: int) -> Any:
    """The pairs of these groups as numbers, each once: the smaller place in front."""
    one, other = np.triu_indices(group.shape[1], 1)
    smaller, larger = group[:, one].reshape(-1), group[:, other].reshape(-1)
    wanted = (smaller < first) & (smaller != larger)
    return np.unique(smaller[wanted] << 32 | larger[wanted])
