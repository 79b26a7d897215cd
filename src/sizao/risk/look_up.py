"""What grade was announced for a place on a day: by its name, with the rows that give the answer.

The same as `grade_of` of rules: the row of the area itself or of its nearest ancestor decides, the worst
where two rows stand equally near. A day without any row is *not known*, never low: a list covers the days for
which somebody recorded a grade of the whole area that it is about.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from sizao.risk.counting import effective
from sizao.risk.divisions import Division, Divisions, plain
from sizao.risk.lists import parts_of, path_of
from sizao.terms.areas import ancestors
from sizao.terms.codes import CODE_LISTS
from sizao.terms.queries import Query, SqlStep
from sizao.terms.wording import say_date
from sizao.terms.words import Words


@dataclass(frozen=True)
class Row:
    """A recorded announcement."""

    area: str
    grade: str
    from_on: date
    until_on: date | None
    counts_upward: bool = False

    def covers(self, day: date) -> bool:
        """Whether it is in force that day."""
        return self.from_on <= day and (self.until_on is None or day < self.until_on)


@dataclass(frozen=True)
class LookedUp:
    """The answer for one place and day.

    area: the path that was asked about, None when no area fits the name. grade None: not known. rows: those
    that decide. at_once: the grades given at the same distance, when there are several. inside: areas within
    the asked one that are graded otherwise, by grade.
    """

    place: str
    day: date
    area: str | None
    named: str
    grade: str | None
    rows: tuple[Row, ...]
    at_once: tuple[str, ...]
    inside: Mapping[str, int]

    def say(self, language: str) -> str:
        """The answer in words."""
        zh = language == "zh"
        day = say_date(self.day, language)
        if self.area is None:
            return (
                f"“{self.place}”：没有或不止一个相符的区划，等级不明；请连同省、市写出。"
                if zh
                else f"{self.place}: no area, or more than one, has this name; its grade is not known. "
                "Give the province and the city too."
            )
        grade = _NOT_KNOWN.get(language) if self.grade is None else _label(self.grade, language)
        lines = [f"{self.named}，{day}：{grade}。" if zh else f"{self.named}, {day}: {grade}."]
        if self.grade is None:
            lines.append("当日不在任何已记录名单的范围内。" if zh else "No recorded list covers that day.")
        if len(self.at_once) > 1:
            grades = ("、" if zh else ", ").join(_label(one, language) for one in self.at_once)
            lines.append(
                f"名单同时列为{grades}，取最高。"
                if zh
                else f"Listed as {grades} at once; the highest counts."
            )
        if self.inside:
            parts = ("、" if zh else ", ").join(
                f"{_label(one, language)} {count}" for one, count in self.inside.items()
            )
            lines.append(
                f"其中另有定级的地点：{parts}。" if zh else f"Places within it graded otherwise: {parts}."
            )
        return "\n".join(lines)

    def record(self) -> dict[str, Any]:
        """The answer for a machine."""
        return {
            "place": self.place,
            "day": self.day,
            "area": self.area,
            "grade": self.grade,
            "known": self.grade is not None,
            "at_once": list(self.at_once),
            "inside": dict(self.inside),
            "rows": [vars(row) for row in self.rows],
        }


def _label(grade: str, language: str) -> str:
    known = CODE_LISTS["grades"]
    return known.label_of(grade).get(language) if grade in known.names() else grade


# Later than anything can become known: everything on record.
EVER = datetime(2199, 12, 31)
_AFTER_SLASH = chr(ord("/") + 1)
_ARTIFICIAL = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
_NOT_KNOWN = Words("不明", "not known")


def recorded(known_by: datetime) -> Query:
    """Results `areas` (path, name, level) and `grades` (area, grade, from_on, until_on, counts_upward) as
    known at known_by."""
    areas = f"SELECT DISTINCT path, label_zh AS name, level FROM ({effective('areas', known_by)}) AS f"
    grades = f"""
