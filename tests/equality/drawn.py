"""The histories that every run compares: the same ones everywhere."""

from __future__ import annotations

from functools import lru_cache

from reference.histories import Batch, batch
from reference.policies import FAMILY

SEEDS = range(9)
WORLDS = 12
BATCHES = [(name, seed) for name in FAMILY for seed in SEEDS]


@lru_cache(maxsize=8)
def drawn(name: str, seed: int) -> Batch:
    return batch(name, seed, WORLDS)
