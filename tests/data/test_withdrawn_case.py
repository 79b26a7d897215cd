"""Case 530 counted from 13 October 2020 until it was withdrawn."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from data.reconciliation import ZONE
from sizao.indicators.daily import confirmed_as_known_then
from sizao.store.running import run


def cases_known(tables: dict[str, pa.Table], day: date) -> set[str]:
    query = confirmed_as_known_then([day], zone=ZONE)
    rows = run(query, {"classifications": tables["classifications"]})["cases"].to_pylist()
    return {row["case"] for row in rows if row["class"] == "confirmed"}


def test_as_known_on_20_october_the_withdrawn_case_counts(tables: dict[str, pa.Table]) -> None:
    known = cases_known(tables, date(2020, 10, 20))
    assert "case-I530" in known
    assert len(known) == 543


def test_as_known_on_9_november_it_does_not(tables: dict[str, pa.Table]) -> None:
    known = cases_known(tables, date(2020, 11, 9))
    assert "case-I530" not in known
    assert len(known) == 578


def test_the_retraction_says_why_and_that_its_day_is_assumed(tables: dict[str, pa.Table]) -> None:
    links = [row for row in tables["classifications"].to_pylist() if row["person"] == "I530"]
    assert [(row["action"], row["derived"]) for row in links] == [("record", False), ("retract", True)]
    assert "between 24 and 28 October" in links[1]["reason"]
