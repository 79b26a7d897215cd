"""Sheets of several kinds give the same cells, and say which line each row stands on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from sizao import intake
from sizao.intake.sheets import SPREADSHEET_LIMITS, Sheet, read_sheet
from unit.intake.desk import Desk, counts

TEXT = "person,died_on,area\np1,2020-03-01,甲/乙\n"


@pytest.mark.parametrize(
    ("content", "encoding", "separator"),
    [
        (TEXT.encode(), "utf-8", ","),
        (TEXT.encode("utf-8-sig"), "utf-8-sig", ","),
        (TEXT.encode("utf-16"), "utf-16", ","),
        (TEXT.replace(",", ";").encode(), "utf-8", ";"),
        (TEXT.replace(",", "\t").encode(), "utf-8", "\t"),
        (TEXT.replace("\n", "\r\n").encode(), "utf-8", ","),
        (("\n" + TEXT + ",,\n\n").encode(), "utf-8", ","),
    ],
)
def test_text_files_of_several_kinds_give_the_same_cells(
    desk: Desk, content: bytes, encoding: str, separator: str
) -> None:
    sheet = read_sheet(desk.put("sheet.csv", content))
    assert sheet.cells.to_pylist() == [{"person": "p1", "died_on": "2020-03-01", "area": "甲/乙"}]
    assert (sheet.sent, sheet.encoding, sheet.separator) == (1, encoding, separator)


def test_another_encoding_is_read_when_it_is_named(desk: Desk) -> None:
    path = desk.put("sheet.csv", TEXT.encode("gb18030"))
    assert read_sheet(path, encoding="gb18030").cells["area"].to_pylist() == ["甲/乙"]


def test_a_row_is_found_on_its_line_although_cells_before_it_hold_line_ends(desk: Desk) -> None:
    sheet = read_sheet(desk.put("sheet.csv", 'person,note\np1,"two\nlines"\n\np2,one\n'))
    assert sheet.lines.to_pylist() == [2, 5]
    assert sheet.blank == 1


def workbook(path: Path) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("cases")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        page.write_row(0, 0, ["person", "checked_at", "temperature", "symptoms", "area"])
        page.write(1, 0, 101)
        page.write_datetime(1, 1, datetime(2020, 3, 1, 8, 30), day)
        page.write(1, 2, 36.5)
        page.write_boolean(1, 3, True)
        page.write(1, 4, "a")
        book.add_worksheet("notes").write(0, 0, "nothing")
    return path


def test_a_workbook_gives_numbers_days_and_yes_or_no_as_a_person_would_write_them(desk: Desk) -> None:
    sheet = read_sheet(workbook(desk.folder / "sheet.xlsx"))
    assert sheet.cells.to_pylist() == [
        {
            "person": "101",
            "checked_at": "2020-03-01 08:30:00",
            "temperature": "36.5",
            "symptoms": "true",
            "area": "a",
        }
    ]
    assert counts(desk.take(desk.folder / "sheet.xlsx", fact="health_checks", zone="UTC")) == (1, 1, 0, 0)
    assert desk.rows("health_checks", "checked_at", "temperature", "symptoms") == [
        (datetime(2020, 3, 1, 8, 30), 36.5, True)
    ]


def test_a_parquet_file_is_a_sheet_too(desk: Desk) -> None:
    path = desk.folder / "sheet.parquet"
    pq.write_table(pa.table({"person": ["p1"], "died_on": [date(2020, 3, 1)], "area": ["a"]}), path)
    assert counts(desk.take(path, fact="deaths")) == (1, 1, 0, 0)
    assert desk.rows("deaths", "died_on") == [(date(2020, 3, 1),)]


@pytest.mark.parametrize("rows", sorted(SPREADSHEET_LIMITS))
def test_as_many_rows_as_a_spreadsheet_holds_are_remarked_on(desk: Desk, rows: int) -> None:
    sheet: Sheet = read_sheet(desk.put("sheet.csv", TEXT))
    assert sheet.remark is None
    remark = replace(sheet, sent=rows).remark
    assert remark is not None
    assert str(rows) in remark.en


def book_of(path: Path, pages: dict[str, list[list[str]]]) -> Path:
    """A workbook with these pages."""
    with xlsxwriter.Workbook(path) as book:
        for name, rows in pages.items():
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
    return path


NOTES = [["填表说明"], ["每行一人"]]
DEATHS_PAGE = [["有关人员", "died_on", "area"], ["p1", "2020-03-01", "a"]]


def test_a_workbook_that_begins_with_notes_says_which_page_has_the_columns(desk: Desk) -> None:
    path = book_of(desk.folder / "book.xlsx", {"说明": NOTES, "other": [["x"]], "数据": DEATHS_PAGE})
    with pytest.raises(intake.IntakeRefused) as refused:
        desk.take(path, fact="deaths")
    problem = refused.value.problems[0]
    assert (problem.kind, problem.found, problem.nearest) == ("wrong_page", "说明", "数据")
    assert "The workbook has other, 数据 too: name one by --page" in problem.text()
    assert counts(desk.take(path, fact="deaths", page="数据")) == (1, 1, 0, 0)


def test_a_first_page_that_only_lacks_a_column_is_not_taken_for_another_one(desk: Desk) -> None:
    path = book_of(desk.folder / "book.xlsx", {"cases": [["person", "area"], ["p1", "a"]], "说明": NOTES})
    with pytest.raises(intake.IntakeRefused) as refused:
        desk.take(path, fact="deaths")
    assert [problem.kind for problem in refused.value.problems] == ["missing_column"]
