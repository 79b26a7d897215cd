"""Facts as sentences: every column a sentence names is there, and what is missing leaves no hole."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from drawn import facts
from sizao.facts.readings import fact_or_reading
from sizao.facts.schemas import arrow_schema
from sizao.obligations.recorded import Recorded, Row
from sizao.obligations.telling import SENTENCES, Teller
from sizao.terms.words import Words


def teller(language: str) -> Teller:
    return Teller(
        language, "Asia/Shanghai", {"cn/11": Words("乙市", "City B")}, {"medical": Words("因病", "Illness")}
    )


def row(fact: str, **values: Any) -> Row:
    table = facts(fact, {"id": "r1", **values})
    return Recorded({fact: table}, known_by=datetime(2030, 1, 1)).all(fact)[0]


@pytest.mark.parametrize("fact", sorted(SENTENCES))
def test_a_sentence_names_only_columns_of_its_fact_and_all_that_must_not_be_empty(fact: str) -> None:
    columns = {column.name: column.required for column in fact_or_reading(fact).columns}
    for language in ("zh", "en"):
        named = set(re.findall(r"{(\w+)}|~(\w+)~", SENTENCES[fact].get(language)))
        names = {name for pair in named for name in pair if name}
        assert names <= set(columns), f"{fact} has no {names - set(columns)}"
        assert {name for name, required in columns.items() if required} <= names | {"counts_upward"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_empty_leaves_no_hole(language: str) -> None:
    stay = row("stays", person="p1", located_in="cn/11", from_on=date(2020, 6, 1))
    said = teller(language).fact(stay)
    assert (
        said
        == {
            "zh": "人员p1自2020年6月1日起在乙市（cn/11）停留，未记录离开",
            "en": "Person p1 stayed in City B (cn/11) from 1 June 2020; no departure is recorded",
        }[language]
    )


def test_how_a_case_was_found_and_how_two_met_are_named_before_they_are_told() -> None:
    case = row(
        "classifications",
        **{"person": "p1", "case": "c1", "class": "confirmed", "classified_on": date(2020, 6, 20)},
        found_by="quarantine",
    )
    met = row(
        "exposures",
        person="p2",
        case_person="p1",
        case="c1",
        kind="unknown",
        first_on=date(2020, 6, 18),
        last_on=date(2020, 6, 19),
    )
    assert teller("en").fact(case).endswith(", how found: during quarantine")
    assert teller("zh").fact(case).endswith("，发现途径：隔离观察期间")
    assert teller("en").fact(met).endswith(" (kind of contact: not known)")
    assert teller("zh").fact(met).endswith("有接触，接触方式：不明")


@pytest.mark.parametrize(
    ("language", "days", "one_day"),
    [
        ("en", " from 18 June 2020 to 19 June 2020 ", " on 18 June 2020 "),
        ("zh", "于2020年6月18日至2020年6月19日有接触", "于2020年6月18日有接触"),
    ],
)
def test_days_from_one_to_the_same_are_told_as_one_day(language: str, days: str, one_day: str) -> None:
    def said(last_on: date) -> str:
        pair = {"person": "p2", "case_person": "p1", "case": "c1", "kind": "meal"}
        return teller(language).fact(row("exposures", **pair, first_on=date(2020, 6, 18), last_on=last_on))

    assert days in said(date(2020, 6, 19))
    assert one_day in said(date(2020, 6, 18))


def test_an_onset_known_to_the_month_is_told_as_a_span() -> None:
    case = row(
        "classifications",
        **{"person": "p1", "case": "c1", "class": "confirmed", "classified_on": date(2020, 6, 20)},
        onset_earliest=date(2020, 6, 1),
        onset_latest=date(2020, 7, 1),
    )
    assert "onset some day from 1 June 2020 to 30 June 2020" in teller("en").fact(case)


def test_who_somebody_is_and_of_which_household_is_told_without_naming_the_columns() -> None:
    person = row("people", person="p1", sex="female", birth_year=1982)
    member = row("households", household="h1", person="p1", from_on=date(2019, 1, 1))
    assert teller("zh").fact(person) == "人员p1，女，1982年出生"
    assert teller("en").fact(person) == "Person p1, female, born 1982"
    assert teller("zh").fact(member) == "人员p1自2019年1月1日起为家庭h1成员"
    assert teller("en").fact(member) == "Person p1 has belonged to household h1 since 1 January 2019"


def test_a_fact_without_a_sentence_of_its_own_is_told_column_by_column() -> None:
    assert "medicine_sales" not in SENTENCES
    sale = row("medicine_sales", person="p1", place="s1", medicine="cough", sold_at=datetime(2020, 6, 1))
    said = teller("en").fact(sale)
    assert "person p1" in said
    assert "cough medicine" in said
    assert "1 June 2020" in said


def test_an_order_says_who_must_be_where_until_when_and_who_hears_an_appeal() -> None:
    order = row(
        "orders",
        order="o1",
        person="p1",
        place="central",
        ground_rule="r1",
        appeal_to="hc",
        from_on=date(2020, 6, 1),
        until_on=date(2020, 6, 15),
    )
    assert teller("en").fact(order) == (
        "Person p1 was ordered into central quarantine from 1 June 2020 until 15 June 2020 "
        "(order o1, by rule r1; appeals to office hc)"
    )


def test_a_ground_is_said_in_the_words_of_the_pack_and_an_unknown_one_as_it_stands() -> None:
    assert teller("zh").code("waiver_grounds", "medical") == "因病"
    assert teller("zh").code("waiver_grounds", "weather") == "weather"


def test_every_fact_of_the_dictionary_can_be_told_even_when_it_says_nothing() -> None:
    from sizao.facts.dictionary import FACTS

    for name in FACTS:
        empty = {field.name: None for field in arrow_schema(name)}
        said = teller("en").fact(Row(name, "0" * 32, empty, datetime(2020, 1, 1)))
        assert isinstance(said, str)


def test_a_place_is_named_with_its_number_and_one_without_a_name_by_its_number() -> None:
    names = {"school/1": Words("乙小学", "School B")}
    for language, named, unnamed in (
        ("zh", "乙小学（school/1）", "场所school/2"),
        ("en", "School B (school/1)", "place school/2"),
    ):
        telling = replace(teller(language), place_name=names.get)
        assert telling.named("place", "school/1") == named
        assert telling.named("place", "school/2") == unnamed
        assert telling.named("person", "school/1") != named, "a person is never told by the name of a place"
