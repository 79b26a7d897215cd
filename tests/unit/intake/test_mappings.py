"""What a mapping can say: codes, formats, precision, several columns to one fact, one row to several."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from sizao import intake
from unit.intake.desk import Desk, counts

HEAD = """mapping: test
zone: Asia/Taipei
source_system: s
defaults: {known_at: {constant: "2020-06-01"}, area: {constant: a}}
"""


def test_codes_of_the_sheet_become_codes_of_the_dictionary_and_an_empty_cell_may_mean_one(desk: Desk) -> None:
    mapping = (
        HEAD
        + """facts:
  - fact: people
    key: "{id}"
    columns: {person: id, sex: {column: g, codes: {F: female, M: male, "": unknown}}}
"""
    )
    receipt = desk.take("id,g\n1,F\n2,\n3,X\n", mapping=mapping)
    assert counts(receipt) == (3, 2, 0, 1)
    assert desk.rows("people", "person", "sex") == [("1", "female"), ("2", "unknown")]


@pytest.mark.parametrize(
    ("cell", "first", "after"),
    [
        ("2020-01-21", date(2020, 1, 21), date(2020, 1, 22)),
        ("2020-02", date(2020, 2, 1), date(2020, 3, 1)),
        ("2019", date(2019, 1, 1), date(2020, 1, 1)),
        ("2020-01-18/2020-01-21", date(2020, 1, 18), date(2020, 1, 22)),
        ("21.1.2020", date(2020, 1, 21), date(2020, 1, 22)),
    ],
)
def test_a_date_is_kept_as_precise_as_it_is_stated(desk: Desk, cell: str, first: date, after: date) -> None:
    mapping = (
        HEAD
        + """facts:
  - fact: classifications
    key: "{id}"
    columns:
      person: id
      case: "c{id}"
      class: {constant: confirmed}
      classified_on: {constant: "2020-05-01"}
      onset: {column: onset, formats: [YYYY-MM-DD, D.M.YYYY]}
"""
    )
    assert counts(desk.take(f"id,onset\n1,{cell}\n", mapping=mapping)) == (1, 1, 0, 0)
    assert desk.rows("classifications", "onset_earliest", "onset_latest") == [(first, after)]


@pytest.mark.parametrize("cell", ["2020-13", "2020-01-21/2020-01-18", "early May"])
def test_an_imprecise_date_that_cannot_be_is_rejected(desk: Desk, cell: str) -> None:
    mapping = (
        HEAD
        + """facts:
  - fact: stays
    key: "{id}"
    columns: {person: id, located_in: {constant: b}, from_on: {column: since, edge: earliest}}
"""
    )
    assert counts(desk.take(f"id,since\n1,{cell}\n", mapping=mapping)) == (1, 0, 0, 1)


def test_the_edge_of_an_imprecise_date_is_the_one_the_mapping_names(desk: Desk) -> None:
    mapping = (
        HEAD
        + """facts:
  - fact: stays
    key: "{id}"
    derived: {zh: 推定, en: assumed}
    columns:
      person: id
      located_in: {constant: b}
      from_on: {column: month, edge: earliest}
      until_on: {date: {column: month, edge: latest}, plus_days: 1}
"""
    )
    receipt = desk.take("id,month\n1,2020-02\n", mapping=mapping)
    assert desk.rows("stays", "from_on", "until_on", "derived") == [
        (date(2020, 2, 1), date(2020, 3, 1), True)
    ]
    assert receipt.derived["stays"][0].en == "assumed"


def test_one_row_gives_several_facts_and_the_parts_of_a_cell_give_one_each(desk: Desk) -> None:
    mapping = (
        HEAD
        + """facts:
  - {fact: people, key: "{id}", columns: {person: id}}
  - fact: stays
    repeat: [{n: "1"}, {n: "2"}]
    split: {column: places<n>, by: ","}
    key: "{id}/<n>/{item|slug}"
    columns: {person: id, located_in: "visited/{item|slug}", from_on: day<n>}
