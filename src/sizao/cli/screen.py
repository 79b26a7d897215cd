"""What a person or a pipe gets to see: tables, text, JSON, progress, mistakes; in one language."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sizao.intake.formulas import harmless
from sizao.store.running import Report, StepDone
from sizao.terms.words import Words

# A pipe has no width of its own; rows are not folded for it.
PIPE_WIDTH = 400
# So many digits of an id are shown; they tell apart the rows of a country.
SHORT_ID = 12


class Wrong(Exception):
    """Wrong input, said so that it can be mended: what, where, what to do. Without Chinese words, in
    English."""

    def __init__(self, en: str, zh: str | None = None) -> None:
        super().__init__(en)
        self.words = Words(zh or en, en)


@contextmanager
def taken_as_input() -> Iterator[None]:
    """A ValueError inside is what the person asked for, not a bug."""
    try:
        yield
    except ValueError as cause:
        raise Wrong(str(cause)) from cause


@dataclass(frozen=True)
class Heading:
    """A column of a table. whole: its cells are never broken over lines, so that they can be copied; spare:
    left out where a terminal is too narrow for all columns."""

    text: str
    whole: bool = False
    spare: bool = False


class Screen:
    """Where a run writes: results to standard output, everything else to standard error."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._out = _console(sys.stdout)
        self._err = _console(sys.stderr)
        self._drawn = False

    def say(self, zh: str, en: str) -> str:
        """The words in the language of the run."""
        return zh if self.language == "zh" else en

    def text(self, text: str) -> None:
        """A result as text, as it is."""
        self._out.print(Text(text.rstrip("\n")), soft_wrap=True)

    def note(self, text: str) -> None:
        """Something a person should know beside the result."""
        self._err.print(Text(text), soft_wrap=True)

    def wrong(self, text: str) -> None:
        """What was wrong with the input."""
        self._err.print(Text(text, style="red"), soft_wrap=True)

    def json(self, value: object) -> None:
        """A result for a machine; instants are UTC."""
        sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n")

    def table(
        self, columns: Sequence[str | Heading], rows: Iterable[Sequence[object]], title: str = ""
    ) -> None:
        """A result as a table; numbers stand to the right. A table without rows says so."""
        headings = [one if isinstance(one, Heading) else Heading(one) for one in columns]
        listed = [list(row) for row in rows]
        kept = _fitting(headings, listed, self._out.width)
        drawn = Table(show_edge=False, pad_edge=False)
        for place in kept:
            values = [row[place] for row in listed if row[place] is not None]
            numeric = bool(values) and all(isinstance(value, int | float | Share) for value in values)
            drawn.add_column(
                headings[place].text,
                justify="right" if numeric else "left",
                overflow="fold",
                no_wrap=headings[place].whole,
            )
        for row in listed:
            drawn.add_row(*(Text(shown(row[place])) for place in kept))
        if title:
            # Above the table and not of it, which would fold it to the width of the columns.
            self._out.print(Text(f"\n{title}" if self._drawn else title, style="bold"))
        self._drawn = True
        self._out.print(drawn)
        if not listed:
            self._out.print(Text(self.say("（没有）", "(none)")))

    @contextmanager
    def progress(self, doing: str) -> Iterator[Report]:
        """Says on a terminal which step is done; nothing in a pipe."""
        if not self._err.is_terminal:
            yield lambda step: None
            return
        with self._err.status(doing) as status:

            def report(step: StepDone) -> None:
                status.update(f"{doing}: {step.meaning or step.name}")

            yield report


@dataclass(frozen=True)
class Share:
    """A share from 0 to 1, shown as a percentage."""

    value: float


def _fitting(headings: Sequence[Heading], rows: Sequence[Sequence[object]], width: int) -> list[int]:
    """The places of the columns to be shown: all, or without spare ones, the last first, until they fit."""
    kept = list(range(len(headings)))

    def needed() -> int:
        cells = (max([headings[at].text, *(shown(row[at]) for row in rows)], key=cell_len) for at in kept)
        return sum(cell_len(cell) + len(" │ ") for cell in cells) - len(" │ ")

    for place in reversed(range(len(headings))):
        if headings[place].spare and needed() > width:
            kept.remove(place)
    return kept


def shown(value: object) -> str:
    """A value in a cell of a table."""
    match value:
        case None:
            return "–"
        case bool():
            return "✓" if value else ""
        case Share():
            return f"{value.value:.1%}"
        case float():
            return f"{value:,.3g}" if abs(value) < 100 else f"{value:,.0f}"
        case int():
            return f"{value:,}"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
    return str(value)


def records(table: pa.Table) -> list[dict[str, Any]]:
    """The rows of a table for JSON."""
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def as_csv(table: pa.Table, path: Path) -> None:
    """Write a table as CSV, instants in UTC; no text in it is a formula to a spreadsheet."""
    import pyarrow.csv as pacsv

    for place, column in enumerate(table.schema):
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            texts = [text and harmless(text) for text in table[place].to_pylist()]
            table = table.set_column(place, column, pa.array(texts, column.type))
    pacsv.write_csv(table, path)


def _console(file: Any) -> Console:
    console = Console(file=file, highlight=False)
    return console if console.is_terminal else Console(file=file, highlight=False, width=PIPE_WIDTH)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)
