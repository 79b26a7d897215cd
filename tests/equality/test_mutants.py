"""The comparison is worth something: it notices every seeded mistake."""

from __future__ import annotations

from dataclasses import replace

import pytest

from equality.comparison import differences
from equality.drawn import SEEDS, answer, drawn
from equality.engine import engine
from equality.mutants import MUTANTS, Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_a_seeded_mistake_is_noticed(mutant: Mutant) -> None:
    applied: list[int] = []
    for seed in SEEDS:
        for name in mutant.policies:
            one = drawn(name, seed)
            given = one if mutant.policy is None else replace(one, policy=mutant.policy(one.policy))
            assert mutant.policy is None or given.policy != one.policy
            found = differences(engine(given, changed=mutant.changed(applied)), answer(name, seed))
            assert mutant.policy is not None or applied, "the text that the mutant replaces is gone"
            if found:
                return
    pytest.fail("no drawn history notices this mistake")


def test_there_are_at_least_ten_mutants() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 10
