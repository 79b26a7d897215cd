"""Which text binds a trigger, and what a new text does to what is still ahead."""

from __future__ import annotations

from datetime import date

import pytest

from reference.builder import Rule, verb
from unit.obligations.derived import arrival, ask, local, times, told

VISIT = verb("visit", "visits", "visited_at")
STAY = verb("stay", "room_stays", "from_at", until="until_at", restricts=True)
OLD, NEW = date(2020, 6, 1), date(2020, 6, 15)
ARRIVED = told("arrivals", arrival())  # on the 10th, under the old text
LATER = local("2020-06-16")


def two_texts(running: str, days: int, catches: date = OLD, old_days: int = 14) -> Rule:
    rule = Rule("r", "arrivals")
    for day, length, more in (
        (OLD, old_days, {}),
        (NEW, days, {"running": running, "catches_from": catches}),
    ):
        span = rule.span("arrived_on", days=length, counted_from="arrived_on")
        tests = rule.plan((3, length), counted_from="arrived_on")
        rule.version(day, [rule.step("stay", STAY, span), rule.step("test", VISIT, tests)], **more)
    return rule


@pytest.mark.parametrize(
    ("running", "days", "end", "tests"),
    [
        ("keep", 7, "06-24 00:00", ["d14", "d3"]),
        ("lighten", 7, "06-17 00:00", ["d3"]),
        ("lighten", 21, "06-24 00:00", ["d14", "d3"]),
        ("lighten", 2, "06-15 00:00", ["d3"]),
        ("replace", 7, "06-17 00:00", ["d3", "d7"]),
        ("replace", 21, "07-01 00:00", ["d21", "d3"]),
        ("replace", 2, "06-15 00:00", ["d3"]),
    ],
)
def test_a_new_text_keeps_lightens_or_replaces_what_is_ahead(
    running: str, days: int, end: str, tests: list[str]
) -> None:
    rows = ask(two_texts(running, days), LATER, ARRIVED)["obligations"]
    assert times(rows, "stay")[0][3] == end
    assert [row[0] for row in times(rows, "test")] == tests
    assert {row["version"] for row in rows if row["step"] == "stay"} == {1}


def test_a_text_that_does_not_catch_the_trigger_ends_what_it_replaces() -> None:
    rows = ask(two_texts("replace", 21, catches=NEW), LATER, ARRIVED)["obligations"]
    assert times(rows, "stay")[0][3] == "06-15 00:00"
    assert [row[0] for row in times(rows, "test")] == ["d3"]


def test_the_day_of_the_event_chooses_the_text() -> None:
    for day, version in (("2020-06-14", 1), ("2020-06-15", 2)):
        rows = ask(two_texts("keep", 7), LATER, told("arrivals", arrival(day)))["obligations"]
        assert {row["version"] for row in rows} == {version}
    early = told("arrivals", arrival("2020-05-31"))
    assert ask(two_texts("keep", 7, catches=NEW), LATER, early)["obligations"] == []


def test_nothing_was_due_before_its_text_was_in_force() -> None:
    rule = Rule("r", "arrivals")
    tests = rule.plan((1, 5, 6), counted_from="arrived_on")
    span = rule.span("arrived_on", days=14, counted_from="arrived_on", within=24)
    steps = [rule.step("test", VISIT, tests), rule.step("stay", STAY, span)]
    rule.version(NEW, steps, catches_from=OLD)
    rows = ask(rule, LATER, ARRIVED)["obligations"]
    assert [row[:2] for row in times(rows, "test")] == [("d6", "06-15 00:00")]
    assert times(rows, "stay") == [("once", "06-15 00:00", "06-16 00:00", "06-24 00:00")]


def test_a_condition_that_cannot_be_answered_is_listed_once_and_never_taken_for_no() -> None:
    rule = Rule("r", "arrivals")
    steps = [rule.step("test", VISIT, rule.deadline(within=24))]
    rule.version(
        OLD, steps, when="worst_grade(stays_of(person), add_days(arrived_on, -14), arrived_on) = 'high'"
    )
    answer = ask(rule, LATER, ARRIVED)
    assert answer["obligations"] == []
    assert [(row["rule"], row["version"], row["about"]) for row in answer["unknown"]] == [("r", 1, "p")]


def test_a_retracted_trigger_takes_its_rows_with_it_and_a_correction_keeps_the_clock() -> None:
    rule = Rule("r", "arrivals")
    rule.version(OLD, [rule.step("test", VISIT, rule.deadline(within=24))])
    first = arrival(id="a")
    for action, left in (("replace", 1), ("retract", 0)):
        second = arrival(known=local("2020-06-12"), id="a", source_version=2, action=action, reason="wrong")
        rows = ask(rule, LATER, told("arrivals", first, second))["obligations"]
        assert [row["due_at"] for row in rows] == [local("2020-06-11", "08:00")] * left
        before = ask(rule, LATER, told("arrivals", first, second), known_by=local("2020-06-11"))
        assert len(before["obligations"]) == 1
