"""Spans: in place, first covered, covered until, gaps, and the edges at which that can change."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pyarrow as pa
import pytest

from drawn import facts
from drawn_rows import Planned, decide, one
from reference.builder import Rule, verb

OPENS = datetime(2020, 6, 17, 16)
DUE = OPENS + timedelta(hours=24)
CLOSES = OPENS + timedelta(days=14)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOW = OPENS + 3 * DAY
ROW = Planned("stay_in", OPENS, DUE, CLOSES)


def rule(gap_tolerance: float = 12) -> Rule:
    stay = verb(
        "quarantine",
        "room_stays",
        "from_at",
        until="until_at",
        where="kind in ('central', 'hospital')",
        restricts=True,
        gap_tolerance=gap_tolerance,
    )
    made = Rule("arrivals", "arrivals")
    step = made.step("stay_in", stay, made.span("arrived_on", until="arrived_on"), place="central")
    return made.version(date(2020, 1, 1), [step])


def stays(*intervals: tuple[datetime, datetime | None], kind: str = "central") -> dict[str, pa.Table]:
    rows = [
        {"person": "traveller", "place": "hotel", "kind": kind, "from_at": begin, "until_at": end}
        for begin, end in intervals
    ]
    return {"room_stays": facts("room_stays", *rows)}


def test_a_stay_that_is_still_open_is_in_place_now() -> None:
    found = one(rule(), ROW, as_of=NOW, facts=stays((OPENS + HOUR, None)))
    assert (found["status"], found["in_place"], found["met_at"]) == ("met", True, OPENS + HOUR)
    assert (found["covered_until"], found["gaps"], found["next_change_at"]) == (NOW, 0, CLOSES)


def test_a_stay_that_began_before_the_span_covers_from_its_opening() -> None:
    found = one(rule(), ROW, as_of=NOW, facts=stays((OPENS - DAY, None)))
    assert (found["status"], found["met_at"]) == ("met", OPENS)


def test_a_stay_that_begins_at_the_due_instant_is_late() -> None:
    assert one(rule(), ROW, as_of=NOW, facts=stays((DUE, None)))["status"] == "met_late"


def test_a_stay_at_the_opening_is_in_time_even_when_it_is_due_at_once() -> None:
    at_once = Planned("stay_in", OPENS, OPENS, CLOSES)
    assert one(rule(), at_once, as_of=NOW, facts=stays((OPENS, None)))["status"] == "met"


@pytest.mark.parametrize(("until", "in_place"), [(NOW, False), (NOW + HOUR, True)])
def test_the_end_of_a_stay_is_not_part_of_it(until: datetime, in_place: bool) -> None:
    found = one(rule(), ROW, as_of=NOW, facts=stays((OPENS, until)))
    assert (found["in_place"], found["covered_until"]) == (in_place, NOW)
    assert found["status"] == ("met" if in_place else "overdue")


def test_nobody_placed_is_open_until_due_and_overdue_from_then_on() -> None:
    assert one(rule(), ROW, as_of=DUE - HOUR)["status"] == "open"
    assert one(rule(), ROW, as_of=DUE)["status"] == "overdue"
    assert one(rule(), ROW, as_of=OPENS - HOUR)["status"] == "upcoming"
    assert one(rule(), ROW, as_of=CLOSES)["status"] == "missed"


def test_who_left_again_before_due_is_overdue_at_once() -> None:
    left = stays((OPENS, OPENS + HOUR))
    found = one(rule(), ROW, as_of=OPENS + 2 * HOUR, facts=left)
    assert (found["status"], found["covered_until"]) == ("overdue", OPENS + HOUR)


def test_a_span_without_cover_is_not_in_place_and_counts_no_gap() -> None:
    found = one(rule(), ROW, as_of=NOW)
    assert (found["in_place"], found["gaps"], found["covered_until"]) == (False, 0, None)


def test_stays_that_touch_or_overlap_are_one_stretch() -> None:
    moved = stays((OPENS, OPENS + DAY), (OPENS + DAY, OPENS + 3 * DAY), (OPENS + 2 * DAY, None))
    found = one(rule(0), ROW, as_of=CLOSES, facts=moved)
    assert (found["status"], found["gaps"]) == ("met", 0)


@pytest.mark.parametrize(("hole", "gaps"), [(12 * HOUR, 0), (12 * HOUR + timedelta(microseconds=1), 1)])
def test_a_hole_of_exactly_the_tolerance_is_no_gap(hole: timedelta, gaps: int) -> None:
    away = stays((OPENS, OPENS + DAY), (OPENS + DAY + hole, None))
    found = one(rule(), ROW, as_of=CLOSES, facts=away)
    assert (found["gaps"], found["status"]) == (gaps, "missed" if gaps else "met")


def test_leaving_early_leaves_a_gap_at_the_end() -> None:
    found = one(rule(), ROW, as_of=CLOSES, facts=stays((OPENS, CLOSES - 13 * HOUR)))
    assert (found["gaps"], found["status"], found["covered_until"]) == (1, "missed", CLOSES - 13 * HOUR)


def test_a_long_stay_hides_the_end_of_a_short_one_within_it() -> None:
    within = stays((OPENS, None), (OPENS + HOUR, OPENS + 2 * HOUR))
    assert one(rule(0), ROW, as_of=CLOSES, facts=within)["gaps"] == 0


def test_a_stay_of_another_kind_covers_nothing() -> None:
    assert one(rule(), ROW, as_of=NOW, facts=stays((OPENS, None), kind="home"))["status"] == "overdue"


def test_an_ended_span_keeps_no_further_change() -> None:
    found = one(rule(), ROW, as_of=CLOSES, facts=stays((OPENS, None)))
    assert (found["status"], found["in_place"], found["next_change_at"]) == ("met", False, None)


def test_a_stay_known_beforehand_changes_the_span_when_it_begins_and_when_it_ends() -> None:
    ahead = stays((NOW + HOUR, NOW + DAY))
    ahead["room_stays"] = ahead["room_stays"].set_column(
        ahead["room_stays"].schema.get_field_index("known_at"),
        "known_at",
        pa.array([OPENS], pa.timestamp("us")),
    )
    before = one(rule(), ROW, as_of=NOW, facts=ahead)
    assert (before["status"], before["next_change_at"]) == ("overdue", NOW + HOUR)
    during = one(rule(), ROW, as_of=NOW + HOUR, facts=ahead)
    assert (during["in_place"], during["met_at"], during["next_change_at"]) == (True, NOW + HOUR, NOW + DAY)


def test_the_strictest_place_and_the_latest_end_stand_for_a_person() -> None:
    made = Rule("arrivals", "arrivals")
    stay = verb("quarantine", "room_stays", "from_at", until="until_at", restricts=True)
    span = made.span("arrived_on", until="arrived_on")
    steps = [made.step(place, stay, span, place=place) for place in ("home", "central", "monitoring")]
    made.version(date(2020, 1, 1), steps)
    rows = [
        Planned("home", OPENS, DUE, CLOSES + DAY, person="traveller"),
        Planned("central", OPENS, DUE, CLOSES, about="alias", person="traveller"),
        Planned("monitoring", OPENS, DUE, NOW),
        Planned("home", NOW + HOUR, NOW + DAY, CLOSES + 9 * DAY, occurrence="upcoming"),
    ]
    _, standing = decide(made, rows, as_of=NOW)
    ids = sorted(row.hex_id for row in rows[:2])
    assert standing == [
        {
            "person": "traveller",
            "place": "central",
            "until": CLOSES + DAY,
            "rows": ",".join(ids),
            "row_count": 2,
        }
    ]
