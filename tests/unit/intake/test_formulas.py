"""Texts that a spreadsheet would run are made harmless where they go out, and come back exactly."""

from __future__ import annotations

import duckdb
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from sizao.intake.formulas import LIVE, harmless, restored, restored_sql
from unit.intake.desk import Desk, counts

SIGNS = st.text("'=+-@＝＋－＠\t\ra1 ", max_size=6)


@given(SIGNS)
def test_every_text_comes_back_and_none_that_goes_out_is_live(text: str) -> None:
    outside = harmless(text)
    assert not outside.startswith(LIVE)
    assert restored(outside) == text


@given(st.lists(SIGNS, min_size=1, max_size=20))
def test_the_engine_restores_as_python_does(texts: list[str]) -> None:
    with duckdb.connect(":memory:") as connection:
        connection.execute("CREATE TABLE cells (place INTEGER, cell VARCHAR)")
        connection.executemany("INSERT INTO cells VALUES (?, ?)", list(enumerate(texts)))
        found = connection.execute(f"SELECT {restored_sql('cell')} FROM cells ORDER BY place").fetchall()
    assert [text for (text,) in found] == [restored(text) for text in texts]


def test_a_record_that_looks_like_a_formula_is_taken_from_text_and_workbook_alike(desk: Desk) -> None:
    rows = [["person", "died_on", "area", "source_record"], ["p1", "2020-03-01", "a", "=1+1"]]
    path = desk.folder / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                page.write_string(number, place, cell)
    assert counts(desk.take(path, fact="deaths")) == (1, 1, 0, 0)
    assert desk.rows("deaths", "source_record") == [("=1+1",)]
    text = desk.put("sheet.csv", "person,died_on,area,source_record\np1,2020-03-01,a,'=1+1\n")
    assert counts(desk.take(text, fact="deaths")) == (1, 0, 1, 0)
