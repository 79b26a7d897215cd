"""Nobody is asked twice for what is on record (D2-83)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sizao.facts.columns import PERSON, UNTIL_ON, code, day, identifier, instant, number, text
from sizao.facts.declaration import Fact
from sizao.facts.dictionary import FACTS
from sizao.facts.register import CONCEPTS, REUSES, answers, asked_twice
from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words

pytestmark = pytest.mark.orders("D2-83")

ALL = tuple(FACTS.values())


def _fact(name: str, *columns: object, event: str) -> Fact:
    return Fact(name, Words(name, name), (PERSON, *columns), event, ("person",), given_by=("community",))  # type: ignore[arg-type]


def test_no_two_facts_ask_one_subject_the_same_thing() -> None:
    assert not [str(pair) for pair in asked_twice(answers())]


def test_a_planted_form_that_asks_again_is_found_under_another_name() -> None:
    planted = _fact(
        "employer_forms",
        day("from_on", "起始日期", "first day"),
        text("dwelling", "常住区域", "where the worker lives", required=False),
        code("trade", "occupations", "工种", "trade"),
        event="from_on",
    )
    found = {(pair.first.name, pair.second.name) for pair in asked_twice(answers((*ALL, planted)))}
    assert found == {
        ("residences.located_in", "employer_forms.dwelling"),
        ("occupations.occupation", "employer_forms.trade"),
    }
    assert all("REUSES" in str(pair) for pair in asked_twice(answers((*ALL, planted))))


def test_what_a_form_takes_over_it_does_not_ask() -> None:
    planted = _fact("badges", code("trade", "occupations", "工种", "trade"), UNTIL_ON, event="happened_at")
    assert asked_twice(answers((*ALL, planted)))
    reuses = {**REUSES, "badges.trade": "occupations.occupation"}
    assert not asked_twice(answers((*ALL, planted), reuses=reuses))


def test_a_temperature_measured_at_two_moments_is_two_things_and_at_one_day_twice_the_same() -> None:
    warmth = number("warmth", "体温", "body temperature", unit="°C")
    again = _fact("gate_checks", instant("at", "时间", "moment"), warmth, event="at")
    assert not asked_twice(answers((*ALL, again)))
    daily = [_fact(name, day("on", "日期", "day"), warmth, event="on") for name in ("mornings", "noons")]
    found = {(pair.first.name, pair.second.name) for pair in asked_twice(answers(daily))}
    assert found == {("mornings.on", "noons.on"), ("mornings.warmth", "noons.warmth")}


def test_the_same_question_about_another_kind_of_subject_is_another_question() -> None:
    about_office = replace(
        _fact("office_forms", code("trade", "occupations", "工种", "trade"), event="happened_at"),
        columns=(
            identifier("office", "office", "机构", "office"),
            code("trade", "occupations", "工种", "trade"),
        ),
        subjects=("office",),
    )
    assert not asked_twice(answers((*ALL, about_office)))


def test_what_is_declared_of_answers_is_of_answers_that_there_are() -> None:
    register = {one.name: one for one in answers()}
    assert set(CONCEPTS) <= set(register)
    for taken, owner in REUSES.items():
        assert register[owner].reuses is None, (
            f"{taken} is taken over from {owner}, which is taken over itself"
        )
        assert register[taken].concept == register[owner].concept, f"{taken} and {owner} ask different things"


def test_every_answer_has_an_owner_whose_office_is_known() -> None:
    known = CODE_LISTS["office_tasks"].names()
    assert [one.name for one in answers() if one.owner not in known] == []
