"""What would change and why: the reason of every difference, people before rows, rooms before promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from drawn import answer, facts, obligations, result
from drawn_policy import policy, rule, step
from sizao.obligations.compare import REASONS, Side, compare
from sizao.policy.model import Ending, Policy
from sizao.terms.identifiers import hex_key, natural_key

EVENING = datetime(2020, 6, 21, 15)
LATER = EVENING + timedelta(days=3)
QUARANTINE = step("quarantine", span=True)
TEST = step("test")
PACK = policy(rule("arrivals", QUARANTINE, TEST, burden={"person_days": "per_standing", "tests": "per_step"}))
SPAN: Mapping[str, Any] = {
    "step": "quarantine",
    "verb": "quarantine",
    "occurrence": "once",
    "place": "central",
    "restricts": True,
    "opens_at": datetime(2020, 6, 19, 16),
    "due_at": datetime(2020, 6, 20, 16),
    "closes_at": datetime(2020, 6, 29, 16),
}
Rows = list[Mapping[str, Any]]


def standing(*rows: Mapping[str, Any]) -> pa.Table:
    plain = {"place": "central", "until": datetime(2020, 7, 1), "rows": "a", "row_count": 1}
    return result("standing", *({**plain, **row} for row in rows))


def compared(
    before: Rows,
    after: Rows,
    *,
    sides: tuple[Side, Side] | None = None,
    bound: tuple[pa.Table, pa.Table] | None = None,
    world: Mapping[str, pa.Table] | None = None,
) -> dict[str, list[dict[str, Any]]]:
    one, other = sides or (Side(PACK, EVENING, EVENING), Side(PACK, EVENING, EVENING))
    query = compare(one, other, area_parts=3)
    none = standing()
    tables = {name: facts(name) for name in query.inputs if not name.startswith(("before_", "after_"))}
    tables |= {"before_obligations": obligations(*before), "after_obligations": obligations(*after)}
    tables |= dict(zip(("before_standing", "after_standing"), bound or (none, none), strict=True))
    return answer(query, {**tables, **(world or {})})


def reasons(found: Mapping[str, list[dict[str, Any]]]) -> dict[tuple[str, str], str]:
    return {(row["about"], row["kind"]): row["reason"] for row in found["changes"]}


def two_moments(pack: Policy = PACK) -> tuple[Side, Side]:
    return Side(pack, LATER, EVENING), Side(pack, LATER, LATER)


def arrival(person: str, **changes: Any) -> dict[str, Any]:
    plain = {
        "id": person,
        "person": person,
        "arrived_on": date(2020, 6, 17),
        "known_at": EVENING - timedelta(days=1),
    }
    return {**plain, **changes}


def key(person: str) -> str:
    return hex_key(*natural_key("arrivals", "test", person))


def of(person: str, **changes: Any) -> dict[str, Any]:
    return {"about": person, "trigger_key": key(person), **changes}


def test_the_same_answer_twice_differs_in_nothing() -> None:
    found = compared([of("a"), of("b", **SPAN)], [of("b", **SPAN), of("a")])
    assert found["changes"] == []
    assert found["bound"] == []


def test_a_row_vanishes_with_the_stated_reason_of_the_retraction() -> None:
    retracted = arrival(
        "a", source_version=2, action="retract", reason="false positive", known_at=EVENING + timedelta(days=1)
    )
    world = {"arrivals": facts("arrivals", arrival("a"), retracted)}
    (change,) = compared([of("a")], [], sides=two_moments(), world=world)["changes"]
    assert (change["kind"], change["reason"]) == ("removed", "retracted_fact")
    assert change["stated_reason"] == "false positive"


def test_a_row_of_a_fact_learned_in_between_is_told_from_one_of_a_corrected_fact() -> None:
    corrected = arrival("b", source_version=2, action="replace", known_at=EVENING + timedelta(days=1))
    news = arrival("a", known_at=EVENING + timedelta(days=1))
    world = {"arrivals": facts("arrivals", news, arrival("b"), corrected)}
    found = compared(
        [of("b", due_at=EVENING)], [of("a"), of("b", due_at=LATER)], sides=two_moments(), world=world
    )
    assert reasons(found) == {("a", "added"): "new_fact", ("b", "changed"): "corrected_fact"}


def test_another_text_is_the_reason_when_both_sides_know_the_same() -> None:
    longer = policy(rule("arrivals", QUARANTINE, TEST, digest="ffffffffffff"))
    sides = Side(PACK, EVENING, EVENING), Side(longer, EVENING, EVENING)
    changed = {**SPAN, "closes_at": datetime(2020, 7, 3, 16), "rule_version": "ffffffffffff"}
    found = compared([of("a", **SPAN)], [of("a", **changed)], sides=sides)
    assert reasons(found) == {("a", "changed"): "new_text"}


def test_a_rule_that_only_one_pack_has_is_named_as_that() -> None:
    other = policy(rule("arrivals", QUARANTINE, TEST), rule("venues", TEST))
    sides = Side(PACK, EVENING, EVENING), Side(other, EVENING, EVENING)
    added = compared([], [of("a", rule="venues")], sides=sides)
    assert reasons(added) == {("a", "added"): "rule_added"}
    removed = compared([of("a", rule="venues")], [], sides=(sides[1], sides[0]))
    assert reasons(removed) == {("a", "removed"): "rule_left_out"}


def test_proof_waiver_office_and_time_are_told_apart() -> None:
    before = [of("proved"), of("waived"), of("moved"), of("grew-old")]
    after = [
        of("proved", status="met", met_by="sample_members:1", met_at=EVENING),
        of("waived", status="waived", waived_by="waivers:1"),
        of("moved", done_by="sampling-2"),
        of("grew-old", status="overdue"),
    ]
    sides = Side(PACK, EVENING, EVENING), Side(PACK, LATER, EVENING)
    assert reasons(compared(before, after, sides=sides)) == {
        ("proved", "changed"): "evidence",
        ("waived", "changed"): "waiver",
        ("moved", "changed"): "responsibility",
        ("grew-old", "changed"): "time",
    }


def test_a_death_learned_in_between_is_named_as_what_ended_the_row() -> None:
    ending = Ending(reading="deaths", match=("person", "about"), at="died_on")
    pack = policy(rule("arrivals", QUARANTINE, TEST, subject_ends=(ending,)))
    died = {"id": "d1", "person": "a", "died_on": date(2020, 6, 22), "known_at": EVENING + timedelta(days=1)}
    world = {"arrivals": facts("arrivals", arrival("a")), "deaths": facts("deaths", died)}
    shorter = {**SPAN, "closes_at": datetime(2020, 6, 21, 16)}
    found = compared([of("a", **SPAN), of("a")], [of("a", **shorter)], sides=two_moments(pack), world=world)
    assert reasons(found) == {("a", "changed"): "ended_subject", ("a", "removed"): "ended_subject"}
    assert {row["ended_by"] for row in found["changes"]} == {
        "deaths:" + hex_key(*natural_key("deaths", "test", "d1"))
    }


@pytest.mark.orders("D2-59")
def test_people_are_counted_by_how_their_standing_differs() -> None:
    july = datetime(2020, 7, 1)
    before = standing(
        {"person": "free"}, {"person": "same"}, {"person": "home", "place": "home"}, {"person": "short"}
    )
    after = standing(
        {"person": "new"},
        {"person": "same"},
        {"person": "home", "place": "central"},
        {"person": "short", "until": july - timedelta(days=4)},
    )
    found = compared([], [], bound=(before, after))
    assert {row["person"]: row["kind"] for row in found["bound"]} == {
        "free": "released",
        "new": "newly_bound",
        "home": "stricter",
        "short": "shorter",
    }


@pytest.mark.orders("D2-59")
def test_days_of_two_overlapping_rows_of_one_person_count_once() -> None:
    again = {
        **SPAN,
        "occurrence": "twice",
        "opens_at": datetime(2020, 6, 24, 16),
        "closes_at": datetime(2020, 7, 4, 16),
    }
    found = compared([of("a", **SPAN)], [of("a", **SPAN), of("a", **again), of("b", **SPAN)])
    days = {(row["side"], row["rule"]): row["person_days"] for row in found["burden"]}
    assert days == {
        ("before", ""): 10,
        ("before", "arrivals"): 10,
        ("after", ""): 25,
        ("after", "arrivals"): 25,
    }


def test_waived_rows_burden_nobody() -> None:
    found = compared([of("a", **SPAN), of("a")], [of("a", **SPAN, status="waived"), of("a", status="waived")])
    assert {row["side"] for row in found["burden"]} == {"before"}


def test_tests_are_counted_on_the_local_day_that_their_limit_ends() -> None:
    found = compared([of("a"), of("b")], [of("a")])
    per_day = [(row["side"], row["due_on"], row["tests"]) for row in found["per_day"]]
    assert sorted(per_day) == [("after", date(2020, 6, 20), 1), ("before", date(2020, 6, 20), 2)]


@pytest.mark.orders("D2-59")
def test_rooms_are_those_of_the_worst_moment_against_the_capacity_there() -> None:
    site = {
        "id": "s1",
        "place": "s1",
        "kind": "quarantine_site",
        "located_in": "cn/51/5113/511302",
        "capacity": 1,
    }
    places = facts("places", {**site, "from_on": date(2020, 1, 1)})
    next_week = {**SPAN, "opens_at": datetime(2020, 6, 29, 16), "closes_at": datetime(2020, 7, 9, 16)}
    found = compared(
        [of("a", **SPAN), of("b", **next_week)], [of("a", **SPAN), of("b", **SPAN)], world={"places": places}
    )
    rooms = {
        row["side"]: (row["area"], row["rooms_at_peak"], row["capacity"], row["too_few"])
        for row in found["rooms"]
    }
    assert rooms == {"before": ("cn/51/5113", 1, 1, False), "after": ("cn/51/5113", 2, 1, True)}


def test_where_no_capacity_is_recorded_it_is_not_known_whether_rooms_are_too_few() -> None:
    (room,) = compared([], [of("a", **SPAN)])["rooms"]
    assert (room["capacity"], room["too_few"]) == (None, None)


def test_offices_see_what_they_would_have_to_do() -> None:
    found = compared([of("a"), of("b", status="met")], [of("a", done_by="sampling-2")])
    loads = {row["done_by"]: (row["before_to_do"], row["after_to_do"]) for row in found["loads"]}
    assert loads == {"sampling-1": (1, 0), "sampling-2": (0, 1)}


def test_the_rarest_differences_are_the_first_examples() -> None:
    other = policy(rule("arrivals", QUARANTINE, TEST), rule("venues", TEST))
    sides = Side(PACK, EVENING, EVENING), Side(other, EVENING, EVENING)
    many = [of(f"p{number}", rule="venues") for number in range(9)]
    found = compared([of("old")], [*many, of("old", status="met", met_by="sample_members:1")], sides=sides)
    assert [row["reason"] for row in found["examples"]] == [
        "evidence",
        "rule_added",
        "rule_added",
        "rule_added",
    ]


def test_every_reason_has_words() -> None:
    assert all(words.zh and words.en for words in REASONS.values())


def test_packs_of_two_zones_are_not_compared() -> None:
    there = replace(PACK, zone="Asia/Urumqi")
    with pytest.raises(ValueError, match="compare packs of one zone"):
        compare(Side(PACK, EVENING, EVENING), Side(there, EVENING, EVENING), area_parts=3)
