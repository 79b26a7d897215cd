"""Readings: joins of facts that rules read like a fact. They are made from effective facts and never stored.

Beside its own columns a reading has the key of the fact row that names it (`sample_members`), known_at (the
latest of its parts: when the whole became known), area, and the flags history and derived (true when true for
any part).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sizao.facts.columns import PERSON, code, count, instant
from sizao.facts.declaration import Fact
from sizao.facts.dictionary import FACTS, fact
from sizao.facts.sampling import SAMPLE, TEST_ORDERS
from sizao.terms.words import Words

TAKEN_AT = instant("taken_at", "采样时间", "moment the sample was taken")

TESTS = Fact(
    name="tests",
    meaning=Words("检测：样本成员、样本与结果三者相连", "Tests: a person in a sample that has a result"),
    columns=(
        PERSON,
        SAMPLE,
        TAKEN_AT,
        code("result", "test_results", "结果", "result"),
        instant("resulted_at", "出结果时间", "moment of the result"),
        count("members", "样本中的人数", "people in the sample", unit="people"),
    ),
    event="taken_at",
    subjects=("person",),
    orders=TEST_ORDERS,
)

SAMPLINGS = Fact(
    name="samplings",
    meaning=Words(
        "采样：样本成员与样本相连，不论有无结果", "Samplings: a person in a sample, with or without a result"
    ),
    columns=(PERSON, SAMPLE, TAKEN_AT),
    event="taken_at",
    subjects=("person",),
    orders=TEST_ORDERS,
)

READINGS: Mapping[str, Fact] = MappingProxyType({one.name: one for one in (TESTS, SAMPLINGS)})

# The facts that each reading is made of, the one that names its rows first.
PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "tests": ("sample_members", "samples", "results"),
        "samplings": ("sample_members", "samples"),
    }
)


def fact_or_reading(name: str) -> Fact:
    """The fact or the reading of that name; KeyError naming the nearest fact when there is neither."""
    return READINGS[name] if name in READINGS else fact(name)


def key_fact(name: str) -> str:
    """The fact whose keys name the rows of a fact or reading."""
    return PARTS[name][0] if name in PARTS else FACTS[name].name
