"""The shipped grade rules: each clause with both sides of its boundaries, and no number that none notices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from sizao.policy.grading import GradeSet
from sizao.policy.loading import load_pack
from sizao.policy.problems import PackProblems
from sizao.store.packs import read_pack
from unit.risk.sequences import SETS, wrong

POLICIES = Path(__file__).parents[3] / "policies"


def texts(pack: str) -> dict[str, str]:
    return dict(read_pack(POLICIES / pack))


def only_set(files: dict[str, str]) -> GradeSet:
    (rules,) = load_pack(files).grade_sets.values()
    return rules


@pytest.mark.parametrize("pack", SETS)
def test_every_clause_gives_the_grades_that_it_should(pack: str) -> None:
    assert wrong(only_set(texts(pack)), pack) == []


def changes(text: str) -> Iterator[tuple[str, str]]:
    """The text with one number of a condition or window by one unit, or one comparison turned; and what."""
    flipped = {">=": (">", "<="), ">": (">=", "<"), "=": ("<>",), "and": ("or",), "or": ("and",)}
    for line in re.finditer(r"^.*\b(?:when|days|from_day|sum|days_since|in_grade):.*$", text, re.MULTILINE):
        start, whole = line.span()[0], line.group()
        if "clusters: {cases" in whole or whole.lstrip().startswith("#"):
            continue
        for found in re.finditer(r"(?<![\w-])\d+(?![\w-])|>=|>|(?<=\s)=|\band\b|\bor\b", whole):
            if "zh:" in whole and found.start() < whole.rindex("}", 0, whole.find(", sum") + 1 or None):
                continue  # inside a label
            word = found.group()
            others = (str(int(word) - 1), str(int(word) + 1)) if word.isdigit() else flipped[word]
            for other in others:
                at = start + found.start()
                yield text[:at] + other + text[at + len(word) :], f"{whole.strip()}: {word} -> {other}"


@pytest.mark.parametrize("pack", SETS)
def test_no_number_and_no_comparison_can_change_without_a_clause_failing(pack: str) -> None:
    files = texts(pack)
    (path,) = (name for name in files if name.startswith("grades/"))
    survivors, tried = [], 0
    for text, said in changes(files[path]):
        tried += 1
        try:
            rules = only_set({**files, path: text})
        except PackProblems:
            continue
        if not wrong(rules, pack):
            survivors.append(said)
    assert tried > 3
    assert survivors == []


@pytest.mark.parametrize("pack", SETS)
def test_the_first_and_the_last_day_in_force_are_those_of_the_text(pack: str) -> None:
    rules = only_set(texts(pack))
    expected = {
        "cn-risk-county2020": (date(2020, 2, 17), None),
        "cn-risk-street2021": (date(2021, 5, 14), None),
        "cn-risk-zones2021": (date(2021, 9, 1), date(2022, 6, 28)),
        "cn-risk-ed9": (date(2022, 6, 28), date(2022, 11, 11)),
        "cn-risk-m20": (date(2022, 11, 11), date(2022, 12, 7)),
    }
    assert (rules.in_force_from, rules.in_force_until) == expected[pack]
