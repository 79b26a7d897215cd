"""A whole sheet as text cells with the line each row stands on, read in a process apart (`apart`).

Nothing is guessed silently: the encoding and the separator that were used are part of the sheet and of the
receipt. A sheet that cannot be read whole is refused whole, because a part that looks complete is how
positives were once lost to a row limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from sizao.intake.apart import pages_of, reading
from sizao.intake.pieces import LINE as LINE
from sizao.intake.pieces import Piece
from sizao.intake.problems import Problem
from sizao.terms.words import Words

# Data rows a spreadsheet can hold under its header: the old format, the new one, and the same without a
# header.
SPREADSHEET_LIMITS = frozenset({65_535, 65_536, 1_048_575, 1_048_576})


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

    What it is (CSV, XLSX, JSON, NDJSON, Parquet) is told by its content. CSV: UTF-8 unless a byte order mark
    or `encoding` says otherwise; the separator is the one of `,` `;` tab `|` that splits the header most,
    unless given. XLSX: the first page, or `page`.
    """
    with path.open("rb") as file:
        return sheet_in(file, path.name, encoding=encoding, separator=separator, page=page)


def sheet_in(
    file: BinaryIO,
    name: str,
    *,
    encoding: str | None = None,
    separator: str | None = None,
    page: str | None = None,
) -> Sheet:
    """`read_sheet` of a file that is open already."""
    digest = digest_of(file)
    with reading(file, name, encoding=encoding, separator=separator, page=page) as found:
        pieces = list(found.pieces())
        head, end = found.head, found.end
    assert end is not None
    columns = head.columns
    whole = sheet_of(name, columns, pieces, digest, head.encoding, head.separator)
    return replace(whole, blank=end.blank)


def digest_of(file: BinaryIO) -> str:
    """SHA-256 of the whole file in hexadecimal digits."""
    file.seek(0)
    found = sha256()
    while block := file.read(1 << 20):
        found.update(block)
    return found.hexdigest()


def sheet_of(
    name: str,
    columns: Sequence[str],
    pieces: Sequence[Piece],
    sha256: str,
    encoding: str | None,
    separator: str | None,
) -> Sheet:
    """Some pieces of a file as a sheet of its own."""
    schema = pa.schema([pa.field(LINE, pa.int64()), *(pa.field(column, pa.string()) for column in columns)])
    table = pa.concat_tables([schema.empty_table(), *(piece.cells for piece in pieces)])
    ragged = tuple(problem for piece in pieces for problem in piece.ragged)
    return Sheet(
        name,
        tuple(columns),
        table.drop_columns([LINE]),
        table[LINE].combine_chunks(),
        table.num_rows + len(ragged),
        0,
        ragged,
        sha256,
        encoding,
        separator,
    )


def headers_of_pages(path: Path) -> dict[str, tuple[str, ...]]:
    """The pages of a workbook with their first filled line; none for any other file."""
    with path.open("rb") as file:
        return pages_of(file, path.name)