"""
    )
    sheet = (
        "id,places1,day1,places2,day2\n"
        '1,"North Bay, East / West",2020-01-02,South,2020-01-03\n'
        "2,,,South,2020-01-04\n"
    )
    receipt = desk.take(sheet, mapping=mapping)
    assert counts(receipt) == (2, 2, 0, 0)
    assert sorted(desk.rows("stays", "person", "located_in")) == [
        ("1", "visited/East-West"),
        ("1", "visited/North-Bay"),
        ("1", "visited/South"),
        ("2", "visited/South"),
    ]


def test_several_columns_give_one_value_the_first_or_the_earliest_of_them(desk: Desk) -> None:
    mapping = (
        HEAD
        + """facts:
  - fact: exposures
    key: "{id}"
    columns:
      person: id
      case: {constant: c}
      case_person: {constant: p}
      kind: {constant: unknown}
      first_on: {earliest: [onset, report]}
      last_on: {first_of: [report, confirmed]}
"""
    )
    desk.take(
        "id,onset,report,confirmed\n1,2020-01-05,2020-01-04,2020-01-09\n2,2020-01-01,,2020-01-03\n",
        mapping=mapping,
    )
    assert desk.rows("exposures", "first_on", "last_on") == [
        (date(2020, 1, 4), date(2020, 1, 4)),
        (date(2020, 1, 1), date(2020, 1, 3)),
    ]


def test_a_day_without_an_hour_gets_the_one_that_the_mapping_names(desk: Desk) -> None:
    mapping = (
        HEAD
        + """facts:
  - fact: samples
    key: "{id}"
    columns: {sample: "s{id}", taken_at: {column: taken, at: "09:00"}, kind: {constant: single}}
"""
    )
    desk.take(
        "id,taken\n1,2020-01-05\n2,2020-01-05 10:30\n3,2020-01-05T10:30Z\n4,2020-01-05 10:30+01:00\n",
        mapping=mapping,
    )
    assert [taken for (taken,) in desk.rows("samples", "taken_at")] == [
        datetime(2020, 1, 5, 1),
        datetime(2020, 1, 5, 2, 30),
        datetime(2020, 1, 5, 10, 30),
        datetime(2020, 1, 5, 9, 30),
    ]


def test_a_value_assigned_from_a_list_is_always_the_same_for_the_same_identifier(desk: Desk) -> None:
    mapping = (
        HEAD
        + """facts:
  - fact: residences
    key: "{id}/{n}"
    columns:
      person: id
      located_in: {assigned: {by: "{id}", among: [a/1, a/2, a/3]}}
      from_on: {constant: "2020-01-01"}
"""
    )
    rows = "".join(f"p{number},{turn}\n" for turn in (1, 2) for number in range(30))
    desk.take("id,n\n" + rows, mapping=mapping)
    homes = [home for (home,) in desk.rows("residences", "located_in")]
    assert homes[:30] == homes[30:]
    assert set(homes) == {"a/1", "a/2", "a/3"}


def test_a_date_that_goes_back_in_a_numbered_list_is_taken_from_the_next_number(desk: Desk) -> None:
    mapping = (
        HEAD
        + """computed:
  announced: {in_order: {date: dated, number: id}}
facts:
  - {fact: deaths, key: "{id}", columns: {person: "p{id}", died_on: announced}}
"""
    )
    desk.take("id,dated\n4,2020-02-15\n3,2020-02-03\n2,2020-02-09\n1,2020-02-08\n", mapping=mapping)
    assert sorted(desk.rows("deaths", "person", "died_on")) == [
        ("p1", date(2020, 2, 8)),
        ("p2", date(2020, 2, 9)),
        ("p3", date(2020, 2, 15)),
        ("p4", date(2020, 2, 15)),
    ]


def test_words_for_not_stated_count_as_empty_cells(desk: Desk) -> None:
    mapping = (
        HEAD
        + """empty: [x, n/a]
