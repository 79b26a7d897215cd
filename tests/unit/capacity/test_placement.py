"""Which room fits whom: families together, contacts by the limits, ends close to each other."""

from __future__ import annotations

from datetime import date

import pytest

from sizao.capacity.placement import Fit, Guest, Limits, Room, fits_of, placed

LIMITS = Limits(family=3, contacts=1, others=1, ends_apart=2)
MOTHER = Guest("mother", "H1", ends_on=date(2020, 11, 14))
CHILD = Guest("child", "H1", ends_on=date(2020, 11, 14))
FATHER = Guest("father", "H1", ends_on=date(2020, 11, 14))
STRANGER = Guest("stranger", "H2", ends_on=date(2020, 11, 14))


def fit(guest: Guest, room: Room, limits: Limits = LIMITS) -> Fit:
    (found,) = fits_of(guest, [room], limits)
    return found


@pytest.mark.orders("D1-16", "D1-17", "D1-18")
def test_a_family_shares_a_room_and_strangers_do_not() -> None:
    room = Room("305", "3", 2, guests=(MOTHER,))
    assert fit(CHILD, room).fits
    assert not fit(STRANGER, room).fits
    assert fit(STRANGER, room).possible, "whoever answers for it may decide otherwise"


def test_a_family_is_split_where_the_limit_says_so() -> None:
    room = Room("305", "3", 3, guests=(MOTHER,))
    assert not fit(CHILD, room, Limits(family=1)).fits
    assert fit(CHILD, room, Limits(family=2)).fits


@pytest.mark.parametrize(("together", "fits"), [(1, False), (2, True)])
def test_contacts_of_one_case_are_apart_or_together_as_the_pack_says(together: int, fits: bool) -> None:
    one, other = (Guest(name, cases=frozenset({"case-1"})) for name in ("one", "other"))
    assert fit(one, Room("305", "3", 2, guests=(other,)), Limits(contacts=together)).fits is fits
    elsewhere = Guest("third", cases=frozenset({"case-2"}))
    assert not fit(elsewhere, Room("305", "3", 2, guests=(other,)), Limits(contacts=together)).fits


@pytest.mark.parametrize(("last", "fits"), [(12, True), (16, True), (11, False), (17, False)])
def test_who_shares_a_room_ends_within_the_days_that_the_pack_allows(last: int, fits: bool) -> None:
    child = Guest("child", "H1", ends_on=date(2020, 11, last))
    assert fit(child, Room("305", "3", 2, guests=(MOTHER,))).fits is fits


@pytest.mark.parametrize(
    "room",
    [
        Room("1", "1", 1, guests=(MOTHER,)),
        Room("1", "1", 2, condition="to_disinfect"),
        Room("1", "1", 2, condition="out_of_use"),
        Room("1", "1", 2, use="staff"),
        Room("1", "1", 2, use="isolation"),
    ],
)
def test_a_full_dirty_broken_or_foreign_room_cannot_be_chosen_at_all(room: Room) -> None:
    assert not fit(CHILD, room).possible


def test_the_family_s_room_comes_first_then_its_floor_then_the_smallest_free_one() -> None:
    rooms = [
        Room("201", "2", 1), Room("202", "2", 2), Room("310", "3", 1),
        Room("305", "3", 2, guests=(MOTHER,)), Room("220", "2", 1, condition="out_of_use"),
    ]  # fmt: skip
    assert [one.room.room for one in fits_of(CHILD, rooms, LIMITS)] == ["305", "310", "201", "202", "220"]


def test_a_household_that_comes_together_is_put_into_one_room_that_holds_all() -> None:
    rooms = [Room("201", "2", 1), Room("202", "2", 2), Room("410", "4", 3)]
    found = placed([MOTHER, FATHER, CHILD, STRANGER], rooms, LIMITS)
    assert {person: one.room.room for person, one in found.items()} == {
        "mother": "410", "father": "410", "child": "410", "stranger": "201",
    }  # fmt: skip


def test_a_household_without_a_large_room_is_put_beside_each_other_and_nobody_is_left_out() -> None:
    rooms = [Room("201", "2", 1), Room("301", "3", 1), Room("302", "3", 1)]
    found = placed([MOTHER, FATHER], rooms, LIMITS)
    assert len({one.room.room for one in found.values()}) == 2
    crowded = placed([MOTHER, FATHER, CHILD, STRANGER], rooms, LIMITS)
    assert len(crowded) == 3, "three rooms hold three, and the fourth is said to have none"
