"""Sheets in the dictionary's own columns: headed by name or in Chinese, a record made of each row."""

from __future__ import annotations

from datetime import datetime

import pytest

from sizao import intake
from sizao.facts.declaration import Column, ColumnType
from sizao.facts.dictionary import FACTS
from sizao.facts.schemas import own_columns
from sizao.intake.templates import headings
from sizao.store.folder import open_folder
from sizao.terms.codes import CODE_LISTS
from unit.intake.desk import Desk, counts

WAIVERS = "rule,about,from_at,until_at,ground,decided_by,decided_office,approved_by,approved_office,area\n"


def waiver(about: str, approved_by: str = "q2") -> str:
    return f"r,{about},2020-03-01 08:00,2020-03-02 08:00,medical,q1,o1,{approved_by},o2,a\n"


def test_two_waivers_by_one_decider_at_one_moment_for_two_persons_are_two(desk: Desk) -> None:
    receipt = desk.take(WAIVERS + waiver("I2") + waiver("I3") + waiver("I2"), fact="waivers")
    assert counts(receipt) == (3, 2, 1, 0)
    assert desk.rows("waivers", "about") == [("I2",), ("I3",)]


def test_a_waiver_that_one_person_approves_for_himself_is_rejected_with_the_cell(desk: Desk) -> None:
    receipt = desk.take(WAIVERS + waiver("I2") + waiver("I3", approved_by="q1"), fact="waivers")
    assert counts(receipt) == (2, 1, 0, 1)
    (problem,) = receipt.rejected[0].problems
    assert (problem.line, problem.column, problem.found) == (3, "approved_by", "q1")
    assert problem.expected.en == "approved_by to differ from decided_by"


def test_a_row_that_breaks_a_check_contradicts_nobody(desk: Desk) -> None:
    sheet = (
        "person,located_in,from_on,until_on,source_record,area\n"
        "p1,b,2020-03-05,2020-03-01,s1,a\n"
        "p1,b,2020-03-05,2020-03-09,s1,a\n"
    )
    receipt = desk.take(sheet, fact="stays")
    assert counts(receipt) == (2, 1, 0, 1)
    assert receipt.by_kind() == {"wrong_order": 1}
    assert receipt.facts["stays"].record() == {"sent": 2, "stored": 1, "merged": 0, "rejected": 1}


def test_a_version_adopted_twice_at_two_moments_is_two_records(desk: Desk) -> None:
    sheet = (
        "pack,rule,version,adopted_by,approved_by,happened_at,area\n"
        "p,r,0123456789ab,q1,q2,2020-03-01 08:00,a\n"
        "p,r,0123456789ab,q1,q2,2020-04-01 08:00,a\n"
    )
    assert counts(desk.take(sheet, fact="adoptions")) == (2, 2, 0, 0)


def test_a_correction_must_name_the_record_that_it_corrects(desk: Desk) -> None:
    sheet = (
        "person,died_on,area,source_record,source_version,action\n"
        "p1,2020-03-01,a,,1,record\n"
        "p1,2020-03-02,a,,2,replace\n"
    )
    receipt = desk.take(sheet, fact="deaths")
    assert counts(receipt) == (2, 1, 0, 1)
    assert receipt.by_kind() == {"missing_record": 1}


@pytest.mark.parametrize("fact", ["areas", "deaths", "health_checks", "places", "sample_members"])
def test_a_row_without_a_record_gets_the_same_one_in_a_sheet_and_in_a_folder(desk: Desk, fact: str) -> None:
    columns = [column for column in own_columns(FACTS[fact]) if column.declared.required]
    sheet = ",".join(column.name for column in columns) + "\n"
    sheet += ",".join(example(column.declared) for column in columns) + "\n"
    folder = desk.folder / "facts"
    folder.mkdir()
    moments = sheet.replace(" 08:00", "T08:00:00Z")
    (folder / f"{fact}.csv").write_text(moments, encoding="utf-8")
    assert counts(desk.take(moments, fact=fact, area="a")) == (1, 1, 0, 0)
    opened = open_folder(folder, zone="Asia/Shanghai", area="a")[fact]
    assert desk.rows(fact, "source_record") == [(row["source_record"],) for row in opened.to_pylist()]


def example(column: Column) -> str:
    """Some text that the column takes."""
    if column.codes is not None:
        return CODE_LISTS[column.codes].names()[0]
    return {
        ColumnType.DATE: "2020-03-01",
        ColumnType.INSTANT: "2020-03-01 08:00",
        ColumnType.COUNT: "3",
        ColumnType.NUMBER: "36.5",
        ColumnType.FLAG: "true",
    }.get(column.type, "x1")


def test_a_sheet_may_be_headed_in_chinese(desk: Desk) -> None:
    receipt = desk.take(
        "有关人员,停留区域,到达日期,离开次日,来源记录,记录地\np1,b,2020-03-05,,s1,a\n", fact="stays"
    )
    assert counts(receipt) == (1, 1, 0, 0)
    assert desk.rows("stays", "person", "located_in", "until_on", "source_record", "area") == [
        ("p1", "b", None, "s1", "a")
    ]


def test_a_mistake_under_a_chinese_heading_is_named_by_that_heading(desk: Desk) -> None:
    receipt = desk.take("有关人员,死亡日期,area\np1,2020-02-30,a\n", fact="deaths")
    assert [problem.column for problem in receipt.rejected[0].problems] == ["死亡日期"]
    sheet = "有关人员,停留区域,到达日期,离开次日,area\np1,b,2020-03-05,2020-03-01,a\n"
    (problem,) = desk.take(sheet, fact="stays").rejected[0].problems
    assert problem.expected.zh == "离开次日 晚于 到达日期"


def test_headings_may_be_mixed_with_full_or_half_width_brackets_and_an_own_column_comes_first() -> None:
    found = headings("waivers", ["终止时间(不含)", "起始时间", "理由", "rule", "reason"])
    assert found == {
        "rule": "rule",
        "from_at": "起始时间",
        "until_at": "终止时间(不含)",
        "ground": "理由",
        "reason": "reason",
    }


def test_a_heading_that_is_given_twice_is_refused_as_a_column_nobody_reads(desk: Desk) -> None:
    with pytest.raises(intake.IntakeRefused) as refused:
        desk.take("person,有关人员,died_on,area\np1,p2,2020-02-03,a\n", fact="deaths")
    assert [(one.kind, one.column) for one in refused.value.problems] == [("extra_column", "有关人员")]


def test_a_sheet_without_a_moment_of_knowledge_became_known_when_it_was_taken_in(desk: Desk) -> None:
    desk.take("person,died_on,area\np1,2020-03-01,a\n", fact="deaths", at=datetime(2020, 5, 1))
    assert desk.rows("deaths", "known_at", "derived") == [(datetime(2020, 5, 1), False)]
