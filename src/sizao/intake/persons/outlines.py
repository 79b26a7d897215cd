"""Which of very many pairs of people are worth being compared: those of whom anything could come.

Nothing is decided or asked of two people whose documents are further than a slip apart and whose names have
nothing in common. That is seen of a hundred thousand pairs at once; `compare` then looks at the others. What
is left out here would have come to nothing there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from sizao.intake.persons import names
from sizao.intake.persons.documents import document
from sizao.intake.persons.likeness import CLOSE_NAME, Said
from sizao.intake.persons.weights import Weights

Outline = tuple[str, str, str, str]
"""Number of the document; the name as it is written, as it is spelled without gaps, and as it sounds."""

SEEN_NAMES = frozenset({"same", "order", "script", "sound", "close"})
SEEN_DOCUMENTS = frozenset({"same", "one_digit", "swapped"})
_ROUNDED = 0.01  # by which a likeness may be less exact here


def outline(said: Said) -> Outline:
    """What is seen of somebody at a glance."""
    held = document(said.document) if said.document else None
    number = held.number if held else ""
    name = said.name or ""
    return number, names.plain(name), names.spelled(name).replace(" ", ""), names.sound(name)


def worth_comparing(
    people: Sequence[Outline], ones: npt.NDArray[Any], others: npt.NDArray[Any], weigh: Weights
) -> npt.NDArray[np.bool_]:
    """Of each pair (places in `people`) whether it may be sure or asked by these weights."""
    asked = weigh.names_needed | weigh.names_asked
    if not (asked <= SEEN_NAMES and weigh.documents_asked <= SEEN_DOCUMENTS):
        return np.ones(len(ones), bool)
    number, plain, spelled, sound = (np.array(column, object) for column in zip(*people, strict=True))
    documents = (number[ones] != "") & (number[others] != "")
    named = (plain[ones] != "") & (plain[others] != "")
    found = documents & (number[ones] == number[others])
    for column in (plain, spelled, sound):
        found |= named & (column[ones] == column[others])
    _also(found, documents, lambda at: _slips(number[ones[at]], number[others[at]]))
    _also(found, named, lambda at: _close(spelled[ones[at]], spelled[others[at]]))
    return np.asarray(found, bool)


def _also(found: npt.NDArray[np.bool_], where: npt.NDArray[np.bool_], look: Any) -> None:
    at = np.nonzero(where & ~found)[0]
    found[at] = look(at)


def _slips(ones: npt.NDArray[Any], others: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    apart = cpdist(ones.tolist(), others.tolist(), scorer=OSA.distance, score_cutoff=1, dtype=np.int32)
    return np.asarray(apart <= 1)


def _close(ones: npt.NDArray[Any], others: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    least = CLOSE_NAME - _ROUNDED
    alike = cpdist(ones.tolist(), others.tolist(), scorer=JaroWinkler.similarity, score_cutoff=least)
    return np.asarray(alike >= least)
