"""The rows of a file as they come: some thousand at a time, as text cells with the line of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sizao.intake.limits import Limits
from sizao.intake.problems import Problem
from sizao.intake.refusing import (
    CELLS,
    COLUMN_TWICE,
    COLUMNS,
    NOT_TEXT,
    ROWS,
    SIGNS,
    UNNAMED,
    refuse,
    too_large,
)
from sizao.terms.words import Words

LINE = "line_of_sheet"  # beside the columns of the sheet and of facts; none of them is called so
PIECE = 8_192  # rows handed on at a time
_PART, _EMPTY = "\x1f", "\x00"


@dataclass(frozen=True)
class Head:
    """What is known of a file before its first row."""

    columns: tuple[str, ...]
    encoding: str | None = None
    separator: str | None = None


@dataclass(frozen=True)
class Piece:
    """Some rows. cells: LINE (int64) and the columns, all of type string, trimmed, an empty cell is NULL."""

    cells: pa.Table
    ragged: tuple[Problem, ...] = ()  # rows that are no row of this sheet, one problem each


@dataclass(frozen=True)
class End:
    """What is known after the last row. content: a digest of headings and rows, whatever their order."""

    sent: int  # data rows of the file, those with a wrong number of cells included
    blank: int  # lines without any cell filled: not rows
    content: str


@dataclass(frozen=True)
class Row:
    """One row: its line and its cells; or, where it is none of this sheet, what is wrong with it."""

    line: int
    cells: Sequence[str | None]
    wrong: Problem | None = None


def check_header(name: str, header: Sequence[str], line: int, limits: Limits) -> None:
    """IntakeRefused for columns that are too many, without a name, or of one name."""
    if len(header) > limits.columns:
        too_large(name, COLUMNS, len(header), limits.columns, line=line)
    seen: set[str] = set()
    for number, one in enumerate(header, start=1):
        if not one:
            refuse(name, "unnamed_column", None, *UNNAMED, line=line, column=f"number {number}")
        if one.casefold() in seen or one == LINE:
            refuse(name, "column_twice", one, *COLUMN_TWICE, line=line, column=one)
        seen.add(one.casefold())


def wrong_cell_count(name: str, line: int, found: int, width: int) -> Problem:
    """What is said of a row with more or fewer cells than the header."""
    return Problem(
        "wrong_cell_count",
        name,
        line,
        None,
        f"{found} cells",
        Words(f"{width} 个单元格，与表头一致", f"{width} cells, as in the header"),
        Words(
            "补齐或删去多出的单元格；含分隔符的文字要加引号",
            "Add or remove cells; put text that holds the separator in quotation marks.",
        ),
    )


@dataclass
class Pieces:
    """Rows gathered into pieces, counted and digested on the way."""

    name: str
    columns: tuple[str, ...]
    limits: Limits
    sent: int = 0
    _digests: list[bytes] = field(default_factory=list)
    _lines: list[int] = field(default_factory=list)
    _rows: list[Sequence[str | None]] = field(default_factory=list)
    _ragged: list[Problem] = field(default_factory=list)

    def of(self, rows: Iterator[Row]) -> Iterator[Piece]:
        """The pieces; IntakeRefused as soon as there are too many rows or cells."""
        for row in rows:
            if row.wrong is not None:
                self._ragged.append(row.wrong)
                self._digests.append(_digest(_PART.join(one or _EMPTY for one in row.cells) + "\x1ewrong"))
            else:
                self._lines.append(row.line)
                self._rows.append(row.cells)
            if len(self._rows) + len(self._ragged) >= PIECE:
                yield self._piece()
        if self._rows or self._ragged:
            yield self._piece()

    def given(self, cells: Sequence[pa.Array], lines: pa.Array) -> tuple[Piece, int]:
        """A piece of cells that are in columns already, and how many of its lines were blank."""
        trimmed = [trim(column) for column in cells]
        filled = pc.is_valid(trimmed[0])
        for column in trimmed[1:]:
            filled = pc.or_(filled, pc.is_valid(column))
        blank = len(lines) - int(pc.sum(filled).as_py() or 0)
        if blank:
            trimmed, lines = [column.filter(filled) for column in trimmed], lines.filter(filled)
        return self._kept(trimmed, lines, ()), blank

    def end(self, blank: int) -> End:
        """When all rows are handed on."""
        whole = sha256(_PART.join(sorted(self.columns)).encode())
        if self._digests:
            pairs = np.frombuffer(b"".join(self._digests), dtype=">u8").reshape(-1, 2)
            whole.update(pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))].tobytes())
        return End(self.sent, blank, whole.hexdigest())

    def _piece(self) -> Piece:
        columns = list(zip(*self._rows, strict=True)) if self._rows else [()] * len(self.columns)
        arrays = [trim(pa.array(column, pa.string())) for column in columns]
        piece = self._kept(arrays, pa.array(self._lines, pa.int64()), tuple(self._ragged))
        self._rows, self._lines, self._ragged = [], [], []
        return piece

    def _kept(self, arrays: list[pa.Array], lines: pa.Array, ragged: tuple[Problem, ...]) -> Piece:
        self.sent += len(lines) + len(ragged)
        if self.sent > self.limits.rows:
            too_large(self.name, ROWS, self.sent, self.limits.rows)
        if self.sent * len(self.columns) > self.limits.cells:
            too_large(self.name, CELLS, self.sent * len(self.columns), self.limits.cells)
        for array in arrays:
            longest = pc.max(pc.utf8_length(array)).as_py() or 0
            if longest > self.limits.cell_length:
                too_large(self.name, SIGNS, longest, self.limits.cell_length)
            if pc.any(pc.match_substring(array, _EMPTY)).as_py():
                refuse(self.name, "wrong_encoding", "NUL byte", *NOT_TEXT)
        order = sorted(range(len(self.columns)), key=lambda at: self.columns[at])
        texts = pc.binary_join_element_wise(
            *(arrays[at] for at in order), _PART, null_handling="replace", null_replacement=_EMPTY
        )
        self._digests.append(b"".join(_digest_of_bytes(text) for text in texts.cast(pa.binary()).to_pylist()))
        table = pa.table([lines, *arrays], names=[LINE, *self.columns])
        return Piece(table, ragged)


def trim(cells: pa.Array) -> pa.Array:
    """Cells without surrounding blanks (also full-width and non-breaking ones); empty cells become NULL."""
    trimmed = pc.utf8_trim_whitespace(cells)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def _digest(text: str) -> bytes:
    return _digest_of_bytes(text.encode("utf-8", "surrogatepass"))


def _digest_of_bytes(text: bytes) -> bytes:
    return sha256(text).digest()[:16]
