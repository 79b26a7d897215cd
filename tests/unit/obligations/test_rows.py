"""When rows open, are due and close: every timing form, late knowledge, endings, stages."""

from __future__ import annotations

from datetime import date, time

import pytest

from reference.builder import Rule, ending, verb
from sizao.policy.model import StepText, Timing
from unit.obligations.derived import arrival, ask, local, times, told

VISIT = verb("visit", "visits", "visited_at")
STAY = verb("stay", "room_stays", "from_at", until="until_at", restricts=True)
REPORT = verb("report", "institution_reports", "reported_at", subject="place", about_kind="place")
SINCE = date(2020, 6, 1)
DIED = ending("deaths", "died_on", ("person", "about"))


def rule_of(timing: Timing, rule: Rule, **more: object) -> Rule:
    what = STAY if type(timing).__name__ == "Span" else VISIT
    return rule.version(SINCE, [rule.step("do", what, timing, **more)])


def arrivals() -> Rule:
    return Rule("r", "arrivals")


def visit(day: str, clock: str = "09:00") -> dict[str, object]:
    at = local(day, clock)
    return {"person": "p", "visited_at": at, "purpose": "welfare", "happened_at": at, "known_at": at}


def death(day: str) -> dict[str, object]:
    at = local(day, "20:00")
    return {"person": "p", "died_on": date.fromisoformat(day), "happened_at": at, "known_at": at}


# -- forms -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        (
            lambda r: r.plan((1, 10), day_zero="arrived_on", grace_days=2),
            [
                ("d1", "06-11 00:00", "06-12 00:00", "06-14 00:00"),
                ("d10", "06-20 00:00", "06-21 00:00", "06-23 00:00"),
            ],
        ),
        (
            lambda r: r.plan((1,), counted_from="arrived_on"),
            [("d1", "06-10 00:00", "06-11 00:00", "06-11 00:00")],
        ),
        (
            lambda r: r.span("arrived_on", days=14, day_zero="arrived_on", first_day=1, within=12),
            [("once", "06-10 00:00", "06-10 20:00", "06-25 00:00")],
        ),
        (
            lambda r: r.span("arrived_on", months=1, counted_from="arrived_on"),
            [("once", "06-10 00:00", "06-10 08:00", "07-10 00:00")],
        ),
        (lambda r: r.deadline(within=2), [("once", "06-10 08:00", "06-10 10:00", None)]),
        (
            lambda r: r.deadline(by="add_days(arrived_on, 3)"),
            [("once", "06-10 08:00", "06-13 00:00", None)],
        ),
    ],
)
def test_each_form_opens_is_due_and_closes_as_stated(made: object, wanted: list[tuple[str, ...]]) -> None:
    rule = arrivals()
    answer = ask(rule_of(made(rule), rule), local("2020-06-12"), told("arrivals", arrival()))
    assert times(answer["obligations"], "do") == wanted


def test_a_month_that_lacks_the_day_ends_on_its_last_day() -> None:
    rule = Rule("r", "arrivals")
    rule.version(
        date(2020, 1, 1),
        [rule.step("do", STAY, rule.span("arrived_on", months=1, counted_from="arrived_on"))],
    )
    answer = ask(rule, local("2020-02-02"), told("arrivals", arrival("2020-01-31")))
    assert times(answer["obligations"], "do") == [("once", "01-31 00:00", "01-31 08:00", "02-29 00:00")]


