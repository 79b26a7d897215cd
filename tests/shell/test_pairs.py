"""All pairs of people who stand together, each once."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest

from sizao_web.records.matching import pairs


@pytest.mark.parametrize("at_once", [1, 7, 1_000_000])
def test_every_pair_of_a_group_is_told_once_where_one_of_them_is_new(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairs, "AT_ONCE", at_once)
    chance = Random(7)
    groups = [chance.sample(range(40), chance.randrange(1, 9)) for _ in range(60)]
    told = [
        (one, other)
        for ones, others in pairs.pairs_among(groups, 15)
        for one, other in zip(ones.tolist(), others.tolist(), strict=True)
    ]
    wanted = {(min(pair), max(pair)) for group in groups for pair in combinations(group, 2) if min(pair) < 15}
    assert len(told) == len(set(told))
    assert set(told) == wanted


def test_nobody_together_is_no_pair() -> None:
    assert list(pairs.pairs_among([[1], []], 5)) == []
