"""What is wrong with a sheet or a mapping: where, what was found and expected, what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any

from sizao.terms.words import Words

NO_FACT = "no_fact"  # the kind of a row that is well formed and says nothing
NOT_ALLOWED = "not_allowed_"  # begins the kind of a row that its sender may not record
IMPLAUSIBLE = "implausible_"  # begins the kind of a row that cannot be true
BEHIND = "ledger_behind"  # of a row that waits: nothing is wrong with it; `expected` says what it waits for
LACKING = ("missing_column", "missing_key")  # the kinds in which `expected` is not there
LONGEST = 60  # characters of a cell that a message repeats


@dataclass(frozen=True)
class Problem:
    """One mistake. `column` is the header of a sheet's column, or the character column of a mapping file."""

    kind: str  # "wrong_code", "missing_column" ...: the same mistake has the same kind
    file: str
    line: int | None
    column: str | None
    found: str | None
    expected: Words
    fix: Words
    nearest: str | None = None

    def text(self, language: str = "en") -> str:
        """One line for a person."""
        place = self._place(language)
        found = shown(self.found, language)
        if self.kind == NO_FACT:
            # Nothing was found, but not because the line is empty.
            if language == "zh":
                return f"{place}：此行没有给出任何事实。{self.fix.zh}。"
            return f"{place}: this row gives no fact. {self.fix.en}"
        if self.kind == BEHIND:
            if language == "zh":
                return f"{place}：{self.expected.zh}。{self.fix.zh}。"
            return f"{place}: {self.expected.en}. {self.fix.en}"
        if self.kind in LACKING:
            return self._lacking(place, found, language)
        if self.found is None and self.kind.startswith(IMPLAUSIBLE):
            # Every cell is filled in; what they say together cannot be.
            if language == "zh":
                return f"{place}：不合常理，{self.expected.zh}。{self.fix.zh}。"
            return f"{place}: not plausible, {self.expected.en}. {self.fix.en}"
        if self.found is None and self.kind.startswith(NOT_ALLOWED):
            if language == "zh":
                return f"{place}：应为{self.expected.zh}。{self.fix.zh}。"
            return f"{place}: expected {self.expected.en}. {self.fix.en}"
        if language == "zh":
            nearest = f"；最接近的是 {quoted(self.nearest)}" if self.nearest else ""
            return f"{place}：读到 {found}；应为 {self.expected.zh}{nearest}。{self.fix.zh}。"
        nearest = f"; nearest: {quoted(self.nearest)}" if self.nearest else ""
        return f"{place}: found {found}; expected {self.expected.en}{nearest}. {self.fix.en}"

    def _lacking(self, place: str, found: str, language: str) -> str:
        if language == "zh":
            nearest = f"；最接近的是 {quoted(self.nearest)}" if self.nearest else ""
            return f"{place}：缺少{self.expected.zh}{nearest}，{self.fix.zh}。现有：{found}。"
        nearest = f"; nearest: {quoted(self.nearest)}" if self.nearest else ""
        return f"{place}: lacks {self.expected.en}{nearest}. {self.fix.en} There are: {found}."

    def record(self) -> dict[str, Any]:
        """The problem as JSON values."""
        return asdict(self)

    def _place(self, language: str) -> str:
        line, column = ("第 {} 行", "列 {}") if language == "zh" else ("line {}", "column {}")
        parts = [self.file]
        if self.line is not None:
            parts.append(line.format(self.line))
        if self.column is not None:
            parts.append(column.format(self.column))
        return (", " if language == "en" else "，").join(parts)


class IntakeRefused(Exception):
    """A sheet or a mapping cannot be used at all. `problems` says why; nothing was stored."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        self.used: object = None  # what the process that read the file took, where there was one
        super().__init__("\n".join(problem.text() for problem in self.problems))


class ReadingInterrupted(IntakeRefused):
    """Somebody else ended the process that read, which says nothing about the file: it can be read again."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, or None when none is close."""
    words = {one.casefold(): one for one in known}
    close = get_close_matches(word.strip().casefold(), words, n=1, cutoff=0.6)
    return words[close[0]] if close else None


def quoted(text: str | None) -> str:
    """The text in quotation marks, on one line and not too long."""
    flat = " ".join((text or "").split())
    return '"' + (flat if len(flat) <= LONGEST else flat[: LONGEST - 1] + "…") + '"'


def shown(found: str | None, language: str) -> str:
    """What was found, or the word for an empty cell."""
    if found is None or found == "":
        return "空" if language == "zh" else "nothing"
    return quoted(found)


def listed(words: Iterable[str], most: int = 12) -> str:
    """Words joined by commas; a long list is cut and says how many more there are."""
    every = list(words)
    tail = f", … ({len(every) - most} more)" if len(every) > most else ""
    return ", ".join(every[:most]) + tail