facts:
  - fact: deaths
    when: [{column: died, given: true}]
    key: "{id}"
    columns: {person: id, died_on: died}
  - {fact: people, key: "{id}", columns: {person: id}}
"""
    )
    assert counts(desk.take("id,died\n1,x\n2,2020-01-01\n3,n/a\n", mapping=mapping)) == (3, 3, 0, 0)
    assert desk.rows("deaths", "person") == [("2",)]


def test_rows_that_a_person_should_know_of_are_taken_and_named(desk: Desk) -> None:
    mapping = (
        HEAD
        + """remarks:
  - when: [{column: a, same_as: b}]
    say: {zh: 自身相连, en: joined to itself}
facts:
  - {fact: merges, key: "{a}/{b}", columns: {person: a, same_as: b}}
"""
    )
    receipt = desk.take("a,b\np1,p2\np3,p3\n", mapping=mapping)
    assert counts(receipt) == (2, 2, 0, 0)
    assert [(one.say.en, one.count, one.lines) for one in receipt.remarks] == [("joined to itself", 1, (3,))]


def test_cells_of_another_sheet_are_looked_up_beside_it(desk: Desk) -> None:
    desk.put("cases.csv", "number,confirmed\n17,2020-03-01\n")
    mapping = (
        HEAD
        + """look_ups:
  case: {file: cases.csv, key: "I{number}", by: "{case}", required_when: []}
facts:
  - {fact: deaths, key: "{case}", columns: {person: case, died_on: case.confirmed}}
"""
    )
    receipt = desk.take("case\nI17\nI18\n", mapping=mapping)
    assert counts(receipt) == (2, 1, 0, 1)
    assert desk.rows("deaths", "died_on") == [(date(2020, 3, 1),)]
    (problem,) = receipt.rejected[0].problems
    assert (problem.kind, problem.column, problem.found, problem.nearest) == (
        "unknown_reference",
        "case",
        "I18",
        "I17",
    )


def test_a_look_up_without_its_file_is_refused_where_the_mapping_names_it(desk: Desk) -> None:
    mapping = (
        HEAD
        + """look_ups:
  case: {file: casse.csv, key: "I{number}", by: "{case}"}
facts:
  - {fact: deaths, key: "{case}", columns: {person: case, died_on: case.confirmed}}
"""
    )
    desk.put("cases.csv", "number,confirmed\n17,2020-03-01\n")
    with pytest.raises(intake.IntakeRefused) as refused:
        desk.take("case\nI17\n", mapping=mapping)
    (problem,) = refused.value.problems
    assert (problem.kind, problem.file, problem.line, problem.nearest) == (
        "missing_file",
        "map.yaml",
        6,
        "cases.csv",
    )


SWABS = (
    HEAD
    + """facts:
  - fact: samples
    key: "{No.}"
    columns:
      sample: "s{No.}"
      kind: {constant: single}
      taken_at: {column: Swab, formats: [D.M.YYYY], at: "09:00"}
"""
)


def test_a_day_in_another_format_is_told_the_format_of_the_mapping(desk: Desk) -> None:
    receipt = desk.take("No.,Swab\n1,2020-03-25\n", mapping=SWABS)
    (problem,) = receipt.rejected[0].problems
    assert problem.expected.en == "a day written D.M.YYYY, or a moment written YYYY-MM-DD HH:MM"
    assert "formats of the mapping" in problem.fix.en


def test_a_column_misspelt_in_the_mapping_is_mended_there(desk: Desk) -> None:
    with pytest.raises(intake.IntakeRefused) as refused:
        desk.take("No.,Swap\n1,25.3.2020\n", mapping=SWABS)
    assert [problem.fix.en for problem in refused.value.problems] == [
        "Write Swap in map.yaml, or rename the column of the sheet to Swab."
    ]
