"""JSON as rows: an array of flat objects, or one object on each line (NDJSON).

The file is gone through twice: first for the names of all columns, which any row may be the first to have,
then for the rows. Memory holds one block and one row.
"""

from __future__ import annotations

import json
from codecs import getincrementaldecoder
from collections.abc import Iterator
from typing import Any, BinaryIO, NoReturn

from sizao.intake.limits import Limits
from sizao.intake.pieces import End, Head, Piece, Pieces, Row, check_header
from sizao.intake.problems import Problem
from sizao.intake.refusing import EMPTY_FILE, NOT_JSON, ROWS, SIGNS, TOO_DEEP, refuse, too_large
from sizao.terms.words import Words

BLOCK = 1 << 20
LONGEST_ROW = 4 << 20  # signs of one object
_SPACE = " \t\n\r"

Object = list[tuple[str, Any]]


class _Repeated(Exception):
    """An object names a key twice."""


def read_document(name: str, file: BinaryIO, limits: Limits) -> Iterator[Head | Piece | End]:
    """The rows of the objects. A key that an object does not have is an empty cell; null is one too."""
    columns: dict[str, None] = {}
    for line, found in _objects(name, file, limits):
        if isinstance(found, list):
            columns.update(dict.fromkeys(key.strip() for key, _ in found))
            if len(columns) > limits.columns:
                check_header(name, list(columns), line, limits)
    if not columns:
        refuse(name, "empty_file", None, *EMPTY_FILE)
    check_header(name, list(columns), 1, limits)
    yield Head(tuple(columns), "utf-8", None)
    pieces = Pieces(name, tuple(columns), limits)
    yield from pieces.of(_row(name, line, found, columns) for line, found in _objects(name, file, limits))
    yield pieces.end(0)


def _row(name: str, line: int, found: Object | Problem, columns: dict[str, None]) -> Row:
    if isinstance(found, Problem):
        return Row(line, [found.found], found)
    cells = {key.strip(): value for key, value in found}
    texts = [_text(cells.get(column)) for column in columns]
    if any(isinstance(value, dict | list) for value in cells.values()):
        return Row(line, texts, Problem("nested_value", name, line, None, "{…}", *TOO_DEEP))
    try:
        "".join(text or "" for text in texts).encode()
    except UnicodeEncodeError:
        return Row(line, texts, _wrong_row(name, line, "half of a surrogate pair"))
    return Row(line, texts)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _wrong_row(name: str, line: int, found: str) -> Problem:
    return Problem(
        "wrong_row",
        name,
        line,
        None,
        found,
        Words("一个 JSON 对象，每个键一次", "one JSON object, each key once"),
        Words("改正该行", "Mend this row."),
    )


def _objects(name: str, file: BinaryIO, limits: Limits) -> Iterator[tuple[int, Object | Problem]]:
    """Each object with the line where it begins. IntakeRefused when the file is no JSON, or not whole."""
    reader = _Reader(name, file, limits)
    for count, one in enumerate(reader.array() if reader.begins_with("[") else reader.lines(), start=1):
        if count > limits.rows:
            too_large(name, ROWS, count, limits.rows)
        yield one


class _Reader:
    def __init__(self, name: str, file: BinaryIO, limits: Limits) -> None:
        self.name, self.file, self.limits = name, file, limits
        file.seek(0)
        self.decode = getincrementaldecoder("utf-8-sig")().decode
        self.decoder = json.JSONDecoder(
            object_pairs_hook=_pairs, parse_int=_Number, parse_float=_Number, parse_constant=_no_constant
        )
        self.text, self.at, self.line, self.ended = "", 0, 1, False

    def begins_with(self, sign: str) -> bool:
        self._skip()
        return self.text.startswith(sign, self.at)

    def array(self) -> Iterator[tuple[int, Object | Problem]]:
        self.at += 1
        self._skip()
        if self.text.startswith("]", self.at):
            self.at += 1
        else:
            while True:
                yield self._object()
                self._skip()
                sign = self.text[self.at : self.at + 1]
                self.at += 1
                if sign == "]":
                    break
                if sign != ",":
                    self._refuse()
                self._skip()
        self._skip()
        if self.at < len(self.text):
            self._refuse()

    def lines(self) -> Iterator[tuple[int, Object | Problem]]:
        self._skip()
        while self.at < len(self.text):
            yield self._object()
            self._skip()

    def _object(self) -> tuple[int, Object | Problem]:
        """The object that begins here, which may need more blocks."""
        line = self.line
        self._deep_enough()
        while True:
            try:
                found, end = self.decoder.raw_decode(self.text, self.at)
            except _Repeated as cause:
                end = self._past_the_object()
                found = _wrong_row(self.name, line, str(cause))
            except json.JSONDecodeError as cause:
                if self.ended or not self._may_go_on(cause):
                    self._refuse(cause.pos)
                if len(self.text) - self.at > LONGEST_ROW:
                    too_large(self.name, SIGNS, len(self.text) - self.at, LONGEST_ROW, line=line)
                self._more()
                continue
            except ValueError:  # NaN, Infinity
                self._refuse(self.at)
            except RecursionError:
                refuse(self.name, "nested_value", "[[[…", *TOO_DEEP, line=line)
            if not isinstance(found, _Object | Problem):
                self._refuse(self.at)
            self.line += self.text.count("\n", self.at, end)
            self.at = end
            return line, found

    def _may_go_on(self, cause: json.JSONDecodeError) -> bool:
        """Whether the block may have ended in the middle of what could not be read."""
        return cause.pos >= len(self.text) - 16 or cause.msg.startswith("Unterminated string")

    def _deep_enough(self) -> None:
        """Refuse what opens more levels at its beginning than rows may have, before anything parses it."""
        opened = 0
        for sign in self.text[self.at : self.at + 4096]:
            if sign in "[{":
                opened += 1
                if opened > self.limits.depth:
                    refuse(self.name, "nested_value", "[[[…", *TOO_DEEP, line=self.line)
            elif sign not in _SPACE:
                break

    def _past_the_object(self) -> int:
        plain = json.JSONDecoder()
        return plain.raw_decode(self.text, self.at)[1]

    def _skip(self) -> None:
        """Past what is blank, reading on where the block ends."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in _SPACE:
                self.line += self.text[self.at] == "\n"
                self.at += 1
            if self.at < len(self.text) or self.ended:
                return
            self._more()

    def _more(self) -> None:
        read = self.file.read(BLOCK)
        self.ended = not read
        try:
            more = self.decode(read, not read)
        except UnicodeDecodeError:
            self._refuse()
        self.text, self.at = self.text[self.at :] + more, 0

    def _refuse(self, at: int | None = None) -> NoReturn:
        at = self.at if at is None else at
        self.line += self.text.count("\n", self.at, at)
        kind = "cut_off" if self.ended and at >= len(self.text.rstrip()) - 1 else "wrong_json"
        refuse(self.name, kind, self.text[at : at + 40] or None, *NOT_JSON, line=self.line)


class _Number(str):
    """A number as it is written."""


def _pairs(pairs: Object) -> Any:
    names = [key for key, _ in pairs]
    if len(set(names)) != len(names):
        raise _Repeated(next(one for one in names if names.count(one) > 1))
    return _Object(pairs)


class _Object(list[tuple[str, Any]]):
    """The pairs of an object, told from an array."""


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no value")
