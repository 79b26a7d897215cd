"""What a policy costs in a week: whom it falls on, who must act, and whether there is room for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from drawn import answer, facts, obligations
from drawn_policy import policy, rule, step
from sizao.obligations.burden import burden

pytestmark = pytest.mark.orders("D2-59")

MONDAY = datetime(2020, 6, 14, 16)  # 15 June 00:00 in Shanghai
WEEK = (MONDAY, MONDAY + timedelta(days=7))
PACK = policy(
    rule(
        "arrivals",
        step("quarantine", span=True),
        step("test"),
        burden={"person_days": "per_standing", "tests": "per_step"},
    ),
    rule(
        "reports",
        step("report", reading="institution_reports", about_kind="place"),
        burden={"forms": "per_step"},
    ),
)
STAY: Mapping[str, Any] = {
    "step": "quarantine",
    "restricts": True,
    "place": "central",
    "done_by": "site-office",
    "opens_at": MONDAY + timedelta(days=1),
    "due_at": MONDAY + timedelta(days=2),
    "closes_at": MONDAY + timedelta(days=4),
}
REPORT: Mapping[str, Any] = {
    "rule": "reports",
    "step": "report",
    "about_kind": "place",
    "about": "school-1",
    "done_by": "school-1",
    "due_at": MONDAY + timedelta(days=1),
}
PLACES = facts(
    "places",
    {"id": "school-1", "place": "school-1", "kind": "school", "from_on": date(2020, 1, 1)},
    {
        "id": "site-1",
        "place": "site-1",
        "kind": "quarantine_site",
        "located_in": "cn/51/5113/511302",
        "capacity": 1,
        "from_on": date(2020, 1, 1),
    },
)
BEDS = facts("beds")
Found = dict[str, list[dict[str, Any]]]


def burdened(*rows: Mapping[str, Any], beds: Any = BEDS, window: tuple[datetime, datetime] = WEEK) -> Found:
    query = burden(PACK, window_from=window[0], window_until=window[1], known_by=WEEK[1], area_parts=3)
    return answer(query, {"obligations": obligations(*rows), "places": PLACES, "beds": beds})


def test_each_office_sees_what_it_must_do_and_for_whom() -> None:
    tests = [{"about": person, "due_at": MONDAY + timedelta(days=3)} for person in ("a", "b")]
    found = burdened(*tests, {"about": "a", **STAY}, REPORT)
    rows = {(one["doer_kind"], one["doer"], one["subject"]): one for one in found["by_office"]}
    assert rows["office", "sampling-1", "person"]["tests"] == 2
    assert rows["office", "site-office", "person"]["person_days"] == 3
    assert rows["place", "school", "school"]["forms"] == 1, "a school that reports acts for itself"


def test_it_falls_on_people_and_on_places_of_a_kind() -> None:
    found = burdened({"about": "a", **STAY}, REPORT, {**REPORT, "about": "unheard-of", "done_by": "cdc"})
    assert {(one["subject"], one["subjects"], one["forms"]) for one in found["by_subject"]} == {
        ("person", 1, 0),
        ("school", 1, 1),
        ("not_known", 1, 1),
    }


def test_a_stay_counts_for_its_days_inside_the_window_and_overlapping_days_once() -> None:
    over_the_end = {**STAY, "closes_at": WEEK[1] + timedelta(days=9)}
    again = {**STAY, "occurrence": "again", "rule": "arrivals"}
    found = burdened({"about": "a", **over_the_end}, {"about": "a", **again})
    assert [one["person_days"] for one in found["by_subject"]] == [6]


@pytest.mark.parametrize(
    ("due", "counted"),
    [
        (WEEK[0], False),  # the limit of the evening before
        (WEEK[0] + timedelta(seconds=1), True),
        (WEEK[1], True),  # 24:00 of the last day
        (WEEK[1] + timedelta(seconds=1), False),
    ],
)
def test_a_step_counts_on_the_day_its_limit_ends(due: datetime, counted: bool) -> None:
    assert bool(burdened({"due_at": due})["by_subject"]) is counted


def test_a_waived_row_burdens_nobody() -> None:
    row = {"due_at": MONDAY + timedelta(days=3), "status": "waived"}
    assert burdened(row, {**STAY, "status": "waived"})["by_subject"] == []


def test_rooms_and_beds_stand_beside_what_is_recorded_there() -> None:
    apart = {"opens_at": MONDAY + timedelta(days=5), "closes_at": MONDAY + timedelta(days=6)}
    (one,) = burdened({"about": "a", **STAY}, {"about": "b", **STAY, **apart})["by_area"]
    assert (one["rooms_at_peak"], one["rooms"], one["too_few_rooms"]) == (1, 1, False)
    (one,) = burdened({"about": "a", **STAY}, {"about": "b", **STAY})["by_area"]
    assert (one["rooms_at_peak"], one["too_few_rooms"]) == (2, True)
    assert (one["beds"], one["too_few_beds"]) == (None, None), "no bed is recorded: not known"


def test_the_last_count_of_beds_is_the_one_that_stands() -> None:
    hospital = {"place": "site-1", "kind": "isolation", "occupied": 0, "total": 9}
    beds = facts(
        "beds",
        {"id": "b1", **hospital, "counted_at": MONDAY, "reserved": 5},
        {"id": "b2", **hospital, "counted_at": MONDAY + timedelta(days=1), "reserved": 0},
    )
    (one,) = burdened({"about": "a", **STAY, "place": "hospital"}, beds=beds)["by_area"]
    assert (one["beds_at_peak"], one["beds"], one["too_few_beds"]) == (1, 0, True)


def test_the_day_with_the_most_tests_is_named() -> None:
    third, fourth = MONDAY + timedelta(days=3), MONDAY + timedelta(days=4)
    rows = [
        {"about": person, "due_at": due} for person, due in zip("abc", (third, third, fourth), strict=True)
    ]
    (one,) = burdened(*rows)["by_area"]
    assert (one["tests_on_worst_day"], one["worst_day"]) == (2, date(2020, 6, 17))


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="let it end later"):
        burdened(window=(WEEK[1], WEEK[0]))
