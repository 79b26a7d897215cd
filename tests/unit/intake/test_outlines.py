"""What is left out before two people are compared would have come to nothing. All names are made up."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from random import Random

import numpy as np
import pytest

from sizao.intake.persons import Said, compare, outline, weights, worth_comparing

NAMES = (
    "张伟",
    "張偉",
    "Zhang Wei",
    "WEI ZHANG",
    "章伟",
    "张玮",
    "李娜",
    "Li Na",
    "欧阳一二",
    "Ouyang Yier",
    "",
    "Ли",
)
DOCUMENTS = ("11010119800101002X", "11010119800101012X", "110101199001010046", "E12345678", "E12345687", "x")
TELEPHONES = (None, "13800138000", "13800138001")


def people(number: int) -> list[Said]:
    """People drawn by lot, many of them a slip away from one another."""
    chance, found = Random(20201110), []
    for _ in range(number):
        name, number_ = chance.choice(NAMES), chance.choice(DOCUMENTS)
        if chance.random() < 0.3 and len(number_) > 2:
            place = chance.randrange(len(number_))
            number_ = number_[:place] + chance.choice("0123456789") + number_[place + 1 :]
        if chance.random() < 0.2:
            name = name + chance.choice("一二a")
        telephone = chance.choice(TELEPHONES)
        found.append(Said(name or None, number_ if chance.random() < 0.8 else None, telephone))
    return found


def pairs(number: int) -> tuple[list[Said], np.ndarray, np.ndarray]:
    drawn = people(number)
    places = np.array(list(combinations(range(number), 2)))
    return drawn, places[:, 0], places[:, 1]


def test_nobody_is_left_out_of_whom_something_would_have_come() -> None:
    drawn, ones, others = pairs(120)
    weigh = weights()
    worth = worth_comparing([outline(said) for said in drawn], ones, others, weigh)
    asked = 0
    for one, other, kept in zip(ones, others, worth, strict=True):
        likeness = compare(drawn[one], drawn[other], weigh)
        if likeness.is_sure(weigh) or likeness.is_asked(weigh):
            asked += 1
            assert kept, (drawn[one], drawn[other])
    assert asked > 500, "there was something to miss"
    assert worth.mean() < 0.6, "and much is left out"


@pytest.mark.parametrize("field", ["names_asked", "documents_asked"])
def test_weights_that_ask_of_people_who_differ_leave_nobody_out(field: str) -> None:
    drawn, ones, others = pairs(20)
    weigh = replace(weights(), **{field: frozenset({"different"})})
    assert worth_comparing([outline(said) for said in drawn], ones, others, weigh).all()
