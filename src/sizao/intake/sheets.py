"""Reading a sheet (CSV, XLSX, Parquet) as text cells with the line each row stands on.

Nothing is guessed silently: the encoding and the separator that were used are part of the sheet and of the
receipt. A sheet that cannot be read whole is refused whole, because a part that looks complete is how
positives were once lost to a row limit.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn
from zipfile import BadZipFile, ZipFile

import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook

from sizao.intake.problems import IntakeRefused, Problem, nearest
from sizao.terms.words import Words

SEPARATORS = (",", ";", "\t", "|")
MARKED_ENCODINGS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
OTHER_ENCODINGS = ("gb18030", "big5")
# Data rows a spreadsheet can hold under its header: the old format, the new one, and the same without a
# header.
SPREADSHEET_LIMITS = frozenset({65_535, 65_536, 1_048_575, 1_048_576})
LARGEST_UNPACKED = 4 << 30  # bytes an XLSX may hold when unpacked
LINE = "line_of_sheet"  # beside the columns of the sheet and of facts; none of them is called so

csv.field_size_limit(1 << 24)


@dataclass(frozen=True)
class Sheet:
    """A sheet as read: one text column per header, trimmed, an empty cell is NULL."""

    name: str
    columns: tuple[str, ...]
    cells: pa.Table  # the columns, in order, all of type string
    lines: pa.Array  # int64: the line (CSV) or row (XLSX, Parquet) where the row begins
    sent: int  # data rows of the file, those with a wrong number of cells included
    blank: int  # lines without any cell filled: not rows
    ragged: tuple[Problem, ...]  # rows with a wrong number of cells, one problem each
    sha256: str
    encoding: str | None
    separator: str | None

    @property
    def remark(self) -> Words | None:
        """A warning when the number of rows is exactly what a spreadsheet can hold."""
        if self.sent not in SPREADSHEET_LIMITS:
            return None
        return Words(
            f"恰好 {self.sent} 行，是电子表格的行数上限，可能被截断，请核对原始行数",
            f"exactly {self.sent} rows, the most a spreadsheet holds: check that nothing was cut off",
        )


def read_sheet(
    path: Path, *, encoding: str | None = None, separator: str | None = None, page: str | None = None
) -> Sheet:
    """The sheet in the file at `path`; IntakeRefused when it cannot be read whole.

    CSV: UTF-8 unless a byte order mark or `encoding` says otherwise; the separator is the one of `,` `;`
    tab `|` that splits the header most, unless given. XLSX: the first page, or `page`. Parquet: one
    table.
    """
    ending = path.suffix.lower()
    if ending == ".xls":
        _refuse(path, "old_spreadsheet", ".xls", *_OLD_SPREADSHEET)
    content = path.read_bytes()
    if not content.strip():
        _refuse(path, "empty_file", None, *_EMPTY_FILE)
    if ending == ".xlsx":
        return _read_xlsx(path, content, page)
    if ending == ".parquet":
        return _read_parquet(path, content)
    return _read_csv(path, content, encoding, separator)


def headers_of_pages(path: Path) -> dict[str, tuple[str, ...]]:
    """The pages of a workbook with their first filled line; none for any other file."""
    if path.suffix.lower() != ".xlsx":
        return {}
    book = CalamineWorkbook.from_path(path)
    pages: dict[str, tuple[str, ...]] = {}
    for name in book.sheet_names:
        rows = (
            [_cell_text(cell).strip() for cell in row] for row in book.get_sheet_by_name(name).to_python()
        )
        pages[name] = tuple(next((row for row in rows if any(row)), []))
    return pages


def _read_csv(path: Path, content: bytes, encoding: str | None, separator: str | None) -> Sheet:
    encoding = encoding or _encoding_of(path, content)
    try:
        text = content.decode(encoding)
    except (UnicodeDecodeError, LookupError) as cause:
        raise _wrong_encoding(path, content, encoding, cause) from cause
    header_line = next(line for line in text.splitlines() if line.strip())
    separator = separator or max(SEPARATORS, key=header_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    blank = 0
    begins = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(row)
                lines.append(begins)
            else:
                blank += 1
            begins = reader.line_num + 1
    except csv.Error:
        _refuse(path, "cut_off", None, *_CUT_OFF, line=begins)
    ended = text.endswith(("\n", "\r"))
    if len(rows) > 1 and not ended and len(rows[-1]) < len(rows[0]):
        _refuse(path, "cut_off", separator.join(rows[-1]), *_CUT_OFF, line=lines[-1])
    return _sheet(path, content, rows, lines, blank, encoding, separator)


def _encoding_of(path: Path, content: bytes) -> str:
    for mark, name in MARKED_ENCODINGS:
        if content.startswith(mark):
            return name
    if b"\0" in content[:4096]:
        _refuse(path, "wrong_encoding", "NUL byte", *_NOT_TEXT)
    return "utf-8"


def _wrong_encoding(path: Path, content: bytes, encoding: str, cause: Exception) -> IntakeRefused:
    fits = next((other for other in OTHER_ENCODINGS if other != encoding and _decodes(content, other)), None)
    line, found = None, None
    if isinstance(cause, UnicodeDecodeError):
        line = content.count(b"\n", 0, cause.start) + 1
        found = f"byte 0x{content[cause.start]:02X}"
    named = fits or "gb18030"
    return IntakeRefused(
        [
            Problem(
                "wrong_encoding",
                path.name,
                line,
                None,
                found or encoding,
                Words(f"{encoding} 编码的文字", f"text in {encoding}"),
                Words(
                    f"另存为 UTF-8，或注明编码：--encoding {named}，或映射中的 encoding: {named}",
                    f"Save the sheet as UTF-8, or name its encoding: --encoding {named}, or encoding: {named}"
                    " in the mapping.",
                ),
                fits,
            )
        ]
    )


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _read_xlsx(path: Path, content: bytes, page: str | None) -> Sheet:
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > LARGEST_UNPACKED:
            _refuse(path, "too_large", f"{unpacked} bytes unpacked", *_TOO_LARGE)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    except (BadZipFile, CalamineError):
        _refuse(path, "cut_off", None, *_NOT_XLSX)
    name = page or book.sheet_names[0]
    if name not in book.sheet_names:
        _refuse(
            path,
            "missing_page",
            name,
            Words("工作簿中的一页：" + "、".join(book.sheet_names), "a page: " + ", ".join(book.sheet_names)),
            Words("写出工作簿里有的页名", "Name a page that the workbook has."),
            near=nearest(name, book.sheet_names),
        )
    raw = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    filled = [(number, [_cell_text(cell) for cell in row]) for number, row in enumerate(raw, start=1)]
    kept = [(number, row) for number, row in filled if any(cell.strip() for cell in row)]
    if not kept:
        _refuse(path, "empty_file", None, *_EMPTY_FILE)
    rows = [row for _, row in kept]
    while rows[0] and not rows[0][-1].strip() and not any(row[-1].strip() for row in rows):
        rows = [row[:-1] for row in rows]
    return _sheet(path, content, rows, [number for number, _ in kept], len(filled) - len(kept), None, None)


def _cell_text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def _read_parquet(path: Path, content: bytes) -> Sheet:
    try:
        table = pq.read_table(pa.BufferReader(content))
    except (pa.ArrowInvalid, OSError):
        _refuse(path, "cut_off", None, *_NOT_PARQUET)
    names = [str(name) for name in table.column_names]
    _check_header(path, names, 1)
    columns = [
        _stripped([None if cell is None else _cell_text(cell) for cell in column.to_pylist()])
        for column in table.columns
    ]
    return Sheet(
        path.name,
        tuple(names),
        pa.table(columns, names=names),
        pa.array(range(1, table.num_rows + 1), pa.int64()),
        table.num_rows,
        0,
        (),
        sha256(content).hexdigest(),
        None,
        None,
    )


def _sheet(
    path: Path,
    content: bytes,
    rows: list[list[str]],
    lines: list[int],
    blank: int,
    encoding: str | None,
    separator: str | None,
) -> Sheet:
    header = [name.strip() for name in rows[0]]
    _check_header(path, header, lines[0])
    width = len(header)
    ragged = [
        _ragged(path, line, len(row), width)
        for line, row in zip(lines[1:], rows[1:], strict=True)
        if len(row) != width
    ]
    whole = [(line, row) for line, row in zip(lines[1:], rows[1:], strict=True) if len(row) == width]
    columns = [_stripped([row[at] for _, row in whole]) for at in range(width)]
    return Sheet(
        path.name,
        tuple(header),
        pa.table(columns, names=header),
        pa.array([line for line, _ in whole], pa.int64()),
        len(rows) - 1,
        blank,
        tuple(ragged),
        sha256(content).hexdigest(),
        encoding,
        separator,
    )


def _stripped(cells: Sequence[str | None]) -> pa.Array:
    """Cells without surrounding blanks (also full-width and non-breaking ones); empty cells become NULL."""
    return pa.array([(cell.strip() or None) if cell else None for cell in cells], pa.string())


def _check_header(path: Path, header: Sequence[str], line: int) -> None:
    seen: dict[str, str] = {}
    for number, name in enumerate(header, start=1):
        if not name:
            _refuse(path, "unnamed_column", None, *_UNNAMED, line=line, column=f"number {number}")
        if name.casefold() in seen:
            _refuse(path, "column_twice", name, *_COLUMN_TWICE, line=line, column=name)
        seen[name.casefold()] = name


def _ragged(path: Path, line: int, found: int, width: int) -> Problem:
    return Problem(
        "wrong_cell_count",
        path.name,
        line,
        None,
        f"{found} cells",
        Words(f"{width} 个单元格，与表头一致", f"{width} cells, as in the header"),
        Words(
            "补齐或删去多出的单元格；含分隔符的文字要加引号",
            "Add or remove cells; put text that holds the separator in quotation marks.",
        ),
    )


def _refuse(
    path: Path,
    kind: str,
    found: str | None,
    expected: Words,
    fix: Words,
    *,
    line: int | None = None,
    column: str | None = None,
    near: str | None = None,
) -> NoReturn:
    raise IntakeRefused([Problem(kind, path.name, line, column, found, expected, fix, near)])


_OLD_SPREADSHEET = (
    Words(".xlsx 或 .csv（.xls 最多 65,536 行，会截断）", ".xlsx or .csv (.xls cuts off after 65,536 rows)"),
    Words(
        "从数据来源重新导出为 .csv 或 .xlsx，并核对行数",
        "Export it again from its source as .csv or .xlsx, and compare the number of rows.",
    ),
)
_EMPTY_FILE = (
    Words("一行表头和数据行", "a header line and rows"),
    Words("重新导出该文件", "Export the file again."),
)
_CUT_OFF = (
    Words("完整的最后一行", "a complete last row"),
    Words(
        "文件在一行中间断了：重新传送整个文件，并核对行数",
        "The file ends in the middle of a row: send it again whole, and compare the number of rows.",
    ),
)
_NOT_TEXT = (
    Words("文字文件", "a text file"),
    Words(
        "另存为 UTF-8，或注明编码：--encoding utf-16，或映射中的 encoding: utf-16",
        "Save the sheet as UTF-8, or name its encoding: --encoding utf-16, or encoding: utf-16"
        " in the mapping.",
    ),
)
_NOT_XLSX = (
    Words("完整的 .xlsx 文件", "a complete .xlsx file"),
    Words("重新传送整个文件", "Send the whole file again."),
)
_NOT_PARQUET = (
    Words("完整的 Parquet 文件", "a complete Parquet file"),
    Words("重新传送整个文件", "Send the whole file again."),
)
_TOO_LARGE = (
    Words("解压后不超过 4 GiB", "at most 4 GiB when unpacked"),
    Words("分成几个文件，或改用 .csv", "Split the workbook, or send it as .csv."),
)
_UNNAMED = (
    Words("每列都有名称", "a name for every column"),
    Words("在表头写上该列名称，或删去空列", "Write the name in the header, or remove the empty column."),
)
_COLUMN_TWICE = (
    Words(
        "每个列名只出现一次（不分大小写）", "each column name once (upper and lower case count as the same)"
    ),
    Words("改名或删去其中一列", "Rename or remove one of the two."),
)