SELECT graded AS area, grade, from_on, until_on, counts_upward
FROM ({effective("area_grades", known_by)}) AS f"""
    return Query(
        (SqlStep("known_areas", areas, "areas"), SqlStep("known_grades", grades, "announced grades")),
        ("areas", "area_grades"),
        {"areas": "known_areas", "grades": "known_grades"},
    )


def divisions_of(areas: pa.Table) -> Divisions:
    """The tree of the result `areas`."""
    return Divisions(Division(row["path"], row["name"], row["level"]) for row in areas.to_pylist())


class Announcements:
    """Recorded grades, to be asked many times. grades: from the lowest to the highest."""

    def __init__(self, tables: Mapping[str, pa.Table], grades: Sequence[str]) -> None:
        self.divisions = divisions_of(tables["areas"])
        self.rank = {grade: rank for rank, grade in enumerate(grades)}
        self.by_area: dict[str, list[Row]] = {}
        for one in tables["grades"].to_pylist():
            self.by_area.setdefault(one["area"], []).append(Row(**one))
        self._sorted = sorted(self.by_area)

    def look_up(self, place: str, day: date) -> LookedUp:
        """The grade of a place, given by its path, or by names from the widest to the narrowest."""
        area, rest = self.divisions.read(place)
        if area is None and plain(place) in self.by_area:
            area, rest = plain(place), ""
        if area is None:
            return LookedUp(place, day, None, place, None, (), (), {})
        path = area if not rest else path_of(area, self._place(area, rest))
        return self.of(path, day, place)

    def of(self, path: str, day: date, place: str | None = None) -> LookedUp:
        """The grade of an area by its path."""
        deciding: list[Row] = []
        for one in ancestors(path):
            deciding = [row for row in self.by_area.get(one, ()) if row.covers(day)]
            if deciding:
                break
        deciding += [
            row
            for below in self._within(path)
            for row in self.by_area[below]
            if row.counts_upward and row.covers(day)
        ]
        known = [row for row in deciding if row.grade in self.rank]
        worst = max((row.grade for row in known), key=self.rank.__getitem__, default=None)
        inside: dict[str, int] = {}
        for below in self._within(path):
            for grade in {row.grade for row in self.by_area[below] if row.covers(day)}:
                if grade != worst:
                    inside[grade] = inside.get(grade, 0) + 1
        ordered = sorted(inside, key=lambda grade: -self.rank.get(grade, -1))
        return LookedUp(
            place=place or path,
            day=day,
            area=path,
            named=self._named(path),
            grade=worst,
            rows=tuple(deciding),
            at_once=tuple(sorted({row.grade for row in known}, key=self.rank.__getitem__)),
            inside={grade: inside[grade] for grade in ordered},
        )

    def _within(self, path: str) -> list[str]:
        begins, ends = (
            bisect_left(self._sorted, f"{path}/"),
            bisect_left(self._sorted, f"{path}{_AFTER_SLASH}"),
        )
        return self._sorted[begins:ends]

    def _place(self, area: str, rest: str) -> tuple[str, ...]:
        """The names below an area: as recorded when one fits, also in part, else the text as it is."""
        (wanted, *_) = parts_of(rest)
        below = [one[len(area) + 1 :] for one in self._within(area)]
        exact = [one for one in below if one.replace("/", "") == wanted]
        if exact:
            return tuple(exact[0].split("/"))
        holding = sorted((one for one in below if wanted.startswith(one.replace("/", ""))), key=len)
        return tuple(holding[-1].split("/")) if holding else (wanted,)

    def _named(self, path: str) -> str:
        """The names of the areas of a path below the country, without artificial levels."""
        names: list[str] = []
        for one in reversed(ancestors(path)):
            known = self.divisions.by_path.get(one)
            if known is not None and (known.level == "country" or known.name in _ARTIFICIAL):
                continue
            names.append(one.rpartition("/")[2] if known is None else known.name)
        return "".join(dict.fromkeys(names))


def look_up(place: str, day: date, tables: Mapping[str, pa.Table], *, grades: Sequence[str]) -> LookedUp:
    """The grade of one place on one day from the results of `recorded`."""
    return Announcements(tables, grades).look_up(place, day)
