"""One knock at the door for a household, not one for each person and rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest

from drawn import NOON, answer, facts, obligations
from sizao.worklists.selection import Page, Selection
from sizao.worklists.visits import visits

END_OF_DAY = datetime(2020, 6, 20, 16)


def doors(
    *rows: Mapping[str, object],
    households: list[Mapping[str, object]] | None = None,
    residences: list[Mapping[str, object]] | None = None,
) -> list[dict[str, object]]:
    visit = {
        "rule": "contacts",
        "step": "visit",
        "verb": "visit",
        "done_by": "community-1",
        "due_at": END_OF_DAY,
    }
    query = visits(Selection(), Page(), verbs=["visit"], zone="Asia/Shanghai", as_of=NOON, known_by=NOON)
    tables = {
        "obligations": obligations(*({**visit, **row} for row in rows)),
        "households": facts("households", *(households or [])),
        "residences": facts("residences", *(residences or [])),
    }
    return answer(query, tables)["lines"]


def member(person: str, household: str = "h1", **changes: object) -> Mapping[str, object]:
    return {"person": person, "household": household, "from_on": date(2020, 1, 1), **changes}


@pytest.mark.orders("D2-83")
def test_a_couple_in_one_household_is_one_visit_with_both_rows() -> None:
    (door,) = doors({"about": "wife"}, {"about": "husband"}, households=[member("wife"), member("husband")])
    assert (door["household"], door["persons"], door["row_count"]) == ("h1", 2, 2)
    assert door["visit_on"] == date(2020, 6, 20)
    assert len(str(door["rows"]).split(",")) == 2


def test_a_person_without_a_household_is_visited_alone() -> None:
    found = doors({"about": "single"}, {"about": "wife"}, households=[member("wife")])
    assert sorted(str(door["door"]) for door in found) == ["h1", "single"]


def test_the_household_of_the_residence_serves_where_no_membership_is_known() -> None:
    home = {"person": "lodger", "located_in": "cn/51", "household": "h1", "from_on": date(2020, 1, 1)}
    (door,) = doors({"about": "wife"}, {"about": "lodger"}, households=[member("wife")], residences=[home])
    assert door["persons"] == 2


def test_who_has_moved_out_is_not_looked_for_at_the_old_door() -> None:
    gone = member("son", until_on=date(2020, 6, 20))
    found = doors({"about": "wife"}, {"about": "son"}, households=[member("wife"), gone])
    assert sorted(str(door["door"]) for door in found) == ["h1", "son"]


def test_yesterdays_missed_visit_is_made_on_todays_round() -> None:
    yesterday = END_OF_DAY - timedelta(days=1)
    late = {"about": "wife", "due_at": yesterday, "status": "overdue", "occurrence": "d2"}
    (door,) = doors({"about": "wife"}, late, households=[member("wife")])
    assert (door["visit_on"], door["overdue"], door["row_count"]) == (date(2020, 6, 20), 1, 2)
    assert door["earliest_due_at"] == yesterday


def test_two_offices_do_not_share_a_visit() -> None:
    found = doors(
        {"about": "wife"},
        {"about": "wife", "done_by": "clinic-1", "occurrence": "d9"},
        households=[member("wife")],
    )
    assert [door["done_by"] for door in found] == ["clinic-1", "community-1"]


def test_a_list_of_visits_without_a_verb_is_refused() -> None:
    with pytest.raises(ValueError, match="name the verbs"):
        visits(Selection(), Page(), verbs=[], zone="Asia/Shanghai", as_of=NOON, known_by=NOON)
