"""No file that this product makes runs anything in a spreadsheet, and what was in it comes back exactly.

The exports are found in the code (`found`): one that nobody states here fails the first test. Each states the
maker that puts the payloads through it, or why no text of somebody else gets into it as a cell.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from django.http import HttpRequest
from python_calamine import CalamineWorkbook

from payloads import FORMULAS, live
from shell.desks.conftest import HERE, browser, obligation  # noqa: F401 - fixtures
from shell.exported.found import places
from sizao.cli.grade_lists import write_grades, write_unmatched
from sizao.cli.screen import as_csv
from sizao.intake.formulas import restored
from sizao.terms.words import Words
from sizao_web.desks.account import partner_days
from sizao_web.desks.policy import tables
from sizao_web.desks.watch import charts
from sizao_web.pages import exports
from sizao_web.records.access.scope import scope_of
from sizao_web.records.actions import deliver
from sizao_web.records.deliveries import storing

SRC = Path(__file__).resolve().parents[3] / "src"
ROWS = [f"{one}" for one in FORMULAS]


class City:
    """What makers have at hand."""

    def __init__(self, folder: Path, worker: Any, browse: Any, put: Any, moment: Any) -> None:
        self.folder, self.worker, self.browse, self.put, self.moment = folder, worker, browse, put, moment


def csv_cells(content: bytes) -> list[str]:
    """Every cell below the heading, as a spreadsheet program reads the file."""
    text = content.decode("utf-8-sig")
    return [cell for row in list(csv.reader(io.StringIO(text, newline="")))[1:] for cell in row]


def xlsx_cells(content: bytes) -> list[str]:
    """Every text of a workbook; no part of it holds a formula, a link or a connection."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            assert not re.search(rb"<f[ >/]|<hyperlink|<ddeLink|externalLink|t=\"str\"", parts.read(name)), (
                name
            )
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    pages = [book.get_sheet_by_index(place).to_python() for place in range(len(book.sheet_names))]
    return [cell for page in pages for row in page[1:] for cell in row if isinstance(cell, str)]


def content_of(response: Any) -> bytes:
    """Read, not closed: closing would end the connection of the test."""
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content) if response.streaming else bytes(response.content)


# -- makers: each yields the texts that went in and the cells that came out ---------------------------

Made = tuple[Sequence[str], Sequence[str]]


def _list(city: City) -> Iterator[Made]:
    for payload in FORMULAS:
        city.put(payload)
    reader = city.browse(city.worker)
    yield FORMULAS, csv_cells(content_of(reader.get("/lists/obligations/to-do/?as=csv")))
    workbook = xlsx_cells(content_of(reader.get("/lists/obligations/to-do/?as=xlsx")))
    assert not any(one not in workbook for one in FORMULAS if "\r" not in one), (
        "as they are, never as formulas"
    )


def _policy(city: City) -> Iterator[Made]:
    one = SimpleNamespace(since=date(2020, 1, 1), value="1", unit="", mark="S", running=None, rules=[])
    rows = [SimpleNamespace(**{**vars(one), "name": text, "source": text}) for text in FORMULAS]
    pack: Any = SimpleNamespace(policy=SimpleNamespace(pack="drill"))
    yield FORMULAS, csv_cells(tables.parameters_file(rows, pack).content)  # type: ignore[arg-type]


def _public(city: City) -> Iterator[Made]:
    """Notices and contacts, whose words an office typed."""
    file = exports.table_file("notices", [Words("标题", "title")], [[text] for text in FORMULAS])
    yield FORMULAS, csv_cells(file.content)


def _rejected(city: City) -> Iterator[Made]:
    """Rows that were not taken, with the cells as they came: from a sheet that another program wrote."""
    held = io.StringIO(newline="")
    writer = csv.writer(held)
    writer.writerow(["person", "checked_at", "symptoms", "source_record"])
    writer.writerows([text, "no day", "false", str(place)] for place, text in enumerate(FORMULAS))
    scope = scope_of(city.worker.assignments.get())
    with storing.as_sender(scope):
        sheet = held.getvalue().encode()
        received = deliver.receive(scope, city.moment, name="=1+1.csv", content=sheet, fact="health_checks")
    done = deliver.take_in(received.id, city.moment)
    assert done.rejected == len(FORMULAS), done.problems
    content = content_of(city.browse(city.worker).get(f"/deliveries/{done.pk}/rejected/"))
    # Blanks around a cell are no part of it where a sheet is read.
    yield [restored(one) for one in FORMULAS if one == one.strip()], csv_cells(content)


def _command(city: City) -> Iterator[Made]:
    """`--csv` and `--out` of sizao derive, codes and grade."""
    table = pa.table({"person": pa.array([*FORMULAS, None]), "n": pa.array(range(len(FORMULAS) + 1))})
    as_csv(table, city.folder / "answer.csv")
    yield FORMULAS, csv_cells((city.folder / "answer.csv").read_bytes())


def _lists_of_areas(city: City) -> Iterator[Made]:
    """`sizao grade match`: area_grades.csv and unmatched.csv."""
    write_unmatched(city.folder / "unmatched.csv", {(one, one, one): 1 for one in FORMULAS})
    yield FORMULAS, csv_cells((city.folder / "unmatched.csv").read_bytes())
    days = {"from_on": date(2020, 1, 1), "until_on": date(2020, 2, 1)}
    rows: Any = [SimpleNamespace(graded=one, grade="high", **days) for one in FORMULAS]
    write_grades(city.folder / "grades.csv", rows, [], root="drill", lowest="low", by="office")
    yield FORMULAS, csv_cells((city.folder / "grades.csv").read_bytes())