def test_a_school_reports_on_its_operating_days_and_not_while_it_is_closed() -> None:
    rule = Rule("r", "enrolments")
    timing = rule.calendar("day", "from_on", at=time(10))
    rule.version(SINCE, [rule.step("do", REPORT, timing, about="place", closes_after=0)])
    at = {"happened_at": local("2020-06-01"), "known_at": local("2020-06-01")}
    school = {"place": "s", "duty": "daily_report", "operating": "weekdays", "from_on": date(2020, 6, 5)} | at
    closed = {
        "place": "s",
        "from_on": date(2020, 6, 8),
        "until_on": date(2020, 6, 10),
        "ground": "outbreak",
    } | at
    answer = ask(rule, local("2020-05-29", "12:00"), told("enrolments", school), told("closures", closed))
    assert answer["obligations"] == []  # not known yet
    answer = ask(rule, local("2020-06-01"), told("enrolments", school), told("closures", closed))
    # The 6th and 7th are a weekend; 14 days ahead is the 15th, a Monday.
    assert [row[0] for row in times(answer["obligations"], "do")] == [
        "2020-06-05", "2020-06-10", "2020-06-11", "2020-06-12", "2020-06-15",
    ]  # fmt: skip
    assert times(answer["obligations"], "do")[0][1:] == ("06-05 00:00", "06-05 10:00", "06-06 00:00")


def test_a_week_is_due_on_its_last_day_before_until() -> None:
    rule = arrivals()
    timing = rule.calendar("week", "arrived_on", until="add_days(arrived_on, 9)")
    answer = ask(rule_of(timing, rule), local("2020-06-10", "12:00"), told("arrivals", arrival()))
    assert times(answer["obligations"], "do") == [
        ("2020-W24", "06-08 00:00", "06-15 00:00", None),
        ("2020-W25", "06-15 00:00", "06-19 00:00", None),
    ]


def test_rolling_rows_count_from_each_proof_that_keeps_its_distance() -> None:
    rule = arrivals()
    timing = rule.rolling(7, "arrived_on", until="add_days(arrived_on, 30)", min_gap=24)
    visits = told("visits", visit("2020-06-12"), visit("2020-06-13", "08:00"), visit("2020-06-16"))
    answer = ask(rule_of(timing, rule), local("2020-06-18"), told("arrivals", arrival()), visits)
    rows = sorted(answer["obligations"], key=lambda row: row["opens_at"])
    assert [(row["opens_at"], row["due_at"], row["met_at"]) for row in rows] == [
        (local("2020-06-10"), local("2020-06-18"), local("2020-06-12", "09:00")),
        (local("2020-06-13", "09:00"), local("2020-06-20"), local("2020-06-16", "09:00")),
        (local("2020-06-17", "09:00"), local("2020-06-24"), None),
    ]
    assert [row["occurrence"] == row["anchor"].split(":")[1] for row in rows[1:]] == [True, True]


# -- late knowledge --------------------------------------------------------------------------------


def test_what_was_due_before_its_trigger_was_known_is_listed_and_not_asked_for() -> None:
    rule = arrivals()
    late = arrival(known=local("2020-06-13", "07:00"))
    answer = ask(
        rule_of(rule.plan((1, 2, 3), day_zero="arrived_on"), rule),
        local("2020-06-14"),
        told("arrivals", late),
    )
    assert [row[0] for row in times(answer["obligations"], "do")] == ["d3"]
    assert [(row["kind"], row["occurrence"]) for row in answer["too_late"]] == [
        ("skipped", "d1"),
        ("skipped", "d2"),
    ]


def test_at_once_replaces_the_latest_that_was_missed() -> None:
    rule = arrivals()
    late = arrival(known=local("2020-06-13", "07:00"))
    timing = rule.plan((1, 2), day_zero="arrived_on", grace_days=1)
    answer = ask(rule_of(timing, rule, late_start=True), local("2020-06-14"), told("arrivals", late))
    assert times(answer["obligations"], "do") == [("late", "06-13 07:00", "06-15 00:00", "06-16 00:00")]
    assert [row["occurrence"] for row in answer["too_late"]] == ["d1"]


def test_a_span_known_after_its_end_was_found_too_late() -> None:
    rule = arrivals()
    timing = rule.span("arrived_on", days=3, counted_from="arrived_on")
    for known, listed in ((local("2020-06-13"), 1), (local("2020-06-12", "23:59"), 0)):
        answer = ask(rule_of(timing, rule), local("2020-06-14"), told("arrivals", arrival(known=known)))
        assert (len(answer["too_late"]), len(answer["obligations"])) == (listed, 1 - listed)


