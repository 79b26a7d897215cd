"""What the columns of one row must hold together, and what makes a row a record of its own."""

from __future__ import annotations

from datetime import date, datetime

import pyarrow as pa
import pytest

from sizao.facts.completion import Defaults, complete
from sizao.facts.declaration import ColumnType
from sizao.facts.dictionary import FACTS
from sizao.facts.row_checks import broken, checks_of, columns_in, demand
from sizao.facts.schemas import arrow_schema, own_columns

WAIVER = {
    "obligation": "0123456789abcdef" * 2,
    "rule": None,
    "about": "p1",
    "from_at": datetime(2020, 3, 1),
    "until_at": datetime(2020, 3, 2),
    "ground": "medical",
    "decided_by": "officer-1",
    "decided_office": "cdc-1",
    "approved_by": "officer-2",
    "approved_office": "command-1",
}


def said_of(fact, row):
    """What is wrong with one row, in English."""
    schema = arrow_schema(fact)
    given = pa.table({name: pa.array([value], schema.field(name).type) for name, value in row.items()})
    return [words.en for _, words in complete(FACTS[fact], given, Defaults("Asia/Shanghai", "cn"))[1]]


def test_a_waiver_of_two_persons_of_two_offices_for_one_obligation_or_one_rule_is_taken():
    assert said_of("waivers", WAIVER) == []
    assert said_of("waivers", {**WAIVER, "obligation": None, "rule": "r"}) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"approved_by": "officer-1"}, "approved_by to differ from decided_by"),
        ({"approved_office": "cdc-1"}, "approved_office to differ from decided_office"),
        ({"approved_by": None}, "'approved_by' must be an identifier, but is empty"),
        ({"approved_office": None}, "'approved_office' must be an identifier, but is empty"),
        ({"obligation": None}, "at least one of obligation, rule to be given"),
        ({"obligation": "0123456789ABCDEF" * 2}, "32 hexadecimal digits in small letters"),
        ({"obligation": "0123456789ab"}, "32 hexadecimal digits in small letters"),
        ({"obligation": "0123456789abcdef" * 2 + "\n"}, "32 hexadecimal digits in small letters"),
        ({"until_at": datetime(2020, 3, 1)}, "until_at later than from_at"),
    ],
)
def test_a_waiver_that_can_never_count_is_refused(changed, words):
    (said,) = said_of("waivers", {**WAIVER, **changed})
    assert words in said


@pytest.mark.parametrize("fact", ["adoptions", "standing_instructions"])
def test_nobody_approves_what_he_decided_himself(fact):
    words = "Expected approved_by to differ from adopted_by."
    assert words in said_of(fact, {"adopted_by": "q1", "approved_by": "q1"})
    assert words not in said_of(fact, {"adopted_by": "q1", "approved_by": "q2"})


def test_a_retraction_may_leave_its_own_columns_empty():
    row = {"source_record": "w1", "source_version": 2, "action": "retract", "reason": "mistaken"}
    assert said_of("waivers", row) == []


def test_every_fact_with_a_period_demands_its_order_and_an_open_end_is_no_mistake():
    for one in FACTS.values():
        names = {column.name for column in own_columns(one)}
        for begins, ends in (("from_on", "until_on"), ("from_at", "until_at")):
            if {begins, ends} <= names:
                assert (ends, begins) in [columns_in(check) for check in checks_of(one)]
    day = date(2020, 1, 2)
    row = {"person": "p", "located_in": "cn", "from_on": day}
    assert said_of("stays", {**row, "until_on": None}) == []
    assert said_of("stays", {**row, "until_on": day}) == ["Expected until_on later than from_on."]


def test_checks_name_columns_of_their_fact_and_say_what_they_demand_in_both_languages():
    for one in FACTS.values():
        names = {column.name for column in own_columns(one)}
        empty = arrow_schema(one.name).empty_table()
        assert list(broken(one, empty)) == []
        for check in checks_of(one):
            assert set(columns_in(check)) <= names
            assert demand(check).zh != demand(check).en


@pytest.mark.parametrize("one", FACTS.values(), ids=lambda one: one.name)
def test_chinese_headings_of_a_fact_are_short_and_no_two_are_the_same(one):
    headings = [column.heading for column in one.columns]
    assert len(set(headings)) == len(headings)
    assert all(headings)
    assert not any(sign in heading for heading in headings for sign in "()（）;；:：")


@pytest.mark.parametrize(
    "fact",
    [one for one in FACTS.values() if any(not column.required for column in one.columns)],
    ids=lambda one: one.name,
)
def test_rows_that_differ_in_an_optional_column_only_are_two_records(fact):
    first = {one.name: example(one.declared, "1") for one in own_columns(fact)}
    for column in own_columns(fact):
        if not column.declared.required:
            first[column.name] = None
    schema = arrow_schema(fact.name)
    for column in own_columns(fact):
        if not column.declared.required:
            second = {**first, column.name: example(column.declared, "2")}
            given = pa.table(
                {name: pa.array([first[name], second[name]], schema.field(name).type) for name in first}
            )
            keys = complete(fact, given, Defaults("Asia/Shanghai", "cn"))[0].select(["key_hi", "key_lo"])
            assert keys.slice(0, 1) != keys.slice(1, 1), column.name


def example(column, number):
    """Some value of the column's type."""
    day = date(2020, 1, int(number))
    return {
        ColumnType.DATE: day,
        ColumnType.IMPRECISE_DATE: day,
        ColumnType.INSTANT: datetime(2020, 1, int(number)),
        ColumnType.NUMBER: float(number),
        ColumnType.COUNT: int(number),
        ColumnType.FLAG: number == "1",
    }.get(column.type, f"x{number}")
