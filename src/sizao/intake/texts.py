"""Text files of rows (CSV, TSV …), read a mebibyte at a time.

Nothing is guessed silently: the encoding and the separator that were used are part of what is answered.
Blocks without quotation marks are split by Arrow; where a block has some, or a row of another width,
Python's reader tells which line it is.
"""

from __future__ import annotations

import csv
import io
import re
from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sizao.intake.kinds import TEXT, kind_of
from sizao.intake.limits import Limits
from sizao.intake.pieces import End, Head, Piece, Pieces, Row, check_header, wrong_cell_count
from sizao.intake.problems import IntakeRefused, Problem
from sizao.intake.refusing import CUT_OFF, EMPTY_FILE, NOT_TEXT, SIGNS, refuse, too_large
from sizao.terms.words import Words

SEPARATORS = (",", ";", "\t", "|")
MARKED_ENCODINGS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
OTHER_ENCODINGS = ("gb18030", "big5")
BLOCK = 1 << 20
LONGEST_LINE = 4 << 20  # signs without an end of line
TRAILER = re.compile(r"#\s*(?:rows|行数)\s*[:：=]\s*(\d{1,12})", re.IGNORECASE)

csv.field_size_limit(1 << 24)


def read_text(
    name: str, file: BinaryIO, encoding: str | None, separator: str | None, limits: Limits
) -> Iterator[Head | Piece | End]:
    """UTF-8 unless a byte order mark or `encoding` says otherwise; the separator is the one of `,` `;` tab
    `|` that splits the header most, unless given.

    A last line `# rows: N` is no row: it says how many there are, and the file is refused when there are not.
    """
    text = _Text(name, file, encoding or _encoding_of(name, file))
    first = text.block()
    if first is None:
        refuse(name, "empty_file", None, *EMPTY_FILE)
    header_line = next((line for line in first.splitlines() if line.strip()), "")
    return _Rows(name, text, separator or max(SEPARATORS, key=header_line.count), limits).read(first)


class _Text:
    """The file as text: blocks of whole lines, the last one whatever is left."""

    def __init__(self, name: str, file: BinaryIO, encoding: str) -> None:
        self.name, self.file, self.encoding = name, file, encoding
        self.ended = False
        self._rest = ""
        file.seek(0)
        try:
            self._decoder = getincrementaldecoder(encoding)()
        except LookupError as cause:
            raise self._wrong_encoding(cause) from cause

    def block(self) -> str | None:
        """The next block; None at the end. `ended` says that it is the last."""
        while not self.ended:
            read = self.file.read(BLOCK)
            try:
                decoded = self._decoder.decode(read, final=not read)
            except (UnicodeDecodeError, LookupError, AssertionError) as cause:
                raise self._wrong_encoding(cause) from cause
            if not isinstance(decoded, str):
                raise self._wrong_encoding(LookupError(self.encoding))
            if "\0" in decoded:
                refuse(self.name, "wrong_encoding", "NUL byte", *NOT_TEXT)
            text, self.ended = self._rest + decoded, not read
            if self.ended:
                return text or None
            # A carriage return at the very end may be the first half of an end of line.
            cut = max(text.rfind("\n"), text.rfind("\r", 0, -1)) + 1
            self._rest = text[cut:]
            if len(self._rest) > LONGEST_LINE:
                too_large(self.name, SIGNS, len(self._rest), LONGEST_LINE)
            if cut:
                return text[:cut]
        return None

    def _wrong_encoding(self, cause: Exception) -> IntakeRefused:
        other = (one for one in OTHER_ENCODINGS if one != self.encoding)
        fits = next((one for one in other if _decodes(self.file, one)), None)
        line, found = None, None
        if isinstance(cause, UnicodeDecodeError):
            line, found = self._first_wrong()
        named = fits or "gb18030"
        return IntakeRefused(
            [
                Problem(
                    "wrong_encoding",
                    self.name,
                    line,
                    None,
                    found or self.encoding,
                    Words(f"{self.encoding} 编码的文字", f"text in {self.encoding}"),
                    Words(
                        f"另存为“CSV UTF-8”或 .xlsx，或注明编码：--encoding {named}，"
                        f"映射中的 encoding: {named}，机器报送时 Content-Type 的 charset={named}",
                        f"Save the sheet as CSV UTF-8 or .xlsx, or name its encoding: --encoding {named},"
                        f" encoding: {named} in the mapping, charset={named} in a machine's Content-Type.",
                    ),
                    fits,
                )
            ]
        )

    def _first_wrong(self) -> tuple[int | None, str | None]:
        """The line and the byte that cannot be read."""
        self.file.seek(0)
        decoder, ends = getincrementaldecoder(self.encoding)(), 0
        read = b"x"
        while read:
            read = self.file.read(BLOCK)
            held = decoder.getstate()[0]
            try:
                decoder.decode(read, final=not read)
            except UnicodeDecodeError as cause:
                whole = held + read
                return ends + whole.count(b"\n", 0, cause.start) + 1, f"byte 0x{whole[cause.start]:02X}"
            ends += (held + read).count(b"\n") - decoder.getstate()[0].count(b"\n")
        return None, None


