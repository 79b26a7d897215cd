"""The histories that every run compares, the same everywhere, and what the reference answers about them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from reference import derive
from reference.histories import Batch, batch
from reference.policies import FAMILY

SEEDS = range(6)
WORLDS = 20
WORLDS_OF_THE_TRAINING_PACK = 6  # it has many more rules
BATCHES = [(name, seed) for name in FAMILY for seed in SEEDS]


@lru_cache(maxsize=len(BATCHES))
def drawn(name: str, seed: int) -> Batch:
    return batch(name, seed, WORLDS_OF_THE_TRAINING_PACK if name == "training" else WORLDS)


@lru_cache(maxsize=len(BATCHES))
def answer(name: str, seed: int) -> dict[str, list[dict[str, Any]]]:
    """The rows of all worlds of a batch; each world is asked about by itself."""
    one = drawn(name, seed)
    whole: dict[str, list[dict[str, Any]]] = {}
    for prefix in one.worlds:
        found = derive(one.policy, one.world(prefix), as_of=one.as_of, known_by=one.known_by)
        for result, rows in found.items():
            whole.setdefault(result, []).extend(rows)
    return whole
