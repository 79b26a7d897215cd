"""From onset to sample, report, isolation, admission: who made it in time, who did not, and who is not
counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pyarrow as pa
import pytest

from drawn import answer, facts, result
from sizao.indicators.definition import Frame
from sizao.indicators.earlies import Limits, days_of_cases, four_earlies

ONSET = date(2020, 6, 10)
FRAME = Frame(
    as_of=datetime(2020, 7, 1),
    known_by=datetime(2020, 7, 1),
    window_from=datetime(2020, 6, 1),
    window_until=datetime(2020, 7, 1),
)
LIMITS = Limits(sample=2, report=2, isolation=2, admission=3)


def noon(day: int) -> datetime:
    return datetime(2020, 6, day, 4)


def case(name: str, **changes: object) -> Mapping[str, object]:
    plain = {
        "id": name,
        "case": name,
        "person": name,
        "class": "confirmed",
        "classified_on": date(2020, 6, 14),
    }
    return {**plain, "onset": ONSET, **changes}


def sampled(name: str, day: int, found: str | None = None) -> dict[str, list[Mapping[str, object]]]:
    tube = f"{name}-{day}"
    rows: dict[str, list[Mapping[str, object]]] = {
        "samples": [{"id": tube, "sample": tube, "taken_at": noon(day), "kind": "single"}],
        "sample_members": [{"id": tube, "sample": tube, "person": name, "happened_at": noon(day)}],
    }
    if found:
        rows["results"] = [{"id": tube, "sample": tube, "result": found, "resulted_at": noon(day)}]
    return rows


def figures(
    *worlds: Mapping[str, list[Mapping[str, object]]], too_late: pa.Table | None = None
) -> dict[object, dict[str, object]]:
    query = four_earlies(FRAME, LIMITS, zone="Asia/Shanghai")
    tables = {
        name: facts(name, *(row for world in worlds for row in world.get(name, [])))
        for name in query.inputs[:-1]
    }
    tables["too_late"] = result("too_late") if too_late is None else too_late
    return {row["milestone"]: row for row in answer(query, tables)["indicator"]}


@pytest.mark.orders("D2-06", "D2-37", "D2-39")
def test_days_are_counted_from_the_onset_day_to_the_local_day_of_the_milestone() -> None:
    late_evening = datetime(2020, 6, 12, 16, 30)  # 00:30 on the 13th in Shanghai
    report = {"case": "a", "person": "a", "reported_at": late_evening, "channel": "direct_report"}
    found = figures({"classifications": [case("a")], "case_reports": [report]}, sampled("a", 12))
    assert (found["sample"]["median_days"], found["sample"]["numerator"]) == (2, 1)
    assert (found["report"]["median_days"], found["report"]["numerator"]) == (3, 0)


def test_a_negative_sample_before_the_onset_finds_nobody_but_a_positive_one_does() -> None:
    negative, positive = sampled("a", 8, "negative"), sampled("b", 8, "positive")
    found = figures({"classifications": [case("a"), case("b")]}, negative, positive, sampled("a", 13))
    assert found["sample"]["median_days"] == 0.5  # +3 and −2
    assert found["sample"]["numerator"] == 1


def test_who_never_reached_the_milestone_counts_against_the_share_once_the_limit_has_passed() -> None:
    stay = {"person": "a", "place": "site-1", "kind": "central", "from_at": noon(11)}
    found = figures({"classifications": [case("a"), case("b")], "room_stays": [stay]})
    isolation = found["isolation"]
    assert (isolation["numerator"], isolation["denominator"], isolation["not_reached"]) == (1, 2, 1)


def test_cases_without_an_onset_are_counted_beside_and_not_in_the_share() -> None:
    found = figures({"classifications": [case("a", onset=None), case("b")]}, sampled("b", 11))
    assert (found["sample"]["onset_not_known"], found["sample"]["cases"]) == (1, 1)
    assert found["sample"]["denominator"] == 1


def test_an_onset_known_to_the_month_is_taken_at_its_first_day_and_counted_as_imprecise() -> None:
    month = {"onset": None, "onset_earliest": date(2020, 6, 1), "onset_latest": date(2020, 7, 1)}
    found = figures({"classifications": [case("a", **month)]}, sampled("a", 11))
    assert (found["sample"]["median_days"], found["sample"]["imprecise"]) == (10, 1)


def test_an_excluded_case_is_in_no_figure() -> None:
    excluded = case("a", **{"id": "a2", "class": "excluded", "classified_on": date(2020, 6, 16)})
    assert figures({"classifications": [case("a"), excluded]}, sampled("a", 11)) == {}


def test_a_case_whose_duties_came_too_late_is_counted() -> None:
    row = {"kind": "span_over", "rule": "contacts", "version": 1, "step": "quarantine", "occurrence": "once"}
    row |= {"trigger_fact": "designations", "trigger_key": "0", "about": "a", "due_at": noon(12)}
    late = result("too_late", {**row, "first_known_at": noon(12) + timedelta(days=9), "area": "cn"})
    found = figures({"classifications": [case("a"), case("b")]}, sampled("a", 11), too_late=late)
    assert found["sample"]["found_too_late"] == 1


def test_the_days_of_each_case_are_those_that_the_figures_count() -> None:
    worlds = [
        {"classifications": [case("early"), case("late"), case("unknown", onset=None, origin="imported")]},
        sampled("early", 11),
        sampled("late", 15),
        {"case_reports": [{"id": "r", "case": "late", "reported_at": noon(13)}]},
    ]
    query = days_of_cases(FRAME, zone="Asia/Shanghai")
    tables = {
        name: facts(name, *(row for world in worlds for row in world.get(name, []))) for name in query.inputs
    }
    found = {row["case"]: row for row in answer(query, tables)["cases"]}
    assert {name: (row["sample_days"], row["report_days"]) for name, row in found.items()} == {
        "early": (1, None),
        "late": (5, 3),
        "unknown": (None, None),
    }
    assert (found["unknown"]["origin"], found["early"]["origin"]) == ("imported", "unknown")
    assert found["early"]["onset_on"] == ONSET
    counted = figures(*worlds)["sample"]
    assert counted["reached"] == 2
    assert counted["median_days"] == 3.0
    assert counted["onset_not_known"] == 1
