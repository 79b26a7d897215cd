"""Workbooks (.xlsx): looked through as a package before anything unpacks them, then read page by page.

Everything that makes a workbook more than a table of values is refused whole: macros, passwords, document
types and entities, other files before, behind or inside it, parts that unpack to more than they say.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from python_calamine import CalamineError, CalamineWorkbook

from sizao.intake.formulas import quoted_in_workbook
from sizao.intake.limits import Limits
from sizao.intake.pieces import End, Head, Piece, Pieces, Row, check_header
from sizao.intake.problems import nearest
from sizao.intake.refusing import (
    CELLS,
    EMPTY_FILE,
    ENCRYPTED,
    ENTITIES,
    MACROS,
    NOT_A_SHEET,
    NOT_ONLY_XLSX,
    NOT_XLSX,
    PARTS,
    ROWS,
    TIMES,
    UNPACKED,
    refuse,
    too_large,
)
from sizao.terms.words import Words

_END, _END_SIZE = b"PK\x05\x06", 22
_CONTENT_TYPES = "[Content_Types].xml"
_SHEET_TYPE = b"spreadsheetml.sheet.main+xml"
_READ = 1 << 18
# In any of the encodings that XML may have; a workbook that Office writes has neither.
_DECLARATIONS = tuple(
    word.encode(encoding)
    for word in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("ascii", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
)
_FLAG_ENCRYPTED = 0x1


def read_workbook(
    name: str, file: BinaryIO, page: str | None, limits: Limits
) -> Iterator[Head | Piece | End]:
    """The rows of the first page, or of `page`."""
    book = _opened(name, file, limits)
    title = page or book.sheet_names[0]
    if title not in book.sheet_names:
        refuse(
            name,
            "missing_page",
            title,
            Words("工作簿中的一页：" + "、".join(book.sheet_names), "a page: " + ", ".join(book.sheet_names)),
            Words("写出工作簿里有的页名", "Name a page that the workbook has."),
            near=nearest(title, book.sheet_names),
        )
    sheet = _sheet(name, book, title)
    height, width = int(sheet.total_height), int(sheet.total_width)
    if height > limits.workbook_rows:
        too_large(name, ROWS, height, limits.workbook_rows)
    if height * width > limits.cells:
        too_large(name, CELLS, height * width, limits.cells)
    rows = _Filled(sheet)
    first = next(rows, None)
    if first is None:
        refuse(name, "empty_file", None, *EMPTY_FILE)
    line, header = first
    # A column that was only coloured once counts as there for the format; without a heading and cells it is
    # not.
    kept = max((at + 1 for at, cell in enumerate(header) if cell), default=0)
    spilt = _widest(sheet, line) if kept < len(header) else kept
    columns = [*header[:kept], *([""] * (max(spilt, kept) - kept))]
    check_header(name, columns, line, limits)
    yield Head(tuple(columns))
    pieces = Pieces(name, tuple(columns), limits)
    yield from pieces.of(Row(number, cells[:kept]) for number, cells in rows)
    yield pieces.end(rows.blank)


def pages_of_workbook(name: str, file: BinaryIO, limits: Limits) -> dict[str, list[str]]:
    """The pages with their first filled line."""
    book = _opened(name, file, limits)
    found: dict[str, list[str]] = {}
    for title in book.sheet_names:
        first = next(_Filled(_sheet(name, book, title)), None)
        found[title] = [] if first is None else first[1]
    return found


class _Filled:
    """The rows that have a filled cell, with their numbers; `blank` counts the others."""

    def __init__(self, sheet: Any) -> None:
        # iter_rows begins at the first row that is there; the rows of the format above it are empty.
        start = sheet.start[0] if sheet.start else 0
        self.blank = start
        self._left = enumerate(sheet.iter_rows(), start=start + 1)
        self._before = sheet.start[1] if sheet.start else 0

    def __iter__(self) -> _Filled:
        return self

    def __next__(self) -> tuple[int, list[str]]:
        for number, row in self._left:
            cells = [""] * self._before + [_text(cell) for cell in row]
            if any(cells):
                return number, cells
            self.blank += 1
        raise StopIteration


def _widest(sheet: Any, header_line: int) -> int:
    """One more than the last column that any row below the header fills."""
    return max((at + 1 for _, row in _Filled(sheet) for at, cell in enumerate(row) if cell), default=0)


def _sheet(name: str, book: CalamineWorkbook, title: str) -> Any:
    try:
        return book.get_sheet_by_name(title)
    except CalamineError:
        refuse(name, "cut_off", None, *NOT_XLSX)


def _opened(name: str, file: BinaryIO, limits: Limits) -> CalamineWorkbook:
    _look_through(name, file, limits)
    file.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(file)
    except (CalamineError, OSError, ValueError):
        refuse(name, "cut_off", None, *NOT_XLSX)
    if not book.sheet_names:
        refuse(name, "empty_file", None, *EMPTY_FILE)
    return book


def _look_through(name: str, file: BinaryIO, limits: Limits) -> None:
    try:
        with ZipFile(file) as package:
            parts = package.infolist()
            _check_shape(name, file, package, parts)
            _check_sizes(name, file, parts, limits)
            kinds = _check_names(name, package, parts)
            if _SHEET_TYPE not in kinds:
                refuse(name, "not_a_sheet", "ZIP", *NOT_A_SHEET)
            for part in parts:
                _unpack(name, package, part, limits)
    except (BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, UnicodeDecodeError):
        refuse(name, "cut_off", None, *NOT_XLSX)


def _check_shape(name: str, file: BinaryIO, package: ZipFile, parts: list[ZipInfo]) -> None:
    """Nothing stands before the first part, and nothing behind the end of the package."""
    file.seek(0, 2)
    size = file.tell()
    end = size - _END_SIZE - len(package.comment)
    file.seek(max(end, 0))
    ends_there = file.read(4) == _END
    first = min((part.header_offset for part in parts), default=-1)
    if not ends_there or first != 0 or package.comment:
        refuse(name, "more_than_a_workbook", None, *NOT_ONLY_XLSX)


def _check_sizes(name: str, file: BinaryIO, parts: list[ZipInfo], limits: Limits) -> None:
    if len(parts) > limits.parts:
        too_large(name, PARTS, len(parts), limits.parts)
    unpacked = sum(part.file_size for part in parts)
    if unpacked > limits.unpacked:
        too_large(name, UNPACKED, unpacked, limits.unpacked)
    for part in parts:
        if part.file_size > 1 << 20 and part.file_size > limits.ratio * max(part.compress_size, 1):
            too_large(name, TIMES, part.file_size // max(part.compress_size, 1), limits.ratio)
    # Parts that lie over one another: a few bytes packed once and counted often.
    file.seek(0, 2)
    if sum(part.compress_size for part in parts) > file.tell():
        refuse(name, "more_than_a_workbook", None, *NOT_ONLY_XLSX)


def _check_names(name: str, package: ZipFile, parts: list[ZipInfo]) -> bytes:
    """The part that says of which kinds the others are."""
    names = [part.filename for part in parts]
    if len({one.casefold() for one in names}) != len(names) or any(_leads_out(one) for one in names):
        refuse(name, "more_than_a_workbook", None, *NOT_ONLY_XLSX)
    if any(part.flag_bits & _FLAG_ENCRYPTED for part in parts):
        refuse(name, "encrypted", None, *ENCRYPTED)
    if _CONTENT_TYPES not in names:
        refuse(name, "not_a_sheet", "ZIP", *NOT_A_SHEET)
    kinds = package.open(_CONTENT_TYPES).read(1 << 20)
    low = kinds.lower()
    if b"macroenabled" in low or b"vbaproject" in low or any("vbaproject" in one.casefold() for one in names):
        refuse(name, "macros", "vbaProject", *MACROS)
    if any(re.search(r"(^|/)(macrosheets|embeddings|activex)/", one.casefold()) for one in names):
        refuse(name, "macros", "macrosheets / embeddings", *MACROS)
    return kinds


def _leads_out(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name or "\0" in name


def _unpack(name: str, package: ZipFile, part: ZipInfo, limits: Limits) -> None:
    """Unpack a part to nowhere: its length and checksum are right, and it declares no entities."""
    tail, found = b"", 0
    with package.open(part) as opened:
        while block := opened.read(_READ):
            found += len(block)
            if found > part.file_size or found > limits.unpacked:
                refuse(name, "more_than_a_workbook", None, *NOT_ONLY_XLSX)
            seen = (tail + block).upper()
            if any(one in seen for one in _DECLARATIONS):
                refuse(name, "entities", "<!DOCTYPE", *ENTITIES)
            tail = block[-64:]
    if found != part.file_size:
        refuse(name, "cut_off", None, *NOT_XLSX)


def _text(cell: Any) -> str:
    return quoted_in_workbook(cell.strip()) if isinstance(cell, str) else cell_text(cell).strip()


def cell_text(cell: Any) -> str:
    """A cell as a person would write it."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)