def _asked(city: City) -> Any:
    """A request of the worker's."""
    request: Any = HttpRequest()
    request.scope, request.moment = scope_of(city.worker.assignments.get()), city.moment
    return request


def _partner_days(city: City) -> Iterator[Made]:
    """The lines of a partner's day: names of files, numbers of records."""
    none = dict.fromkeys(partner_days.WHICH, 0)
    lines: Any = [SimpleNamespace(kind="file", what=one, number=one, rows=1, **none) for one in FORMULAS]
    answer = partner_days._file(_asked(city), "partner", date(2020, 1, 1), lines)
    yield FORMULAS, csv_cells(content_of(answer))


def _charts(city: City) -> Iterator[Made]:
    """The days of a chart: whom it is about, as the records call them."""
    names = ("tested", "found", "expected", "lower", "upper", "verdict")
    day: Any = SimpleNamespace(day=date(2020, 1, 1), **dict.fromkeys(names))
    for one in FORMULAS:
        yield (one,), csv_cells(content_of(charts._file(_asked(city), "positivity", one, [day])))


def _tables(city: City) -> Iterator[Made]:
    """What pages write that hold their whole list: rules, what the public reads, partners' days, charts."""
    for maker in (_policy, _public, _partner_days, _charts):
        yield from maker(city)


MAKERS: dict[str, Callable[[City], Iterator[Made]]] = {
    "sizao_web/pages/exports:_csv": _list,
    "sizao_web/pages/exports:_xlsx": _list,
    "sizao_web/pages/exports:table_file": _tables,
    "sizao_web/desks/everyone/delivering:rejected": _rejected,
    "sizao/cli/screen:as_csv": _command,
    "sizao/cli/grade_lists:write_unmatched": _lists_of_areas,
    "sizao/cli/grade_lists:write_grades": _lists_of_areas,
}
"""Where cells are written that somebody else may have typed, and what puts the payloads through it."""

NO_CELLS = {
    "sizao_web/pages/exports:file": "sends what _csv or _xlsx made",
    "sizao_web/pages/exports:": "types of content",
    "sizao_web/gateway/batches:": "types of content that come in",
    "sizao_web/desks/everyone/delivering:receipt": "JSON that is signed: no spreadsheet reads it as cells",
    "sizao_web/desks/supervision/photos:show": "a picture",
    "sizao/cli/deriving:write_answer": "run.json, JSON; sheets are made by as_csv",
    "sizao/cli/intakes:intake": "a receipt, JSON",
    "sizao/cli/intakes:_keep": "the sheet itself, as it came in",
    "sizao/cli/notices:notice_command": "a page to print, whose words are escaped",
    "sizao/store/folder:alone_in": "a lock",
    "sizao_web/command/assets:collect": "a digest",
    "sizao_web/command/backup:backup": "JSON of counts",
    "sizao_web/command/backup:_note_made": "JSON of counts",
    "sizao_web/command/database:note_migrated": "a digest",
    "sizao_web/command/demonstration:_made": "JSON of digests",
    "sizao_web/demo/building:_sheets": "sheets of the invented city, for its own intake",
    "sizao_web/demo/day:made_at": "JSON of a moment",
    "sizao_web/records/bulk:store": "into the database, by COPY",
    "sizao_web/records/bulk:write_csv": "into the database, by COPY",
    "sizao_web/records/deliveries/rows:write_rows": "into the database, by COPY",
    "sizao_web/records/deliveries/storing:_arriving": "into the database, by COPY",
    "sizao_web/records/ledger/staging:copy_in": "into the database, by COPY",
    "sizao_web/settings/embedded:_run": "the log of the database's server",
}
"""Where files are made in which nobody else's text stands as a cell, and why."""


def test_every_place_that_makes_a_file_says_what_becomes_of_formulas() -> None:
    found, stated = set(places(SRC)), {*MAKERS, *NO_CELLS}
    assert not found - stated, "a new export: give it a maker here, or say why it has no cells"
    assert not stated - found, "what is gone is stated no more"


def test_fifty_payloads_and_more() -> None:
    assert len(FORMULAS) == len(set(FORMULAS)) >= 50


@pytest.fixture
def city(tmp_path: Path, person_in_office: Any, browser: Any, obligation: Any, moment: Any) -> City:  # noqa: F811
    return City(tmp_path, person_in_office("community", HERE), browser, obligation, moment)


@pytest.mark.parametrize("maker", dict.fromkeys(MAKERS.values()), ids=lambda one: one.__name__.strip("_"))
def test_no_payload_is_live_in_a_file_and_each_comes_back(
    city: City, maker: Callable[[City], Iterator[Made]]
) -> None:
    for given, cells in maker(city):
        assert not [cell for cell in cells if live(cell)]
        back = {restored(cell) for cell in cells}
        assert not [text for text in given if text not in back]


def test_control_an_export_that_writes_texts_as_they_are_is_noticed(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("pages.exports", "desks.everyone.delivering"):
        monkeypatch.setattr(f"sizao_web.{module}.harmless", lambda text: text)
    monkeypatch.setattr("sizao.cli.screen.harmless", lambda text: text)
    monkeypatch.setattr("sizao.cli.grade_lists.harmless", lambda text: text)
    for maker in dict.fromkeys(MAKERS.values()):
        assert any(live(cell) for _, cells in maker(city) for cell in cells), maker.__name__