# -- endings ---------------------------------------------------------------------------------------


def with_death(made: object, rule: Rule) -> Rule:
    what = STAY if type(made).__name__ == "Span" else VISIT
    return rule.version(SINCE, [rule.step("do", what, made)], subject_ends=[DIED])


def test_a_death_cuts_a_span_and_takes_away_what_would_have_opened_later() -> None:
    rule = arrivals()
    facts = told("arrivals", arrival()), told("deaths", death("2020-06-14"))
    span = rule.span("arrived_on", days=14, counted_from="arrived_on", within=200)
    answer = ask(with_death(span, rule), local("2020-06-16"), *facts)
    assert times(answer["obligations"], "do") == [("once", "06-10 00:00", "06-14 00:00", "06-14 00:00")]
    rule = arrivals()
    answer = ask(with_death(rule.plan((1, 4), day_zero="arrived_on"), rule), local("2020-06-16"), *facts)
    assert [row[0] for row in times(answer["obligations"], "do")] == ["d1"]


def test_a_point_running_at_the_end_exists_only_when_it_was_done_before() -> None:
    facts = told("arrivals", arrival()), told("deaths", death("2020-06-14"))
    for proved, left in ((visit("2020-06-13"), ["met"]), (visit("2020-06-14"), [])):
        rule = arrivals()
        rule = with_death(rule.deadline(by="add_days(arrived_on, 6)"), rule)
        answer = ask(rule, local("2020-06-16"), *facts, told("visits", proved))
        assert [row["status"] for row in answer["obligations"]] == left


DIED_THEN = "2020-06-14"
DUE_BEFORE = ("06-10 08:00", "06-12 08:00", "06-14 00:00")  # opens, due, closes


@pytest.mark.parametrize(
    ("hours", "closes_after", "wanted"),
    [
        (48, None, DUE_BEFORE),
        (48, 24, ("06-10 08:00", "06-12 08:00", "06-13 08:00")),
        (48, 96, DUE_BEFORE),
        (88, None, ("06-10 08:00", "06-14 00:00", "06-14 00:00")),
    ],
)
def test_a_point_that_was_due_by_the_end_closes_there(
    hours: int, closes_after: int | None, wanted: tuple[str, ...]
) -> None:
    rule = arrivals()
    step = rule.step("do", VISIT, rule.deadline(within=hours), closes_after=closes_after)
    rule.version(SINCE, [step], subject_ends=[DIED])
    facts = told("arrivals", arrival()), told("deaths", death(DIED_THEN))
    after = told("visits", visit("2020-06-14"))
    answer = ask(rule, local(DIED_THEN), *facts, after, known_by=local("2020-06-15"))
    assert times(answer["obligations"], "do") == [("once", *wanted)]
    assert [row["status"] for row in answer["obligations"]] == ["missed"]


def test_what_was_done_before_the_end_stays_done_and_what_was_done_after_it_does_not_count() -> None:
    facts = told("arrivals", arrival()), told("deaths", death(DIED_THEN))
    for done, status in (("2020-06-11", "met"), ("2020-06-13", "met_late"), ("2020-06-14", "missed")):
        rule = with_death((made := arrivals()).deadline(within=48), made)
        answer = ask(rule, local("2020-06-16"), *facts, told("visits", visit(done)))
        assert [row["status"] for row in answer["obligations"]] == [status]


def test_every_day_has_an_end_of_its_own() -> None:
    rule = with_death((made := arrivals()).calendar("day", "arrived_on", at=time(10)), made)
    answer = ask(rule, local("2020-06-20"), told("arrivals", arrival()), told("deaths", death("2020-06-12")))
    assert times(answer["obligations"], "do") == [
        ("2020-06-10", "06-10 00:00", "06-10 10:00", "06-12 00:00"),
        ("2020-06-11", "06-11 00:00", "06-11 10:00", "06-12 00:00"),
    ]
    assert {row["status"] for row in answer["obligations"]} == {"missed"}


