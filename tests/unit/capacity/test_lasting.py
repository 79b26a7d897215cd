"""What there is against what the days ask: what is not done today is done first tomorrow."""

from __future__ import annotations

from datetime import date

from sizao.capacity.lasting import days_left, first_missing, renewed, used_up

FIRST = date(2020, 11, 10)


def test_what_is_not_done_today_is_done_before_what_is_due_tomorrow() -> None:
    days = renewed(60, [100, 10, 90], FIRST)
    assert [one.free for one in days] == [-40, 10, -30]
    assert days[2].missing == 30


def test_what_nobody_asked_for_is_not_kept_for_the_next_day() -> None:
    assert [one.free for one in renewed(60, [0, 0, 61], FIRST)] == [60, 60, -1]


def test_a_stock_that_is_used_runs_out_on_the_evening_on_which_less_is_there_than_was_used() -> None:
    days = used_up(270, 90, FIRST, 5)
    assert [one.free for one in days] == [180, 90, 0, -90, -180]
    short = first_missing(days)
    assert short is not None
    assert short.day == date(2020, 11, 13)


def test_a_stock_that_is_not_used_lasts() -> None:
    assert days_left(10, 0) is None
    assert first_missing(used_up(10, 0, FIRST, 14)) is None
    assert days_left(10, 4) == 2.5


def test_nothing_there_and_nothing_asked_is_not_short() -> None:
    assert first_missing(renewed(0, [0, 0], FIRST)) is None
