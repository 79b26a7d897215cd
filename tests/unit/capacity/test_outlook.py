"""Whether the rooms last: who ends leaves the next morning, who is overdue counts today."""

from __future__ import annotations

from datetime import date

from sizao.capacity.outlook import outlook

TODAY = date(2020, 11, 10)


def test_rooms_are_free_on_the_day_after_the_last_one() -> None:
    days = outlook(1, [date(2020, 11, 10), date(2020, 11, 11)], [], TODAY, 3)
    assert [one.leave for one in days] == [0, 1, 1]
    assert [one.free for one in days] == [1, 2, 3]


def test_whose_time_is_over_leaves_today_and_who_was_due_yesterday_comes_today() -> None:
    (day,) = outlook(0, [date(2020, 11, 2)], [date(2020, 11, 9), TODAY], TODAY, 1)
    assert (day.leave, day.come, day.free, day.missing) == (1, 2, -1, 1)


def test_what_is_missing_is_told_and_what_is_free_is_no_lack() -> None:
    short, enough = outlook(0, [TODAY], [TODAY], TODAY, 2)
    assert (short.missing, enough.missing) == (1, 0)