def test_a_death_brings_no_done_row_from_before_the_horizon_back() -> None:
    """Due and done in June 2020, the person died a year and a half later."""
    facts = told("arrivals", arrival()), told("visits", visit("2020-06-11"))
    rule = with_death((made := arrivals()).deadline(within=48), made)
    dead = told("deaths", death("2021-12-01"))
    assert ask(rule, local("2021-12-02"), *facts, dead)["obligations"] == []
    undone = ask(rule, local("2021-12-02"), facts[0], dead)["obligations"]
    assert [row["status"] for row in undone] == ["missed"]


# -- stages and related rows -----------------------------------------------------------------------


def staged(event: str) -> Rule:
    rule = arrivals()
    span = rule.span("arrived_on", days=3, counted_from="arrived_on")
    first: StepText = rule.step(
        "first", STAY if event == "end" else VISIT, span if event == "end" else rule.deadline(within=48)
    )
    after = rule.step("do", VISIT, rule.plan((1,), day_zero="stage_start"), after=("first", event))
    return rule.version(SINCE, [first, after])


def test_a_stage_starts_when_the_one_before_ends() -> None:
    answer = ask(staged("end"), local("2020-06-11"), told("arrivals", arrival()))
    assert times(answer["obligations"], "do") == [("d1", "06-14 00:00", "06-15 00:00", "06-15 00:00")]


@pytest.mark.parametrize(("hours", "begins"), [(48, "06-13 09:00"), (96, "06-13 09:00"), (12, "06-12 20:00")])
def test_a_stage_after_a_point_starts_where_the_point_closed_or_ended(hours: int, begins: str) -> None:
    """Due before the release, after it, and closed before it."""
    rule = arrivals()
    first = rule.step("first", VISIT, rule.deadline(within=hours), closes_after=48)
    after = rule.step("do", VISIT, rule.deadline("stage_start", within=1), after=("first", "end"))
    rule.version(SINCE, [first, after], ends_when=[ending("releases", "released_at", steps=("first",))])
    at = local("2020-06-13", "09:00")
    release = told("releases", {"person": "p", "released_at": at, "happened_at": at, "known_at": at})
    answer = ask(rule, local("2020-06-14"), told("arrivals", arrival()), release)
    assert [row[1] for row in times(answer["obligations"], "do")] == [begins]


def test_a_stage_that_waits_for_a_deed_has_no_row_before_it() -> None:
    assert (
        times(ask(staged("met"), local("2020-06-12"), told("arrivals", arrival()))["obligations"], "do") == []
    )
    facts = told("arrivals", arrival()), told("visits", visit("2020-06-11"))
    answer = ask(staged("met"), local("2020-06-12"), *facts)
    assert times(answer["obligations"], "do") == [("d1", "06-12 00:00", "06-13 00:00", "06-13 00:00")]


def test_each_dependant_on_the_opening_day_has_a_row_under_the_name_it_was_told() -> None:
    at = {"happened_at": local("2020-06-01"), "known_at": local("2020-06-01")}
    cared = [
        {"person": "alias", "dependant": "child", "kind": "child", "from_on": date(2020, 1, 1)} | at,
        {"person": "p", "dependant": "left", "kind": "older", "from_on": date(2020, 1, 1), "until_on": SINCE}
        | at,
        {"person": "p", "dependant": "nobody", "kind": "none", "from_on": date(2020, 1, 1)} | at,
    ]
    same = told("merges", {"person": "alias", "same_as": "p"} | at)
    rule = arrivals()
    rule.version(
        SINCE, [rule.step("do", VISIT, rule.deadline(within=24), about="dependant", related="dependants")]
    )
    answer = ask(rule, local("2020-06-11"), told("arrivals", arrival()), told("dependants", *cared), same)
    (row,) = answer["obligations"]
    assert (row["about"], row["occurrence"]) == ("child", "once/" + row["related"].split(":")[1])
