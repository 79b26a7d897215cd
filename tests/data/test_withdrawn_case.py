"""Case 530 counted and had obligations from 13 October 2020 until it was withdrawn."""

from __future__ import annotations

from datetime import date, datetime

import pyarrow as pa
import pytest

from data.conftest import ROOT
from data.reconciliation import ZONE
from sizao.facts.schemas import empty_tables
from sizao.indicators.daily import confirmed_as_known_then, known_by_end_of
from sizao.obligations.compare import Side, compare
from sizao.obligations.derive import derive
from sizao.policy.loading import load_pack
from sizao.policy.model import Policy
from sizao.store.packs import read_pack
from sizao.store.running import run

COUNTED, WITHDRAWN = date(2020, 10, 20), date(2020, 11, 9)
Answer = dict[str, pa.Table]


def cases_known(tables: dict[str, pa.Table], day: date) -> set[str]:
    query = confirmed_as_known_then([day], zone=ZONE)
    rows = run(query, {"classifications": tables["classifications"]})["cases"].to_pylist()
    return {row["case"] for row in rows if row["class"] == "confirmed"}


def test_as_known_on_20_october_the_withdrawn_case_counts(tables: dict[str, pa.Table]) -> None:
    known = cases_known(tables, COUNTED)
    assert "case-I530" in known
    assert len(known) == 543


def test_as_known_on_9_november_it_does_not(tables: dict[str, pa.Table]) -> None:
    known = cases_known(tables, WITHDRAWN)
    assert "case-I530" not in known
    assert len(known) == 578


def test_the_retraction_says_why_and_that_its_day_is_assumed(tables: dict[str, pa.Table]) -> None:
    links = [row for row in tables["classifications"].to_pylist() if row["person"] == "I530"]
    assert [(row["action"], row["derived"]) for row in links] == [("record", False), ("retract", True)]
    assert "between 24 and 28 October" in links[1]["reason"]


@pytest.fixture(scope="module")
def facts(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Without contacts, whom the case had none of: the obligations of cases alone."""
    empty = empty_tables()
    return {**empty, **tables, "exposures": empty["exposures"], "designations": empty["designations"]}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_pack(read_pack(ROOT / "policies" / "training-2020"))


def moment(day: date) -> datetime:
    return known_by_end_of(day, ZONE)


@pytest.fixture(scope="module")
def answers(facts: dict[str, pa.Table], policy: Policy) -> dict[date, Answer]:
    asked = {day: derive(policy, as_of=moment(day), known_by=moment(day)) for day in (COUNTED, WITHDRAWN)}
    return {day: run(query, facts) for day, query in asked.items()}


def rules_about(answer: Answer, person: str) -> set[str]:
    return {row["rule"] for row in answer["obligations"].to_pylist() if row["about"] == person}


def test_the_withdrawn_case_has_obligations_as_long_as_it_counts(answers: dict[date, Answer]) -> None:
    assert {"case-report", "case-investigation", "case-admission"} <= rules_about(answers[COUNTED], "I530")
    assert rules_about(answers[WITHDRAWN], "I530") == set()
    assert rules_about(answers[WITHDRAWN], "I529") >= {"case-report", "case-investigation"}


def test_the_comparison_of_the_two_days_names_the_retraction(
    facts: dict[str, pa.Table], policy: Policy, answers: dict[date, Answer]
) -> None:
    sides = [Side(policy, moment(day), moment(day)) for day in (COUNTED, WITHDRAWN)]
    bound = {
        f"{side}_{name}": answers[day][name]
        for side, day in (("before", COUNTED), ("after", WITHDRAWN))
        for name in ("obligations", "standing")
    }
    changes = run(compare(*sides, area_parts=2), {**facts, **bound})["changes"].to_pylist()
    gone = [change for change in changes if change["about"] == "I530"]
    assert gone
    assert {change["reason"] for change in gone} == {"retracted_fact"}
