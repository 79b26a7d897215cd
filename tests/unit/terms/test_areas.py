"""Areas, operating calendars, code lists."""

from __future__ import annotations

from datetime import date

import pytest

from sizao.terms.areas import ancestors, is_area, is_within
from sizao.terms.calendars import OPERATING_WEEKDAYS, operates_on
from sizao.terms.codes import CODE_LISTS, OFFICE_TASK_LEVEL


def test_the_ancestors_of_an_area_begin_with_itself():
    assert ancestors("cn/51/5113") == ["cn/51/5113", "cn/51", "cn"]


def test_an_area_whose_name_only_begins_alike_lies_elsewhere():
    assert is_within("cn/51/5113", "cn/51")
    assert is_within("cn/51", "cn/51")
    assert not is_within("cn/512", "cn/51")
    assert not is_within("cn", "cn/51")


@pytest.mark.parametrize("path", ["", "/cn", "cn/", "cn//51", "cn/5 1"])
def test_a_text_with_an_empty_part_or_a_space_is_no_area(path):
    assert not is_area(path)
    assert is_area("cn/51/南充")


def test_a_place_open_on_weekdays_is_closed_on_saturday():
    friday, saturday, sunday = date(2020, 6, 19), date(2020, 6, 20), date(2020, 6, 21)
    assert [operates_on("weekdays", day) for day in (friday, saturday, sunday)] == [True, False, False]
    assert [operates_on("monday_to_saturday", day) for day in (saturday, sunday)] == [True, False]
    assert operates_on("every_day", sunday)


def test_every_operating_calendar_is_a_code_and_every_code_a_calendar():
    assert set(OPERATING_WEEKDAYS) == set(CODE_LISTS["operating_calendars"].names())


def test_every_task_of_an_office_has_a_level_of_area():
    assert set(OFFICE_TASK_LEVEL) == set(CODE_LISTS["office_tasks"].names())
    assert set(OFFICE_TASK_LEVEL.values()) <= set(CODE_LISTS["area_levels"].names())


@pytest.mark.parametrize("codes", CODE_LISTS.values(), ids=lambda codes: codes.name)
def test_every_code_stands_once_and_is_labelled_in_both_languages(codes):
    assert len(set(codes.names())) == len(codes.codes)
    assert codes.open or codes.codes
    for code in codes.codes:
        assert any("一" <= letter <= "鿿" for letter in code.label.zh)
        assert code.label.en.isascii()


def test_an_unknown_code_is_refused_with_the_codes_of_the_list():
    assert CODE_LISTS["grades"].label_of("high").zh == "高风险"
    with pytest.raises(KeyError, match="low, medium, high"):
        CODE_LISTS["grades"].label_of("red")
