"""What is wrong in a pack: where, what was found and expected, the nearest word, the edit that mends it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from unicodedata import east_asian_width

from sizao.facts.declaration import Words

_MANY = 12  # so many expected words are listed; of more only the first ones


@dataclass(frozen=True)
class Fix:
    """Put `replacement` in the place of the characters [start, end) of `file`; start = end inserts."""

    file: str
    start: int
    end: int
    replacement: str

    def apply(self, files: Mapping[str, str]) -> dict[str, str]:
        """The files with the edit made; the others are as they were."""
        text = files[self.file]
        return {**files, self.file: text[: self.start] + self.replacement + text[self.end :]}


@dataclass(frozen=True)
class Place:
    """Where something stands in a file: line and column count from 1, `length` characters on that line."""

    file: str
    line: int
    column: int
    length: int
    text: str  # the whole line


@dataclass(frozen=True)
class Warned(Words):
    """A warning. kind: what it has in common with others that are told in one line; None: it stands alone."""

    kind: Words | None = None


@dataclass(frozen=True)
class Problem:
    """One mistake. `kind` is stable, the words may change. `also` are further places that take part in it."""

    file: str
    line: int
    column: int
    kind: str
    found: str
    expected: tuple[str, ...]
    nearest: str | None
    message: Words
    length: int = 1
    text: str = ""
    also: tuple[Place, ...] = ()
    fix: Fix | None = None

    def render(self, language: str) -> str:
        """The message with the line it is about, a caret under the place, and what to do next."""
        zh = language == "zh"
        lines = [f"{self.file}:{self.line}:{self.column}: {self.message.get(language)}"]
        lines += _snippet(self.line, self.column, self.length, self.text)
        for place in self.also:
            lines.append(f"  {'另见' if zh else 'see also'} {place.file}:{place.line}:{place.column}")
            lines += _snippet(place.line, place.column, place.length, place.text)
        if self.found:
            lines.append(f"  {'所见：' if zh else 'found: '}{self.found}")
        if self.expected:
            lines.append(f"  {'应为：' if zh else 'expected: '}{_listed(self.expected, zh)}")
        if self.nearest is not None:
            lines.append(f"  {'最接近的词：' if zh else 'nearest word: '}{self.nearest}")
        if self.fix is not None:
            lines.append(f"  {'改法：' if zh else 'fix: '}{_edit(self.fix, zh)}")
        return "\n".join(lines)


class PackProblems(Exception):
    """A pack that cannot be loaded, with every problem found in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(
            sorted(set(problems), key=lambda p: (p.file, p.line, p.column, p.kind, p.found))
        )
        super().__init__(self.render("en"))

    def within(self, folder: str) -> PackProblems:
        """The same problems with files named from where the command runs, as an editor opens them."""

        def path(file: str) -> str:
            return f"{folder.rstrip('/')}/{file}"

        return PackProblems(
            replace(
                one,
                file=path(one.file),
                also=tuple(replace(place, file=path(place.file)) for place in one.also),
            )
            for one in self.problems
        )

    def render(self, language: str) -> str:
        """All problems, one after the other, in the order of files and lines."""
        return "\n\n".join(problem.render(language) for problem in self.problems)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word`, or None when none is like it."""
    by_lower = {name.lower(): name for name in known}
    found = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    if not found and len(word) >= 4:
        found = [name for name in by_lower if name.startswith(word.lower())][:1]
    return by_lower[found[0]] if found else None


def _snippet(line: int, column: int, length: int, text: str) -> list[str]:
    if not text.strip():
        return []
    number = str(line)
    before, under = text[: column - 1], text[column - 1 : column - 1 + length]
    return [
        f"  {number} | {text}",
        f"  {' ' * len(number)} | {' ' * _width(before)}{'^' * max(1, _width(under))}",
    ]


def _width(text: str) -> int:
    """Columns of a terminal; Chinese characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _listed(words: tuple[str, ...], zh: bool) -> str:
    shown = ("、" if zh else ", ").join(words[:_MANY])
    more = len(words) - _MANY
    if more <= 0:
        return shown
    return shown + (f" 等{len(words)}项" if zh else f" and {more} more")


def _edit(fix: Fix, zh: bool) -> str:
    words = fix.replacement.strip()
    if not words and fix.replacement:
        return "改用空格缩进" if zh else "indent with spaces"
    if not words:
        return "删去所标部分" if zh else "remove what is marked"
    if fix.start == fix.end:
        words = words.rstrip(",")
        return f"加上 {words}" if zh else f"add {words}"
    return f"改为 {words}" if zh else f"write {words}"
