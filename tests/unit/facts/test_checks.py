"""One value of a fact: taken, or refused with what was expected."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from sizao.facts.checks import Problem, check_code, read_value
from sizao.facts.schemas import stored_columns


def column(fact, name):
    return next(one for one in stored_columns(fact) if one.name == name)


@pytest.mark.parametrize(
    ("fact", "name", "text", "value"),
    [
        ("arrivals", "person", " p1 ", "p1"),
        ("arrivals", "arrived_on", "2020-06-18", date(2020, 6, 18)),
        ("arrivals", "origin", "cn/11", "cn/11"),
        ("arrivals", "origin", "", None),
        ("arrivals", "conveyance", "plane", "plane"),
        ("classifications", "onset_latest", "2020-01-22", date(2020, 1, 22)),
        ("samples", "taken_at", "2020-06-18T08:00:00+08:00", datetime(2020, 6, 18)),
        ("samples", "taken_at", "2020-06-18 08:00", datetime(2020, 6, 18, 8)),
        ("samples", "taken_at", "2020-06-18T08:00:00Z", datetime(2020, 6, 18, 8)),
        ("health_checks", "temperature", "37.3", 37.3),
        ("health_checks", "symptoms", "否", False),
        ("health_checks", "symptoms", "TRUE", True),
        ("institution_reports", "absent", "0", 0),
        ("waivers", "ground", "whatever_the_pack_says", "whatever_the_pack_says"),
    ],
)
def test_a_right_text_gives_its_value(fact, name, text, value):
    assert read_value(column(fact, name), text) == value


@pytest.mark.parametrize(
    ("fact", "name", "text"),
    [
        ("arrivals", "person", "  "),
        ("arrivals", "arrived_on", "18.06.2020"),
        ("arrivals", "arrived_on", "2020-02-30"),
        ("arrivals", "arrived_on", "0020-06-18"),
        ("samples", "taken_at", "9999-12-31T23:59:59Z"),
        ("arrivals", "origin", "cn//11"),
        ("samples", "taken_at", "yesterday"),
        ("samples", "taken_at", "2020-06-18"),
        ("health_checks", "temperature", "nan"),
        ("health_checks", "temperature", "warm"),
        ("institution_reports", "absent", "1.5"),
        ("institution_reports", "absent", "1_000"),
        ("institution_reports", "absent", "9" * 19),
        ("health_checks", "symptoms", "maybe"),
    ],
)
def test_a_wrong_text_gives_a_problem_that_says_what_was_expected(fact, name, text):
    problem = read_value(column(fact, name), text)
    assert isinstance(problem, Problem)
    assert problem.column == name
    assert problem.expected.en in problem.say("en")
    assert problem.expected.zh in problem.say("zh")


@pytest.mark.parametrize(("text", "nearest"), [("Plain", "plane"), ("飞机", "plane"), ("zzz", None)])
def test_an_unknown_code_names_the_nearest_by_code_or_label(text, nearest):
    problem = read_value(column("arrivals", "conveyance"), text)
    assert isinstance(problem, Problem)
    assert problem.nearest == nearest
    assert ("Did you mean" in problem.say("en")) == (nearest is not None)


def test_a_code_is_checked_without_reading_it():
    assert check_code(column("arrivals", "declared"), "pushed") is None
    problem = check_code(column("arrivals", "declared"), "push")
    assert problem is not None
    assert problem.nearest == "pushed"
