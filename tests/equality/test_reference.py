"""The reference by itself: answers worked out by hand from docs/explanation/semantics.md."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from reference import derive
from reference.builder import Rule, ending, policy, verb
from reference.facts import text_key
from sizao.facts.schemas import stored_columns
from sizao.policy.model import Policy

TEST = verb("test", "tests", "taken_at", where="result = 'negative' or members <= step.max_pool")
OWN_TEST = verb("own", "samplings", "taken_at", exclusive=True)
STAY = verb(
    "stay",
    "room_stays",
    "from_at",
    until="until_at",
    where="kind = step.place",
    restricts=True,
    gap_tolerance=12,
)
VISIT = verb("visit", "visits", "visited_at")
FIRST = date(2020, 6, 1)


class Told:
    """Facts told one after the other; local times of Shanghai are given as UTC minus eight hours."""

    def __init__(self) -> None:
        self.facts: dict[str, list[dict[str, Any]]] = {}

    def add(self, fact: str, happened: datetime, known: datetime | None = None, **own: Any) -> str:
        """Returns `fact:hexkey`."""
        links = self.facts.setdefault(fact, [])
        record = own.pop("record", f"{fact}-{len(links)}")
        high, low = text_key(f"{fact}\x1ftold\x1f{record}")
        common = {
            "fact_id": f"{len(links):08d}", "key_hi": high, "key_lo": low, "source_version": 1,
            "action": "record", "happened_at": happened, "known_at": known or happened, "area": "c/a",
            "history": False, "derived": False,
        }  # fmt: skip
        links.append(dict.fromkeys(column.name for column in stored_columns(fact)) | common | own)
        return f"{fact}:" + "".join(f"{half & (2**64 - 1):016x}" for half in (high, low))

    def test(self, person: str, taken: datetime, result: str | None = "negative", others: int = 0) -> str:
        sample = f"s{len(self.facts.get('samples', []))}"
        self.add("samples", taken, sample=sample, taken_at=taken)
        name = self.add("sample_members", taken, sample=sample, person=person)
        for other in range(others):
            self.add("sample_members", taken, sample=sample, person=f"other{other}")
        if result is not None:
            self.add("results", taken, sample=sample, result=result, resulted_at=taken)
        return name

    def ask(
        self, policy: Policy, as_of: datetime, known_by: datetime | None = None
    ) -> dict[str, list[dict[str, Any]]]:
        return derive(policy, self.facts, as_of=as_of, known_by=known_by or as_of)


def local(day: int, hour: float = 0, month: int = 6) -> datetime:
    """A local time of Shanghai in 2020 as a UTC instant."""
    return datetime(2020, month, day) + timedelta(hours=hour - 8)


def arrived(told: Told, day: int, person: str = "p", known: datetime | None = None) -> str:
    return told.add("arrivals", local(day), known, person=person, arrived_on=date(2020, 6, day))


def one(rows: list[dict[str, Any]], **wanted: Any) -> dict[str, Any]:
    found = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    assert len(found) == 1, found
    return found[0]


def plan_rule(*on_days: int, **more: Any) -> Policy:
    rule = Rule("r", "arrivals")
    timing = rule.plan(on_days, counted_from="arrived_on", grace_days=1)
    rule.version(FIRST, [rule.step("test", TEST, timing, **more)])
    return policy("p", [rule])


def test_day_four_counted_from_the_arrival_is_three_days_later_and_stays_open_one_day_of_grace() -> None:
    told = Told()
    trigger = arrived(told, 10)
    row = told.ask(plan_rule(4), local(11))["obligations"][0]
    assert (row["opens_at"], row["due_at"], row["closes_at"]) == (local(13), local(14), local(15))
    assert (row["occurrence"], row["status"], row["because"]) == ("d4", "upcoming", trigger)
    assert row["next_change_at"] == local(13)


def test_a_proof_at_the_due_instant_is_late_and_at_the_closing_instant_does_not_count() -> None:
    for instant, status in ((local(14), "met_late"), (local(15), "missed"), (local(13), "met")):
        told = Told()
        arrived(told, 10)
        told.test("p", instant)
        assert told.ask(plan_rule(4), local(20))["obligations"][0]["status"] == status


def test_a_negative_pool_over_the_limit_proves_only_what_its_condition_says() -> None:
    for result, others, status in (("negative", 9, "met"), ("positive", 9, "missed"), ("positive", 3, "met")):
        told = Told()
        arrived(told, 10)
        told.test("p", local(13, 9), result, others)
        assert told.ask(plan_rule(4), local(20))["obligations"][0]["status"] == status


def test_an_exclusive_proof_proves_the_row_due_first_and_only_that() -> None:
    rule = Rule("r", "arrivals")
    rule.version(
        FIRST, [rule.step("test", OWN_TEST, rule.plan((1, 2), counted_from="arrived_on", grace_days=3))]
    )
    told = Told()
    arrived(told, 10)
    told.test("p", local(11, 9), None)
    rows = told.ask(policy("p", [rule]), local(12))["obligations"]
    assert {row["occurrence"]: row["status"] for row in rows} == {"d1": "met_late", "d2": "overdue"}


def test_a_correction_changes_the_content_and_not_the_clock() -> None:
    rule = Rule("r", "arrivals")
    rule.version(FIRST, [rule.step("visit", VISIT, rule.deadline(within=24))])
    told = Told()
    arrived(told, 10)
    link = dict(told.facts["arrivals"][0], source_version=2, action="replace", person="q", known_at=local(12))
    told.facts["arrivals"].append(link)
    rows = told.ask(policy("p", [rule]), local(13))["obligations"]
    assert [(row["about"], row["due_at"], row["status"]) for row in rows] == [("q", local(11), "overdue")]
    before = told.ask(policy("p", [rule]), local(11), known_by=local(11))["obligations"]
    assert [row["about"] for row in before] == ["p"]


def test_a_correction_without_its_original_waits() -> None:
    told = Told()
    arrived(told, 10)
    told.facts["arrivals"][0]["action"] = "replace"
    assert told.ask(plan_rule(1), local(20))["obligations"] == []


def test_a_lighter_text_ends_a_running_span_not_before_it_takes_effect() -> None:
    for shorter, closes in ((3, local(15)), (8, local(18))):
        rule = Rule("r", "arrivals")
        for begin, days, running in ((FIRST, 14, None), (date(2020, 6, 15), shorter, "lighten")):
            timing = rule.span("arrived_on", days=days, counted_from="arrived_on")
            step = rule.step("stay", STAY, timing, place="central")
            rule.version(begin, [step], running=running, catches_from=FIRST)
        told = Told()
        arrived(told, 10)
        row = told.ask(policy("p", [rule]), local(11))["obligations"][0]
        assert (row["version"], row["opens_at"], row["closes_at"]) == (1, local(10), closes)


def test_a_replacing_text_takes_what_opens_after_it_and_leaves_what_opened_before() -> None:
    rule = Rule("r", "arrivals")
    for begin, days, running in ((FIRST, (1, 6), None), (date(2020, 6, 12), (2, 5, 7), "replace")):
        step = rule.step("test", TEST, rule.plan(days, counted_from="arrived_on"))
        rule.version(begin, [step], running=running, catches_from=FIRST)
    told = Told()
    arrived(told, 10)
    rows = told.ask(policy("p", [rule]), local(11))["obligations"]
    assert {(row["occurrence"], row["version"]) for row in rows} == {("d1", 1), ("d5", 2), ("d7", 2)}


def test_a_span_with_a_long_gap_is_missed_and_with_a_short_one_met() -> None:
    for hole, gaps, status in ((12, 0, "met"), (13, 1, "missed")):
        rule = Rule("r", "arrivals")
        timing = rule.span("arrived_on", days=4, counted_from="arrived_on", within=24)
        rule.version(FIRST, [rule.step("stay", STAY, timing, place="home")])
        told = Told()
        arrived(told, 10)
        told.add("room_stays", local(9), person="p", kind="home", from_at=local(9), until_at=local(12))
        again = local(12, hole)
        told.add("room_stays", again, person="p", kind="home", from_at=again, until_at=local(20))
        row = told.ask(policy("p", [rule]), local(25))["obligations"][0]
        assert (row["status"], row["gaps"], row["met_at"]) == (status, gaps, local(10))
        assert row["covered_until"] == row["closes_at"] == local(14)


def test_who_is_in_place_stands_under_the_strictest_restriction_until_the_latest_end() -> None:
    rule = Rule("r", "arrivals")
    steps = [
        rule.step(name, STAY, rule.span("arrived_on", days=days, counted_from="arrived_on"), place=place)
        for name, days, place in (("a", 14, "home"), ("b", 7, "central"))
    ]
    rule.version(FIRST, steps)
    told = Told()
    arrived(told, 10)
    answer = told.ask(policy("p", [rule]), local(11))
    standing = answer["standing"][0]
    assert (standing["person"], standing["place"], standing["until"]) == ("p", "central", local(24))
    assert standing["rows"].split(",") == sorted(row["obligation_id"] for row in answer["obligations"])


def test_what_was_known_too_late_is_listed_and_the_latest_step_is_asked_at_once() -> None:
    told = Told()
    arrived(told, 10, known=local(15, 9))
    answer = told.ask(plan_rule(1, 3, 9, late_start=True), local(16))
    assert [row["occurrence"] for row in answer["too_late"]] == ["d1"]
    late = one(answer["obligations"], occurrence="late")
    assert (late["opens_at"], late["due_at"], late["closes_at"]) == (local(15, 9), local(17), local(18))
    assert one(answer["obligations"], occurrence="d9")["opens_at"] == local(18)


def test_rolling_tests_count_from_the_last_one_and_ask_for_a_gap() -> None:
    rule = Rule("r", "arrivals")
    rule.version(FIRST, [rule.step("test", TEST, rule.rolling(7, "arrived_on", min_gap=24))])
    told = Told()
    arrived(told, 10)
    first = told.test("p", local(11, 9))
    told.test("p", local(12, 8))  # within a day of the first: anchors nothing
    rows = told.ask(policy("p", [rule]), local(13))["obligations"]
    begun, following = one(rows, occurrence="first"), one(rows, occurrence=first.split(":")[1])
    assert (begun["status"], begun["met_by"], begun["due_at"]) == ("met", first, local(18))
    assert (following["status"], following["anchor"]) == ("open", first)
    assert (following["opens_at"], following["due_at"]) == (local(12, 9), local(19))


def enrolled(rule: Rule, **more: Any) -> Policy:
    report = verb("report", "institution_reports", "reported_at", subject="place", about_kind="place")
    rule.version(
        FIRST, [rule.step("report", report, more.pop("timing"), about="place", done_by="itself", **more)]
    )
    return policy("p", [rule], look_ahead_days=7)


def test_a_week_is_due_on_its_last_operating_day_that_no_closure_takes() -> None:
    rule = Rule("r", "enrolments")
    asked = enrolled(rule, timing=rule.calendar("week", "from_on", at=time(10)))
    told = Told()
    told.add(
        "enrolments", local(9), place="h", duty="daily_report", operating="weekdays", from_on=date(2020, 6, 9)
    )
    told.add(
        "closures",
        local(9),
        place="h",
        from_on=date(2020, 6, 19),
        until_on=date(2020, 6, 29),
        ground="holiday",
    )
    rows = told.ask(asked, local(22))["obligations"]
    assert {row["occurrence"]: row["due_at"] for row in rows} == {
        "2020-W24": local(12, 10),
        "2020-W25": local(18, 10),  # Friday is taken by the closure, and all of week 26
        "2020-W27": local(3, 10, month=7),
    }
    assert one(rows, occurrence="2020-W24")["opens_at"] == local(8)


def test_an_office_that_did_not_act_escalates_until_the_parent_is_met() -> None:
    rule = Rule("r", "arrivals")
    step = rule.step("visit", VISIT, rule.deadline(within=2), escalate=(3, VISIT, "cdc(recorded_area)", 1))
    rule.version(FIRST, [step])
    told = Told()
    arrived(told, 10)
    asked = policy("p", [rule])
    assert len(told.ask(asked, local(10, 4))["obligations"]) == 1
    rows = told.ask(asked, local(10, 5))["obligations"]
    parent, escalation = one(rows, step="visit"), one(rows, step="visit!visit")
    assert escalation["parent_id"] == parent["obligation_id"]
    assert (escalation["opens_at"], escalation["due_at"]) == (local(10, 5), local(10, 6))
    told.add("visits", local(10, 7), person="p", visited_at=local(10, 7))
    assert [row["status"] for row in told.ask(asked, local(10, 8))["obligations"]] == ["met_late"]


def test_a_second_stage_begins_where_the_first_ended_and_not_where_it_was_planned_to_end() -> None:
    rule = Rule("r", "arrivals")
    steps = [
        rule.step("stay", STAY, rule.span("arrived_on", days=7, counted_from="arrived_on"), place="central"),
        rule.step(
            "home",
            STAY,
            rule.span("stage_start", days=3, day_zero="stage_start"),
            place="home",
            after=("stay", "end"),
        ),
    ]
    rule.version(FIRST, steps, ends_when=[ending("releases", "released_at", steps=("stay",))])
    told = Told()
    arrived(told, 10)
    told.add("releases", local(12, 9), person="p", released_at=local(12, 9))
    rows = told.ask(policy("p", [rule]), local(11), known_by=local(13))["obligations"]
    row = one(rows, step="home")
    assert (row["opens_at"], row["closes_at"]) == (local(12, 9), local(15))


def graded_rule() -> Policy:
    rule = Rule("r", "arrivals")
    step = rule.step("visit", VISIT, rule.deadline(within=24))
    when = "worst_grade(stays_of(person), add_days(arrived_on, -14), arrived_on) in ('medium', 'high')"
    rule.version(FIRST, [step], when=when)
    return policy("p", [rule])


def graded(told: Told, area: str, grade: str, upward: bool = False) -> str:
    begin = date(2020, 5, 1)
    return told.add(
        "area_grades", local(1), graded=area, grade=grade, from_on=begin, counts_upward=upward, record=area
    )


def test_an_area_that_nobody_graded_is_not_known_and_never_low() -> None:
    told = Told()
    trigger = arrived(told, 10)
    told.add(
        "stays", local(5), person="p", located_in="x/y", from_on=date(2020, 6, 5), until_on=date(2020, 6, 8)
    )
    answer = told.ask(graded_rule(), local(11))
    assert answer["obligations"] == []
    assert [row["trigger_key"] for row in answer["unknown"]] == [trigger.split(":")[1]]


def test_the_nearest_area_decides_and_a_marked_part_of_it_raises_the_grade() -> None:
    told = Told()
    trigger = arrived(told, 10)
    stay = told.add(
        "stays", local(5), person="p", located_in="x/y", from_on=date(2020, 6, 5), until_on=date(2020, 6, 8)
    )
    graded(told, "x", "high")
    graded(told, "x/y", "low")
    assert told.ask(graded_rule(), local(11)) == {
        "obligations": [],
        "unknown": [],
        "too_late": [],
        "standing": [],
    }
    part = graded(told, "x/y/z", "medium", upward=True)
    row = told.ask(graded_rule(), local(11))["obligations"][0]
    assert row["because"] == f"{trigger},{part},{stay}"


def test_a_merged_person_is_proved_under_either_id_and_keeps_the_id_as_recorded() -> None:
    told = Told()
    arrived(told, 10, person="b")
    told.test("a", local(13, 9))
    for person, same_as in (("b", "c"), ("c", "a"), ("a", "b")):  # a loop: the smallest id stands for all
        told.add("merges", local(1), person=person, same_as=same_as)
    row = told.ask(plan_rule(4), local(20))["obligations"][0]
    assert (row["about"], row["status"]) == ("b", "met")


def test_a_waiver_needs_two_persons_of_two_offices_and_ends() -> None:
    valid = {
        "decided_by": "q1",
        "decided_office": "o1",
        "approved_by": "q2",
        "approved_office": "o2",
        "ground": "pregnant",
    }
    wrong = ({"approved_by": "q1"}, {"approved_office": "o1"}, {"approved_by": None}, {"ground": "holiday"})
    for changed, as_of, status in (
        ({}, local(20), "waived"),
        ({}, local(21), "missed"),
        *((change, local(20), "missed") for change in wrong),
    ):
        told = Told()
        arrived(told, 10)
        told.add("waivers", local(9), rule="r", from_at=local(9), until_at=local(21), **{**valid, **changed})
        row = told.ask(plan_rule(4), as_of, known_by=local(20))["obligations"][0]
        assert (row["status"], row["waived_by"] is None) == (status, status != "waived")


def test_the_nearest_office_answers_and_one_of_too_high_a_level_owns_nothing() -> None:
    told = Told()
    arrived(told, 10)
    for path, level in (("c", "city"), ("c/a", "county"), ("c/a/x", "community")):
        told.add("areas", local(1), path=path, label_zh="", label_en="", level=level)
    told.add("offices", local(1), office="o-city", task="community", covers="c", from_on=date(2020, 1, 1))
    row = told.ask(plan_rule(4), local(11))["obligations"][0]
    assert (row["done_by"], row["owned"], row["area"]) == ("o-city", False, "c/a")
    told.add("offices", local(1), office="o-near", task="community", covers="c/a/x", from_on=date(2020, 1, 1))
    told.add("residences", local(1), person="p", located_in="c/a/x", from_on=date(2020, 6, 1))
    row = told.ask(plan_rule(4), local(11))["obligations"][0]
    assert (row["done_by"], row["owned"], row["area"]) == ("o-near", True, "c/a/x")


def test_dependants_each_give_a_row_of_their_own() -> None:
    rule = Rule("r", "arrivals")
    timing = rule.deadline("start_of(arrived_on)", within=48)
    rule.version(FIRST, [rule.step("visit", VISIT, timing, about="dependant", related="dependants")])
    told = Told()
    arrived(told, 10)
    begin = date(2020, 1, 1)
    child = told.add("dependants", local(1), person="p", dependant="k", kind="child", from_on=begin)
    told.add("dependants", local(1), person="p", dependant="n", kind="none", from_on=begin)
    told.add(
        "dependants",
        local(1),
        person="p",
        dependant="o",
        kind="older",
        from_on=begin,
        until_on=date(2020, 6, 10),
    )
    rows = told.ask(policy("p", [rule]), local(11))["obligations"]
    assert [(row["about"], row["related"]) for row in rows] == [("k", child)]
    assert rows[0]["occurrence"] == f"once/{child.split(':')[1]}"
