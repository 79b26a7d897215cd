"""Samples, whose they are, and their results. One sample may be of many persons (pools, household tubes)."""

from __future__ import annotations

from sizao.facts.columns import PERSON, code, identifier, instant
from sizao.facts.declaration import Fact
from sizao.terms.words import Words

SAMPLE = identifier("sample", "sample", "样本编号", "the sample")
LABORATORY = identifier("laboratory", "place", "检测实验室", "laboratory", required=False)
TEST_ORDERS = ("D1-23", "D1-41", "D1-48", "D1-49", "D1-53", "D2-35")

SAMPLES = Fact(
    name="samples",
    meaning=Words("采样：一管一行", "Samples: one row for each tube"),
    columns=(
        SAMPLE,
        instant("taken_at", "采样时间", "moment it was taken"),
        identifier("place", "place", "采样点", "place where it was taken", required=False),
        code("kind", "sample_kinds", "采样方式", "kind"),
        LABORATORY,
    ),
    event="taken_at",
    subjects=("sample",),
    orders=TEST_ORDERS,
    given_by=("sampling_team", "laboratory"),
)

SAMPLE_MEMBERS = Fact(
    name="sample_members",
    meaning=Words("样本成员：一管中的每个人一行", "Sample members: one row for each person in a tube"),
    columns=(SAMPLE, PERSON),
    event="happened_at",
    subjects=("sample",),
    orders=TEST_ORDERS,
    given_by=("sampling_team", "laboratory"),
)

SAMPLE_RECEIPTS = Fact(
    name="sample_receipts",
    meaning=Words("样本接收：试管送到实验室", "Receipts of samples: a tube has come to a laboratory"),
    columns=(
        SAMPLE,
        instant("received_at", "接收时间", "moment it came"),
        identifier("laboratory", "place", "接收实验室", "laboratory that received it"),
    ),
    event="received_at",
    subjects=("sample",),
    orders=TEST_ORDERS,
    given_by=("laboratory",),
)

RESULTS = Fact(
    name="results",
    meaning=Words("检测结果", "Results: a laboratory found a result for a sample"),
    columns=(
        SAMPLE,
        code("result", "test_results", "结果", "result"),
        instant("resulted_at", "出结果时间", "moment of the result"),
        LABORATORY,
    ),
    event="resulted_at",
    subjects=("sample",),
    orders=TEST_ORDERS,
    given_by=("laboratory",),
)
