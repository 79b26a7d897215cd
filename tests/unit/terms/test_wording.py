"""Dates and durations in plain words."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from sizao.terms.wording import say_date, say_days, say_duration, say_instant, say_limit, say_months
from sizao.terms.words import Words


def test_a_date_is_said_in_the_reader_s_language():
    assert say_date(date(2020, 6, 8), "zh") == "2020年6月8日"
    assert say_date(date(2020, 6, 8), "en") == "8 June 2020"
    assert Words("早", "early").get("zh") + Words("早", "early").get("en") == "早early"


def test_an_instant_is_said_as_the_clocks_of_the_zone_show_it():
    assert say_instant(datetime(2020, 6, 18, 0, 30), "Asia/Shanghai", "zh") == "2020年6月18日 08:30"
    assert say_instant(datetime(2020, 6, 18, 16), "Asia/Shanghai", "en") == "19 June 2020 00:00"


def test_a_limit_at_midnight_is_the_end_of_the_day_before():
    first_of_july = datetime(2020, 6, 30, 16)
    assert say_limit(first_of_july, "Asia/Shanghai", "zh") == "2020年6月30日24:00前"
    assert say_limit(first_of_july, "Asia/Shanghai", "en") == "by the end of 30 June 2020"
    assert say_limit(datetime(2020, 6, 18, 2), "Asia/Shanghai", "en") == "before 18 June 2020 10:00"


@pytest.mark.parametrize(
    ("duration", "zh", "en"),
    [
        (timedelta(hours=24), "24小时", "24 hours"),
        (timedelta(hours=48), "48小时", "48 hours"),
        (timedelta(days=3), "3天", "3 days"),
        (timedelta(days=3, minutes=1), "3天1分钟", "3 days 1 minute"),
        (timedelta(minutes=90), "1小时30分钟", "1 hour 30 minutes"),
        (timedelta(0), "0小时", "0 hours"),
        (-timedelta(hours=2), "-2小时", "-2 hours"),
    ],
)
def test_a_duration_is_said_in_its_largest_units(duration, zh, en):
    assert (say_duration(duration, "zh"), say_duration(duration, "en")) == (zh, en)


def test_one_day_is_no_plural():
    assert (say_days(1, "en"), say_days(14, "en"), say_days(14, "zh")) == ("1 day", "14 days", "14天")
    assert (say_months(12, "en"), say_months(1, "en"), say_months(12, "zh")) == (
        "12 months",
        "1 month",
        "12个月",
    )
