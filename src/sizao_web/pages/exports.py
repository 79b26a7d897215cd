"""The whole of a list as a file, CSV or XLSX.

The file is written to disk before the first byte is sent, inside the request's own transaction and scope: it
arrives whole, with its number of rows in its name, or not at all. A file that breaks off in the middle would
be read as the whole list. Rows come through a cursor of the server: memory does not grow with the list.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from tempfile import TemporaryFile
from typing import IO, Any

import xlsxwriter
from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect

from sizao.intake.formulas import harmless
from sizao.terms.words import Words
from sizao_web.pages.filters import Asked
from sizao_web.pages.language import said, say
from sizao_web.pages.listing import Listing
from sizao_web.pages.telling import Telling
from sizao_web.records.actions.note_export import note_export
from sizao_web.records.reading.alarms import exports_stopped
from sizao_web.records.reading.pack import policy_in_use

STOPPED = Words(
    "导出已临时停止：见“开关”，或问指挥部。",
    "Files are stopped for a time: see Switches, or ask the command.",
)
FORMATS = ("csv", "xlsx")
CHUNK = 2_000
SHEET_ROWS = 1_048_575  # rows of an XLSX sheet below its heading; the writer drops what is beyond in silence
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def file(
    request: HttpRequest, listing: Listing, rows: QuerySet[Any], telling: Telling, asked: list[Asked]
) -> HttpResponse:
    """The file that `as` asks for; back to the list where somebody has stopped files for a time."""
    asked_else = request.GET.copy()
    (kind,) = asked_else.pop("as")[-1:]
    if no := stopped(request, f"{request.path}?{asked_else.urlencode()}"):
        return no
    held = TemporaryFile()  # noqa: SIM115 - the response closes it when it has been sent
    count = (_csv if kind == "csv" else _xlsx)(held, listing, rows, telling, asked)
    held.seek(0)
    if listing.persons:
        about = request.GET.get("about") or None
        note_export(request.scope, request.moment, listing.name, count, about=about)
    at = telling.local(request.moment)
    assert at is not None
    name = f"{listing.name}-{at:%Y-%m-%dT%H%M}-{count}-rows.{kind}"
    response = FileResponse(held, as_attachment=True, filename=name, content_type=KINDS[kind])
    response.headers["Cache-Control"] = "private, no-store"
    return response


def stopped(request: HttpRequest, back: str) -> HttpResponse | None:
    """Back to the page, with the reason, while somebody has stopped files; None while nobody has."""
    if not exports_stopped(request.moment):
        return None
    messages.error(request, said(STOPPED))
    return redirect(back)


def table_file(name: str, headings: Sequence[Words | str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A list that a page holds whole, as CSV with its number of rows in its name."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([said(one) if isinstance(one, Words) else one for one in headings])
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007
        writer.writerow([_plain(value) for value in row])
    # With a byte-order mark: see `_csv`.
    response = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type=KINDS["csv"])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{count}-rows.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _values(listing: Listing, rows: QuerySet[Any], telling: Telling) -> Iterator[list[Any]]:
    """The cells of every row, in order; labels are looked up for many rows at once."""
    columns = [column for column in listing.columns if column.in_file]
    chunk: list[Any] = []

    def told() -> Iterator[list[Any]]:
        telling.meet(chunk, areas=listing.areas, offices=listing.offices)
        yield from ([column.value(row, telling) for column in columns] for row in chunk)

    for row in rows.values(*listing.fields).iterator(chunk_size=CHUNK):
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield from told()
            chunk.clear()
    yield from told()


def _headings(listing: Listing) -> list[str]:
    return [said(column.label) for column in listing.columns if column.in_file]


def _csv(held: IO[bytes], listing: Listing, rows: QuerySet[Any], telling: Telling, asked: list[Asked]) -> int:
    """UTF-8 with a byte-order mark: without it some spreadsheets take Chinese for another encoding."""
    text = io.TextIOWrapper(held, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow(_headings(listing))
    count = 0
    for count, row in enumerate(_values(listing, rows, telling), 1):  # noqa: B007
        writer.writerow([_plain(value) for value in row])
    text.flush()
    text.detach()
    return count


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return say("是", "yes") if value else say("否", "no")
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, str):
        return harmless(value)
    return value.isoformat() if isinstance(value, date) else value


def _xlsx(
    held: IO[bytes], listing: Listing, rows: QuerySet[Any], telling: Telling, asked: list[Asked]
) -> int:
    """Sheets of at most SHEET_ROWS rows, and one that says what the list is."""
    book = xlsxwriter.Workbook(held, {"constant_memory": True})
    styles = {
        "heading": book.add_format({"bold": True, "bottom": 1}),
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        date: book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    count, sheet = 0, None
    for count, row in enumerate(_values(listing, rows, telling), 1):
        place = (count - 1) % SHEET_ROWS
        if place == 0:
            sheet = _sheet(book, listing, styles)
        for column, value in enumerate(row):
            _put(sheet, place + 1, column, value, styles)
    if sheet is None:
        _sheet(book, listing, styles)
    _about(book, listing, telling, asked, count)
    book.close()
    return count


def _sheet(book: Any, listing: Listing, styles: Any) -> Any:
    sheet = book.add_worksheet()
    headings = _headings(listing)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(headings) - 1, 20)
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading, styles["heading"])
    return sheet


def _put(sheet: Any, row: int, column: int, value: Any, styles: Any) -> None:
    """A cell of the value's own type: text is written as text and never becomes a formula, link or number."""
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_string(row, column, _plain(value))
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value, styles[datetime])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, styles[date])
    elif isinstance(value, str):
        sheet.write_string(row, column, value)
    else:
        sheet.write_number(row, column, value)


def _about(book: Any, listing: Listing, telling: Telling, asked: list[Asked], count: int) -> None:
    lines = [
        (say("清单", "list"), said(listing.title)),
        (say("行数", "rows"), str(count)),
        (say("导出时刻", "taken at"), f"{telling.local(telling.moment):%Y-%m-%d %H:%M} {telling.zone}"),
        (say("规则包", "pack"), said(policy_in_use().label)),
        *((said(one.filter.label), one.words) for one in asked if one.text),
    ]
    sheet = book.add_worksheet(say("说明", "about"))
    sheet.set_column(0, 1, 30)
    for row, (name, value) in enumerate(lines):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value)
