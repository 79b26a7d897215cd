"""What is checked of one value before it becomes part of a fact: present, of its type, of its code list.

`read_value` answers the typed value, or a `Problem`: what was found, what was expected, what is nearest.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from difflib import get_close_matches

from sizao.facts.declaration import Column, ColumnType
from sizao.facts.schemas import StoredColumn
from sizao.terms.areas import is_area
from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words

Value = str | date | datetime | float | int | bool

LARGEST_COUNT = (1 << 63) - 1
# Days outside are slips of the pen (0020-06-18, 9999-12-31); day arithmetic must not leave the calendar.
CALENDAR = (date(1900, 1, 1), date(2200, 1, 1))


@dataclass(frozen=True)
class Problem:
    """Why one value cannot be taken: the column, what stands there, what should, the nearest right value."""

    column: str
    found: str | None
    expected: Words
    nearest: str | None = None

    def say(self, language: str) -> str:
        """The problem as one sentence."""
        expected, found = self.expected.get(language), self.found
        if language == "zh":
            said = f"“{self.column}”应为{expected}，实为" + ("空" if found is None else f"“{found}”")
            return f"{said}。" + (f"是否为“{self.nearest}”？" if self.nearest else "")
        said = f"{self.column!r} must be {expected}, but is " + ("empty" if found is None else repr(found))
        return f"{said}." + (f" Did you mean {self.nearest!r}?" if self.nearest else "")


def read_value(column: StoredColumn, text: str | None) -> Value | Problem | None:
    """The value that a text means in this column; None for an empty text where the column may be empty."""
    stripped = None if text is None else text.strip()
    if not stripped:
        return Problem(column.name, None, expected(column.declared)) if column.declared.required else None
    try:
        return _READERS[column.declared.type](column.declared, stripped)
    except ValueError:
        return Problem(column.name, stripped, expected(column.declared), nearest(column.declared, stripped))


def check_code(column: StoredColumn, code: str) -> Problem | None:
    """A problem when the code is not in the column's list; an open list takes every code."""
    return None if _is_code(column.declared, code) else _code_problem(column, code)


def expected(column: Column) -> Words:
    """What a value of the column must be, in words."""
    if column.type is ColumnType.CODE and column.codes and not CODE_LISTS[column.codes].open:
        codes = CODE_LISTS[column.codes].names()
        return Words(f"代码之一：{'、'.join(codes)}", f"one of the codes {', '.join(codes)}")
    return _EXPECTED[column.type]


def nearest(column: Column, text: str) -> str | None:
    """The code nearest to a text, also when the text is its Chinese or English label."""
    if column.type is not ColumnType.CODE or not column.codes:
        return None
    names: dict[str, str] = {}
    for code in CODE_LISTS[column.codes].codes:
        names.update({code.code: code.code, code.label.zh: code.code, code.label.en.lower(): code.code})
    found = get_close_matches(text.lower(), names, n=1, cutoff=0.5)
    return names[found[0]] if found else None


def _code_problem(column: StoredColumn, code: str) -> Problem:
    return Problem(column.name, code, expected(column.declared), nearest(column.declared, code))


def _is_code(column: Column, code: str) -> bool:
    codes = CODE_LISTS[column.codes or ""]
    return codes.open or code in codes.names()


def _read_code(column: Column, text: str) -> str:
    if not _is_code(column, text):
        raise ValueError(text)
    return text


def _read_area(column: Column, text: str) -> str:
    if not is_area(text):
        raise ValueError(text)
    return text


def _read_instant(column: Column, text: str) -> datetime:
    if len(text) <= len("2020-06-18"):
        raise ValueError(text)  # a day is no moment: whose midnight would it be?
    instant = datetime.fromisoformat(text)
    _check_calendar(instant)
    return instant if instant.tzinfo is None else instant.astimezone(UTC).replace(tzinfo=None)


def _read_day(column: Column, text: str) -> date:
    day = date.fromisoformat(text)
    _check_calendar(day)
    return day


def _check_calendar(day: date) -> None:
    if not CALENDAR[0].year <= day.year < CALENDAR[1].year:
        raise ValueError(day.isoformat())


def _read_number(column: Column, text: str) -> float:
    number = float(text)
    if not math.isfinite(number) or "_" in text:
        raise ValueError(text)
    return number


def _read_count(column: Column, text: str) -> int:
    count = int(text)
    if abs(count) > LARGEST_COUNT or "_" in text:
        raise ValueError(text)
    return count


def _read_flag(column: Column, text: str) -> bool:
    if text.lower() not in FLAGS:
        raise ValueError(text)
    return FLAGS[text.lower()]


FLAGS: Mapping[str, bool] = {"true": True, "false": False, "1": True, "0": False, "是": True, "否": False}

_READERS: Mapping[ColumnType, Callable[[Column, str], Value]] = {
    ColumnType.ID: lambda column, text: text,
    ColumnType.TEXT: lambda column, text: text,
    ColumnType.CODE: _read_code,
    ColumnType.AREA: _read_area,
    ColumnType.DATE: _read_day,
    ColumnType.IMPRECISE_DATE: _read_day,
    ColumnType.INSTANT: _read_instant,
    ColumnType.NUMBER: _read_number,
    ColumnType.COUNT: _read_count,
    ColumnType.FLAG: _read_flag,
}

_DAY = Words("1900 至 2199 年的日期，如 2020-06-18", "a date such as 2020-06-18 (from 1900 to 2199)")

_EXPECTED: Mapping[ColumnType, Words] = {
    ColumnType.ID: Words("编号", "an identifier"),
    ColumnType.TEXT: Words("文字", "a text"),
    ColumnType.CODE: Words("代码", "a code"),
    ColumnType.AREA: Words("区域路径，如 cn/51/5101", "the path of an area such as cn/51/5101"),
    ColumnType.DATE: _DAY,
    ColumnType.IMPRECISE_DATE: _DAY,
    ColumnType.INSTANT: Words(
        "时间，如 2020-06-18T08:00:00Z（无时区标记即 UTC）",
        "a moment such as 2020-06-18T08:00:00Z (UTC where no zone is given)",
    ),
    ColumnType.NUMBER: Words("数字", "a number"),
    ColumnType.COUNT: Words("整数", "a whole number"),
    ColumnType.FLAG: Words("true 或 false", "true or false"),
}
