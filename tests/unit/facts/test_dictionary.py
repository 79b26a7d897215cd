"""The dictionary: what every declaration must hold."""

from __future__ import annotations

import pyarrow as pa
import pytest

from sizao.facts.declaration import ColumnType
from sizao.facts.dictionary import COMMON, FACTS, fact
from sizao.facts.readings import PARTS, READINGS, fact_or_reading, key_fact
from sizao.facts.schemas import arrow_schema, create_table, empty_tables, own_columns, sql_columns
from sizao.terms.codes import CODE_LISTS, OFFICE_TASK_LEVEL

DECLARED = {**FACTS, **READINGS}
each_declaration = pytest.mark.parametrize("one", DECLARED.values(), ids=lambda one: one.name)


def words_of(one):
    yield one.meaning
    for column in one.columns:
        yield column.meaning


@each_declaration
def test_every_meaning_is_said_in_chinese_and_english(one):
    for words in words_of(one):
        assert any("一" <= letter <= "鿿" for letter in words.zh)
        assert any(letter.isalpha() for letter in words.en)


@each_declaration
def test_event_and_subjects_are_columns(one):
    names = [column.name for column in one.columns]
    assert one.event in [*names, "happened_at"]
    assert one.subjects
    assert set(one.subjects) <= set(names)
    if one.event != "happened_at":
        event = one.column(one.event)
        assert event.required
        assert event.type in (ColumnType.DATE, ColumnType.INSTANT)


@each_declaration
def test_codes_have_a_list_identifiers_name_something_numbers_have_a_unit(one):
    for column in one.columns:
        assert (column.type is ColumnType.CODE) == (column.codes in CODE_LISTS)
        assert (column.type is ColumnType.ID) == (column.of is not None)
        assert (column.type in (ColumnType.NUMBER, ColumnType.COUNT)) == (column.unit is not None)


@each_declaration
def test_no_column_stands_twice(one):
    names = arrow_schema(one.name).names
    assert len(names) == len(set(names))


@pytest.mark.parametrize("one", FACTS.values(), ids=lambda one: one.name)
def test_whoever_gives_a_fact_is_an_office_and_it_is_kept_longer_than_a_year_of_obligations(one):
    assert one.given_by
    assert set(one.given_by) <= set(OFFICE_TASK_LEVEL)
    assert one.retention_days >= 500


def test_the_tables_have_own_columns_first_then_the_common_ones():
    names = arrow_schema("health_checks").names
    assert names[:4] == ["person", "checked_at", "temperature", "symptoms"]
    assert names[4:] == [column.name for column in COMMON]


def test_an_imprecise_date_is_two_columns():
    columns = sql_columns("classifications")
    assert (columns["onset_earliest"], columns["onset_latest"]) == ("DATE", "DATE")
    assert "onset" not in columns


def test_sql_and_arrow_name_the_same_columns_in_the_same_order():
    for name in DECLARED:
        assert list(sql_columns(name)) == arrow_schema(name).names


def test_types_are_those_that_every_engine_has():
    schema = arrow_schema("medicine_sales")
    assert schema.field("sold_at").type == pa.timestamp("us")
    assert schema.field("key_hi").type == pa.int64()
    assert create_table("deaths").startswith('CREATE TABLE deaths (\n  "person" VARCHAR,\n  "died_on" DATE,')
    assert empty_tables()["orders"].num_rows == 0


def test_an_unknown_fact_is_refused_with_the_nearest_name():
    with pytest.raises(KeyError, match="arrivals"):
        fact("arrival")
    with pytest.raises(KeyError, match="The facts are: areas"):
        fact("xyz")


def test_a_reading_rests_on_facts_and_names_its_rows_by_the_first():
    assert fact_or_reading("tests") is READINGS["tests"]
    assert fact_or_reading("deaths") is FACTS["deaths"]
    assert (key_fact("tests"), key_fact("samplings"), key_fact("deaths")) == (
        "sample_members",
        "sample_members",
        "deaths",
    )
    assert set(PARTS) == set(READINGS)
    assert all(part in FACTS for parts in PARTS.values() for part in parts)


def test_own_columns_of_a_pool_member_are_sample_and_person():
    assert [column.name for column in own_columns(fact("sample_members"))] == ["sample", "person"]
