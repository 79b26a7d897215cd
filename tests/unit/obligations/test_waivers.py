"""Waivers: two persons of two offices, a ground of the pack, a time; and what they never do."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pyarrow as pa
import pytest

from drawn import facts
from drawn_rows import Planned, decide, one
from reference.builder import Rule, verb

OPENS = datetime(2020, 6, 19, 16)
DUE = datetime(2020, 6, 20, 16)
CLOSES = datetime(2020, 6, 22, 16)
NOW = DUE + timedelta(hours=2)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ROW = Planned("test", OPENS, DUE, CLOSES)
DECIDED = {
    "obligation": ROW.hex_id,
    "from_at": OPENS,
    "until_at": CLOSES + DAY,
    "ground": "pregnant",
    "decided_by": "officer-1",
    "decided_office": "cdc-1",
    "approved_by": "officer-2",
    "approved_office": "command-1",
}


def rule(waivable: bool = True) -> Rule:
    made = Rule("arrivals", "arrivals")
    visit = verb("visit", "visits", "visited_at")
    step = made.step("test", visit, made.plan([3], day_zero="arrived_on"))
    return made.version(date(2020, 1, 1), [step], waivable=waivable)


def waived(**changes: object) -> dict[str, pa.Table]:
    return {"waivers": facts("waivers", {**DECIDED, **changes})}


@pytest.mark.orders("D2-25")
def test_a_waiver_by_two_persons_of_two_offices_waives_an_overdue_row_and_is_named() -> None:
    found = one(rule(), ROW, as_of=NOW, facts=waived())
    assert found["status"] == "waived"
    assert found["waived_by"].startswith("waivers:")


@pytest.mark.parametrize(
    "flaw",
    [
        {"approved_by": "officer-1"},
        {"approved_office": "cdc-1"},
        {"approved_by": None},
        {"approved_office": None},
        {"ground": "convenience"},
        {"until_at": NOW},
        {"from_at": NOW + HOUR},
        {"obligation": "0" * 32},
        {"obligation": "not a number of a row"},
    ],
)
def test_a_waiver_with_a_flaw_waives_nothing(flaw: dict[str, object]) -> None:
    found = one(rule(), ROW, as_of=NOW, facts=waived(**flaw))
    assert (found["status"], found["waived_by"]) == ("overdue", None)


def test_a_rule_that_may_not_be_waived_is_not() -> None:
    assert one(rule(waivable=False), ROW, as_of=NOW, facts=waived())["status"] == "overdue"


def test_a_retracted_waiver_waives_nothing() -> None:
    again = {**DECIDED, "id": "w", "known_at": OPENS}
    withdrawn = {**again, "source_version": 2, "action": "retract", "reason": "wrong", "known_at": DUE}
    found = one(rule(), ROW, as_of=NOW, facts={"waivers": facts("waivers", again, withdrawn)})
    assert found["status"] == "overdue"


@pytest.mark.parametrize(
    ("as_of", "status"),
    [(OPENS - HOUR, "upcoming"), (OPENS, "waived"), (DUE, "waived"), (CLOSES, "waived")],
)
def test_a_waiver_turns_open_overdue_and_missed_rows_but_not_upcoming_ones(
    as_of: datetime, status: str
) -> None:
    found = one(rule(), ROW, as_of=as_of, known_by=NOW, facts=waived(from_at=OPENS - DAY))
    assert found["status"] == status


def test_met_wins_over_waived() -> None:
    visit = {"person": "traveller", "visited_at": DUE - HOUR, "purpose": "welfare"}
    found = one(rule(), ROW, as_of=NOW, facts={**waived(), "visits": facts("visits", visit)})
    assert (found["status"], found["waived_by"], found["next_change_at"]) == ("met", None, None)


def by_rule(**changes: object) -> dict[str, pa.Table]:
    return waived(**{"obligation": None, "rule": "arrivals", **changes})


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "waived"),
        ({"about": "traveller"}, "waived"),
        ({"about": "alias"}, "waived"),
        ({"about": "neighbour"}, "overdue"),
        ({"rule": "contacts"}, "overdue"),
        ({"from_at": DUE}, "waived"),
        ({"from_at": DUE + timedelta(microseconds=1)}, "overdue"),
        ({"rule": None}, "overdue"),
    ],
)
def test_a_waiver_of_a_rule_covers_what_is_due_in_its_time_for_whom_it_names(
    changes: dict[str, object], status: str
) -> None:
    alias = {"person": "alias", "same_as": "traveller", "happened_at": OPENS}
    found = one(rule(), ROW, as_of=NOW, facts={**by_rule(**changes), "merges": facts("merges", alias)})
    assert found["status"] == status


def test_a_waiver_that_ends_before_a_row_is_due_does_not_cover_it_by_rule() -> None:
    asked_at = DUE - HOUR
    ends_at_due = by_rule(until_at=DUE)
    assert one(rule(), ROW, as_of=asked_at, facts=ends_at_due)["status"] == "open"


def test_a_waiver_that_names_a_row_covers_no_other_row_of_the_rule_it_names() -> None:
    other = Planned("test", OPENS, DUE, CLOSES, occurrence="other")
    found, _ = decide(rule(), [other], as_of=NOW, facts=waived(rule="arrivals"))
    assert found[0]["status"] == "overdue"


def test_the_waiver_that_began_first_is_named() -> None:
    earlier = {**DECIDED, "id": "earlier", "from_at": OPENS - DAY}
    both = {"waivers": facts("waivers", {**DECIDED, "id": "later"}, earlier)}
    alone = {"waivers": facts("waivers", earlier)}
    assert (
        one(rule(), ROW, as_of=NOW, facts=both)["waived_by"]
        == one(rule(), ROW, as_of=NOW, facts=alone)["waived_by"]
    )


def test_the_status_can_change_when_a_waiver_begins_and_when_it_ends() -> None:
    closed = CLOSES + HOUR
    begins, ends = CLOSES + DAY, CLOSES + 2 * DAY
    later = waived(from_at=begins, until_at=ends, happened_at=OPENS)
    assert one(rule(), ROW, as_of=closed, facts=later)["next_change_at"] == begins
    assert one(rule(), ROW, as_of=begins, facts=later)["next_change_at"] == ends
    assert one(rule(), ROW, as_of=ends, facts=later)["next_change_at"] is None


def test_the_next_change_walks_from_opening_over_due_to_closing() -> None:
    instants = [one(rule(), ROW, as_of=at)["next_change_at"] for at in (OPENS - DAY, OPENS, DUE, CLOSES)]
    assert instants == [OPENS, DUE, CLOSES, None]
