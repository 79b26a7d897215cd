"""Who must act: the nearest office of a task, at the moment that counts, for a person with several homes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pytest

from drawn import facts
from drawn_rows import Planned, one
from reference.builder import Rule, verb

OPENS = datetime(2020, 6, 19, 16)
DUE = datetime(2020, 6, 20, 16)  # 21 June 00:00 in Shanghai
CLOSES = datetime(2020, 6, 30, 16)
ROW = Planned("test", OPENS, DUE, CLOSES, area="cn/51/5113/511302")
LONG_AGO = datetime(2020, 1, 1)
CITY, COUNTY = "cn/51/5113", "cn/51/5113/511302"
STREET, COMMUNITY = f"{COUNTY}/street-1", f"{COUNTY}/street-1/community-1"
AREAS = facts(
    "areas",
    *(
        {"path": path, "label_zh": path, "label_en": path, "level": level}
        for path, level in ((CITY, "city"), (COUNTY, "county"), (STREET, "street"), (COMMUNITY, "community"))
    ),
)


def rule(done_by: str, answers_to: tuple[str, ...] = (), about_kind: str = "person") -> Rule:
    made = Rule("arrivals", "arrivals")
    visit = verb("visit", "visits", "visited_at", about_kind=about_kind)
    plan = made.plan([3], day_zero="arrived_on")
    return made.version(
        date(2020, 1, 1), [made.step("test", visit, plan, done_by=done_by, answers_to=answers_to)]
    )


def office(name: str, task: str, covers: str, **told: Any) -> dict[str, Any]:
    return {
        "office": name,
        "task": task,
        "covers": covers,
        "from_on": date(2020, 1, 1),
        "happened_at": LONG_AGO,
        **told,
    }


def lives(area: str, **told: Any) -> dict[str, Any]:
    return {
        "person": "traveller",
        "located_in": area,
        "from_on": date(2020, 1, 1),
        "happened_at": LONG_AGO,
        **told,
    }


def asked(
    by: Rule,
    *,
    offices: list[dict[str, Any]],
    as_of: datetime = OPENS,
    row: Planned = ROW,
    areas: pa.Table = AREAS,
    **told: list[dict[str, Any]],
) -> dict[str, Any]:
    tables = {name: facts(name, *rows) for name, rows in told.items()}
    return one(by, row, as_of=as_of, facts={"offices": facts("offices", *offices), "areas": areas, **tables})


@pytest.mark.orders("D1-62", "D2-93")
def test_the_office_of_the_nearest_area_acts() -> None:
    offices = [
        office("of-county", "community", COUNTY),
        office("of-street", "community", STREET),
        office("another-task", "street", COMMUNITY),
    ]
    found = asked(rule("community(residence)"), offices=offices, residences=[lives(COMMUNITY)])
    assert (found["done_by"], found["area"]) == ("of-street", COMMUNITY)


@pytest.mark.parametrize(("covers", "owned"), [(COMMUNITY, True), (STREET, False)])
def test_an_office_above_the_level_of_its_task_leaves_the_row_unowned(covers: str, owned: bool) -> None:
    offices = [office("office-1", "community", covers)]
    found = asked(rule("community(residence)"), offices=offices, residences=[lives(COMMUNITY)])
    assert (found["done_by"], found["owned"]) == ("office-1", owned)


def test_an_office_deeper_than_its_task_owns_the_row() -> None:
    offices = [office("station", "cdc", COMMUNITY)]
    assert asked(rule("cdc(residence)"), offices=offices, residences=[lives(COMMUNITY)])["owned"] is True


def test_an_office_of_an_area_of_no_known_level_owns_nothing() -> None:
    offices = [office("office-1", "cdc", COUNTY)]
    empty = AREAS.slice(0, 0)
    assert asked(rule("cdc(recorded_area)"), offices=offices, areas=empty)["owned"] is False
    assert asked(rule("cdc(recorded_area)"), offices=offices)["owned"] is True


@pytest.mark.orders("D1-62")
def test_without_any_office_nobody_acts_and_nobody_owns() -> None:
    found = asked(rule("community(residence)"), offices=[office("far", "community", "cn/11")])
    assert (found["done_by"], found["owned"], found["area"]) == (None, False, COUNTY)


def test_a_name_that_only_begins_alike_is_no_ancestor() -> None:
    offices = [office("office-1", "community", f"{COUNTY}/street")]
    assert asked(rule("community(residence)"), offices=offices, residences=[lives(STREET)])["done_by"] is None


def test_of_two_offices_of_one_area_the_smaller_id_acts() -> None:
    offices = [office("b", "cdc", COUNTY), office("a", "cdc", COUNTY)]
    assert asked(rule("cdc(recorded_area)"), offices=offices)["done_by"] == "a"


def test_an_unknown_residence_leaves_the_area_where_the_trigger_was_recorded() -> None:
    found = asked(rule("cdc(residence)"), offices=[office("cdc-1", "cdc", COUNTY)])
    assert (found["done_by"], found["area"]) == ("cdc-1", COUNTY)


def test_of_several_residences_the_one_that_began_last_counts() -> None:
    homes = [
        lives(STREET, id="old"),
        lives(COMMUNITY, id="new", from_on=date(2020, 6, 1)),
        lives(CITY, id="left", from_on=date(2020, 6, 10), until_on=date(2020, 6, 20)),
        lives("cn/11", id="not-yet", from_on=date(2020, 6, 22)),
    ]
    found = asked(rule("cdc(residence)"), offices=[office("cdc-1", "cdc", COUNTY)], residences=homes)
    assert found["area"] == COMMUNITY


def test_of_two_residences_from_one_day_the_greater_key_counts() -> None:
    homes = [lives(f"{CITY}/{number}", id=f"home-{number}") for number in range(5)]
    found = asked(rule("cdc(residence)"), offices=[], residences=homes)
    keys = facts("residences", *homes).select(["key_hi", "key_lo", "located_in"]).to_pylist()
    assert found["area"] == max(keys, key=lambda one: (one["key_hi"], one["key_lo"]))["located_in"]


def test_an_alias_lives_where_the_person_lives() -> None:
    alias = {"person": "alias", "same_as": "traveller", "happened_at": OPENS}
    home = {**lives(STREET), "person": "alias"}
    found = asked(rule("cdc(residence)"), offices=[], residences=[home], merges=[alias])
    assert found["area"] == STREET


def test_who_stays_elsewhere_is_sought_there_and_otherwise_at_home() -> None:
    by = rule("cdc(place_of_stay)")
    stay = lives(CITY, from_on=date(2020, 6, 18), until_on=date(2020, 6, 21))
    home = [lives(STREET)]
    assert asked(by, offices=[], residences=home, stays=[stay])["area"] == CITY
    after = asked(by, offices=[], residences=home, stays=[stay], as_of=DUE)
    assert (after["status"], after["area"]) == ("overdue", STREET)


def test_a_decided_row_stays_with_the_office_of_its_due_instant() -> None:
    moved = [lives(STREET, until_on=date(2020, 6, 25)), lives(CITY, from_on=date(2020, 6, 25))]
    late = datetime(2020, 6, 28)
    by = rule("cdc(residence)")
    assert asked(by, offices=[], residences=moved, as_of=late)["area"] == CITY
    met = [{"person": "traveller", "visited_at": OPENS, "purpose": "welfare"}]
    decided = asked(by, offices=[], residences=moved, visits=met, as_of=late)
    assert (decided["status"], decided["area"]) == ("met", STREET)


@pytest.mark.orders("D1-64")
def test_offices_that_were_closed_or_not_yet_open_at_the_moment_do_not_act() -> None:
    offices = [
        office("closed", "cdc", COUNTY, until_on=date(2020, 6, 20)),
        office("now", "cdc", COUNTY, from_on=date(2020, 6, 20), until_on=date(2020, 6, 21)),
        office("later", "cdc", COUNTY, from_on=date(2020, 6, 21)),
    ]
    by = rule("cdc(recorded_area)")
    assert asked(by, offices=offices, as_of=OPENS)["done_by"] == "now"
    assert asked(by, offices=offices, as_of=DUE)["done_by"] == "later"


def test_a_place_is_sought_where_it_stands_and_answers_for_itself() -> None:
    place = {"place": "school", "kind": "school", "located_in": STREET, "from_on": date(2020, 1, 1)}
    row = Planned("test", OPENS, DUE, CLOSES, about="school")
    offices = [office("education-1", "education", STREET)]
    by = rule("itself", ("education(place)", "cdc(place)", "itself"), about_kind="place")
    found = asked(by, offices=offices, row=row, places=[place])
    assert (found["done_by"], found["owned"], found["area"]) == ("school", True, COUNTY)
    assert found["answers_to"] == "education-1,school"
    found = asked(rule("education(place)", about_kind="place"), offices=offices, row=row, places=[place])
    assert (found["done_by"], found["area"]) == ("education-1", STREET)