class _Rows:
    def __init__(self, name: str, text: _Text, separator: str, limits: Limits) -> None:
        self.name, self.text, self.separator, self.limits = name, text, separator, limits
        self.waiting: deque[str] = deque()  # lines that Python's reader has not had
        self.line = 0  # lines that were read
        self.blank = 0
        self.trailer: tuple[int, int] | None = None  # its line, the rows it says
        self.ends_in_a_line_end = True
        self.reader = csv.reader(self._lines(), delimiter=separator, strict=True)

    def read(self, first: str) -> Iterator[Head | Piece | End]:
        self._wait_for(first)
        header = self._header()
        yield Head(tuple(header), self.text.encoding, self.separator)
        pieces = Pieces(self.name, tuple(header), self.limits)
        yield from pieces.of(self._by_python(len(header)))
        while (block := self.text.block()) is not None:
            columns = None if self.text.ended else self._by_arrow(block, header)
            if columns is None:
                self._wait_for(block)
                yield from pieces.of(self._by_python(len(header)))
                continue
            lines = pa.array(range(self.line + 1, self.line + 1 + len(columns[0])), pa.int64())
            self.line += len(columns[0])
            piece, blank = pieces.given(columns, lines)
            self.blank += blank
            yield piece
        end = pieces.end(self.blank)
        if self.trailer is not None and self.trailer[1] != end.sent:
            self._wrong_trailer(end.sent)
        yield end

    def _wait_for(self, block: str) -> None:
        self.waiting.extend(io.StringIO(block, newline=""))
        self.ends_in_a_line_end = block.endswith(("\n", "\r"))

    def _lines(self) -> Iterator[str]:
        """Lines for Python's reader; a row that does not end in its block goes on in the next one."""
        while True:
            while self.waiting:
                self.line += 1
                yield self.waiting.popleft()
            block = self.text.block()
            if block is None:
                return
            self._wait_for(block)

    def _next(self) -> tuple[int, list[str]] | None:
        """The next row that is not blank and the line where it begins; None when no line waits."""
        while self.waiting:
            begins = self.line + 1
            try:
                row = next(self.reader, None)
            except csv.Error:
                refuse(self.name, "cut_off", None, *CUT_OFF, line=begins)
            if row is None:
                return None
            if any(cell.strip() for cell in row):
                return begins, row
            self.blank += 1
        return None

    def _header(self) -> list[str]:
        found = self._next()
        if found is None:
            refuse(self.name, "empty_file", None, *EMPTY_FILE)
        line, row = found
        header = [one.strip() for one in row]
        check_header(self.name, header, line, self.limits)
        return header

    def _by_python(self, width: int) -> Iterator[Row]:
        while (found := self._next()) is not None:
            line, row = found
            if self.trailer is not None:
                self._wrong_trailer(None)
            said = TRAILER.fullmatch(row[0].strip())
            if said and not any(cell.strip() for cell in row[1:]):
                self.trailer = line, int(said[1])
                continue
            last = self.text.ended and not self.waiting
            if last and not self.ends_in_a_line_end and len(row) < width:
                refuse(self.name, "cut_off", self.separator.join(row), *CUT_OFF, line=line)
            wrong = wrong_cell_count(self.name, line, len(row), width) if len(row) != width else None
            yield Row(line, row, wrong)

    def _wrong_trailer(self, sent: int | None) -> None:
        assert self.trailer is not None
        line, said = self.trailer
        refuse(
            self.name,
            "wrong_row_count",
            f"{sent} rows" if sent is not None else "rows after the last line",
            Words(f"末行所说的 {said} 行", f"the {said} rows that the last line says"),
            Words(
                "重新传送整个文件，并核对行数", "Send the whole file again, and compare the number of rows."
            ),
            line=line,
        )

    def _by_arrow(self, block: str, header: list[str]) -> list[pa.Array] | None:
        """The columns of a block without quotation marks whose rows are all as wide as the header."""
        if '"' in block or block.startswith(("\n", "\r")) or (len(header) == 1 and "#" in block):
            return None
        plain = block.replace("\r\n", "\n")
        if "\r" in plain or "\n\n" in plain:
            return None
        # Not by Arrow's reader of CSV: it needs threads, and this process may start none.
        lines = pc.list_flatten(pc.split_pattern(pa.array([plain.removesuffix("\n")]), "\n"))
        split, width = pc.split_pattern(lines, self.separator), len(header)
        if not pc.all(pc.equal(pc.list_value_length(split), width)).as_py():
            return None
        cells, places = pc.list_flatten(split), np.arange(0, len(lines) * width, width)
        return [cells.take(pa.array(places + at)) for at in range(width)]


def other_encoding(name: str, file: BinaryIO) -> str | None:
    """The encoding in which a text can be read that is not UTF-8; None for what is, or is no text."""
    try:
        if kind_of(name, file) != TEXT or _encoding_of(name, file) != "utf-8":
            return None
    except IntakeRefused:
        return None
    found = next((one for one in ("utf-8", *OTHER_ENCODINGS) if _decodes(file, one)), None)
    return None if found == "utf-8" else found


def _decodes(file: BinaryIO, encoding: str) -> bool:
    file.seek(0)
    decoder = getincrementaldecoder(encoding)()
    try:
        while read := file.read(BLOCK):
            decoder.decode(read)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _encoding_of(name: str, file: BinaryIO) -> str:
    file.seek(0)
    head = file.read(4096)
    for mark, encoding in MARKED_ENCODINGS:
        if head.startswith(mark):
            return encoding
    if b"\0" in head:
        refuse(name, "wrong_encoding", "NUL byte", *NOT_TEXT)
    return "utf-8"
