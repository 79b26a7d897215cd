"""Day arithmetic at its boundaries."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizao.terms.time import (
    UnknownZone,
    add_months,
    day_number,
    end_of_day,
    fixed_offset_minutes,
    instant_at,
    local_day,
    midnight,
    numbered_day,
    offset_periods,
    parse_imprecise,
    sql_local,
    sql_local_day,
    sql_midnight,
)

SHANGHAI, BERLIN, HAVANA, SAO_PAULO = "Asia/Shanghai", "Europe/Berlin", "America/Havana", "America/Sao_Paulo"
ZONES = (SHANGHAI, "UTC", "Asia/Kathmandu", BERLIN, HAVANA, SAO_PAULO, "Asia/Beirut", "Australia/Lord_Howe")
TICK = timedelta(microseconds=1)

days = st.dates(date(2015, 1, 2), date(2040, 12, 30))


def test_a_day_in_shanghai_begins_at_sixteen_hours_utc_of_the_day_before():
    assert midnight(date(2020, 6, 18), SHANGHAI) == datetime(2020, 6, 17, 16)
    assert local_day(datetime(2020, 6, 17, 16), SHANGHAI) == date(2020, 6, 18)
    assert local_day(datetime(2020, 6, 17, 16) - TICK, SHANGHAI) == date(2020, 6, 17)


def test_the_end_of_a_day_is_the_beginning_of_the_next_over_a_leap_day_and_a_year():
    assert end_of_day(date(2020, 2, 28), SHANGHAI) == midnight(date(2020, 2, 29), SHANGHAI)
    assert end_of_day(date(2020, 12, 31), SHANGHAI) == midnight(date(2021, 1, 1), SHANGHAI)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2020, 3, 29), 23), (date(2020, 10, 25), 25), (date(2020, 6, 1), 24)]
)
def test_a_day_in_berlin_has_as_many_hours_as_the_clocks_there_say(day, hours):
    assert end_of_day(day, BERLIN) - midnight(day, BERLIN) == timedelta(hours=hours)


def test_a_day_begins_at_the_first_of_two_midnights():
    # Havana sets its clocks back at 01:00, so 00:30 happens twice.
    assert midnight(date(2020, 11, 1), HAVANA) == datetime(2020, 11, 1, 4)
    assert local_day(datetime(2020, 11, 1, 4) - TICK, HAVANA) == date(2020, 10, 31)


def test_a_day_without_midnight_begins_when_clocks_are_put_on():
    # Sao Paulo went from 23:59:59 to 01:00.
    assert midnight(date(2018, 11, 4), SAO_PAULO) == datetime(2018, 11, 4, 3)
    assert local_day(datetime(2018, 11, 4, 3) - TICK, SAO_PAULO) == date(2018, 11, 3)


def test_a_clock_time_that_is_skipped_counts_by_the_offset_before():
    assert instant_at(date(2020, 3, 29), time(2, 30), BERLIN) == datetime(2020, 3, 29, 1, 30)
    assert instant_at(date(2020, 10, 25), time(2, 30), BERLIN) == datetime(2020, 10, 25, 0, 30)


@given(days, st.sampled_from(ZONES))
def test_every_day_begins_with_its_first_instant(day, zone):
    begins = midnight(day, zone)
    assert local_day(begins, zone) == day
    assert local_day(begins - TICK, zone) == day - timedelta(days=1)


@pytest.mark.parametrize("zone", ZONES)
def test_the_engine_begins_every_day_when_python_does(zone):
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    around = {date(2020, month, day) for month in range(1, 13) for day in (1, 15, 28)}
    for period in offset_periods(zone)[1:]:
        change = local_day(period.begins, zone)
        around |= {change - timedelta(days=1), change, change + timedelta(days=1)}
    rows = ", ".join(f"(DATE '{day}')" for day in sorted(around))
    begins = sql_midnight("day", zone)
    before = sql_local_day(f"({begins} - INTERVAL 1 SECOND)", zone)
    found = connection.execute(
        f"SELECT day, {begins}, {sql_local_day(begins, zone)}, {before}, "
        f"{sql_local(begins, zone)} >= day FROM (VALUES {rows}) AS days(day)"
    ).fetchall()
    assert len(found) == len(around)
    for day, instant, same, yesterday, not_before in found:
        assert (instant, same) == (midnight(day, zone), day)
        assert yesterday == day - timedelta(days=1)
        assert not_before


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2020, 1, 31), 1, date(2020, 2, 29)),
        (date(2021, 1, 31), 1, date(2021, 2, 28)),
        (date(2020, 2, 29), 12, date(2021, 2, 28)),
        (date(2020, 11, 30), 3, date(2021, 2, 28)),
        (date(2020, 12, 1), 1, date(2021, 1, 1)),
        (date(2020, 3, 31), -1, date(2020, 2, 29)),
        (date(2020, 1, 15), -13, date(2018, 12, 15)),
        (date(2020, 5, 31), 0, date(2020, 5, 31)),
    ],
)
def test_months_end_at_the_same_day_or_the_last_of_the_month(day, months, expected):
    assert add_months(day, months) == expected


def test_day_k_is_the_date_day_zero_plus_k():
    assert day_number(date(2020, 2, 28), date(2020, 3, 1)) == 2
    assert numbered_day(date(2020, 2, 28), 2) == date(2020, 3, 1)
    assert numbered_day(date(2020, 6, 18), -1) == date(2020, 6, 17)


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2020", date(2020, 1, 1), date(2021, 1, 1)),
        ("2020-02", date(2020, 2, 1), date(2020, 3, 1)),
        ("2020-12", date(2020, 12, 1), date(2021, 1, 1)),
        ("2020-01-21", date(2020, 1, 21), date(2020, 1, 22)),
        ("2020-12-31", date(2020, 12, 31), date(2021, 1, 1)),
        ("2020-01-18/2020-01-21", date(2020, 1, 18), date(2020, 1, 22)),
        ("2020-01/2020-02", date(2020, 1, 1), date(2020, 3, 1)),
    ],
)
def test_an_imprecise_date_is_the_interval_of_its_possible_days(text, earliest, latest):
    assert parse_imprecise(text) == (earliest, latest)


@pytest.mark.parametrize(
    "text", ["", "20", "2020-1", "2020-02-30", "2020-13", "2020-01-21/2020-01-18", "/", "２０２０"]
)
def test_a_text_that_is_no_date_is_refused(text):
    with pytest.raises(ValueError, match=r"is no d|ends before"):
        parse_imprecise(text)


def test_a_zone_that_never_changes_has_one_offset():
    assert fixed_offset_minutes(SHANGHAI) == 480
    assert fixed_offset_minutes("Asia/Kathmandu") == 345
    assert fixed_offset_minutes(BERLIN) is None


def test_the_offsets_of_berlin_follow_each_other_without_a_hole():
    periods = offset_periods(BERLIN)
    summer = next(period for period in periods if period.begins.year == 2020)
    assert (summer.begins, summer.ends, summer.minutes) == (
        datetime(2020, 3, 29, 1),
        datetime(2020, 10, 25, 1),
        120,
    )
    assert all(one.ends == other.begins for one, other in pairwise(periods))


def test_an_unknown_zone_is_refused_with_the_nearest_name():
    with pytest.raises(UnknownZone, match="Asia/Shanghai"):
        midnight(date(2020, 1, 1), "Asia/Shangai")
