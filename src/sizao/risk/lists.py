"""Published lists of risk areas: from rows of names to announced grades, and an account of their faults."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sizao.risk.divisions import Divisions, plain

# The words of lists for the grades.
GRADES: Mapping[str, str] = {
    "high": "high",
    "高": "high",
    "高风险": "high",
    "middle": "medium",
    "medium": "medium",
    "中": "medium",
    "中风险": "medium",
    "low": "low",
    "低": "low",
    "低风险": "low",
}
# A name that describes a region by its borders is one place, whatever marks stand in it.
_BORDERS = re.compile(r"以[东南西北]|合围|围合|区域|片区|[东南西北]至")
_WHOLE = re.compile(r"^(全域|全区|全县|全市|全境)$")
_COUNTED = r"(?:第?[0-9A-Za-z甲乙丙丁一二三四五六七八九十百]+(?:[-~至][0-9A-Za-z]+)?)"
_UNIT = r"(?:号楼|号院|单元|号|栋|幢|座|门|弄|排)"
_BUILDING = re.compile(rf"{_COUNTED}({_UNIT})")
_BARE = re.compile(rf"^{_COUNTED}({_UNIT})?$")


@dataclass(frozen=True)
class Spell:
    """One row of a list: a place with a level, and the first and the last list that had it, local times."""

    level: str
    province: str
    city: str
    county: str
    community: str
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class Announced:
    """A grade of one area on every day on which a row of the list had it. from_on, until_on (exclusive):
    civil days as the list states them; row: the number of the row."""

    graded: str
    grade: str
    from_on: date
    until_on: date
    spell: Spell
    row: int


@dataclass(frozen=True)
class Account:
    """How the rows of a list were understood. Each row counts once in `how`.

    how: exact, shifted, in_province, in_city, unmatched, or no_names. levels_unknown: rows whose level is no
    grade. several: rows that name several buildings; whole_areas: rows for the whole of their county.
    contradictory: pairs of rows that give one place two grades in one list at least; places_contradictory:
    the places. changed_in_a_day: pairs with two grades on one day, one after the other. repeated: pairs of
    rows that give one place the same grade in one list at least.
    """

    rows: int
    how: Mapping[str, int]
    unmatched: Mapping[tuple[str, str, str], int]
    levels_unknown: int
    several: int
    places: int
    whole_areas: int
    contradictory: int
    places_contradictory: int
    changed_in_a_day: int
    repeated: int


def announced(spells: Iterable[Spell], divisions: Divisions) -> tuple[list[Announced], Account]:
    """The grades that the rows of a list announce, with an account of every row. What matches no division
    gives none."""
    rows: list[Announced] = []
    how: Counter[str] = Counter()
    unmatched: Counter[tuple[str, str, str]] = Counter()
    count = unknown = several = whole = 0
    for count, spell in enumerate(spells, start=1):
        grade = GRADES.get(spell.level.strip())
        unknown += grade is None
        names = (spell.province, spell.city, spell.county)
        if not any(names):
            how["no_names"] += 1
            continue
        match = divisions.match(*names)
        if match.path is None:
            how["unmatched"] += 1
            unmatched[names] += 1
            continue
        how[match.how or ""] += 1
        places = parts_of(spell.community)
        several += len(places) > 1
        whole += places == ("",)
        if grade is None:
            continue
        first, until = spell.first_at.date(), spell.last_at.date() + timedelta(days=1)
        rows += [
            Announced(path_of(match.path, (*match.place, place)), grade, first, until, spell, count)
            for place in places
        ]
    different, contradicted, in_a_day, same = _overlaps(rows)
    account = Account(
        rows=count,
        how=dict(how),
        unmatched=dict(unmatched),
        levels_unknown=unknown,
        several=several,
        places=len({one.graded for one in rows}),
        whole_areas=whole,
        contradictory=different,
        places_contradictory=contradicted,
        changed_in_a_day=in_a_day,
        repeated=same,
    )
    return rows, account


def parts_of(community: str) -> tuple[str, ...]:
    """The places that one name means: `春华里12号楼、7号楼` are two buildings; "" is the whole area.

    Marks in brackets do not part a name, nor those between the borders of a region.
    """
    text = plain(community)
    if not text or _WHOLE.match(text):
        return ("",)
    if _BORDERS.search(text):
        return (text,)
    parts = [part for part in _parted(text) if part]
    found: list[str] = []
    for part in parts:
        found.append(_in_full(part, found, parts[-1]))
    return tuple(dict.fromkeys(found)) or (text,)


def _in_full(part: str, before: list[str], last: str) -> str:
    """A part that is the number of a building alone, after the name it continues; numbers share the last
    unit."""
    bare = _BARE.match(part)
    numbers_end = re.search(r"[0-9]$", part)
    closing = _BARE.match(last) if numbers_end else None
    if numbers_end and closing and closing.group(1):
        part += closing.group(1)
    if not bare or not before:
        return part
    unit = _BARE.match(part)
    tokens = list(_BUILDING.finditer(before[-1]))
    same = [token for token in tokens if unit and token.group(1) == unit.group(1)]
    cut = (same or tokens)[-1].start() if tokens else len(before[-1])
    return before[-1][:cut] + part


def path_of(area: str, names: Iterable[str]) -> str:
    """The path of a place below an area; "/" in a name would read as another level."""
    return "/".join((area, *(plain(name).replace("/", "-") for name in names if name)))


def _parted(text: str) -> list[str]:
    """The text parted at 、，, and ; outside brackets."""
    parts, depth, begin = [], 0, 0
    for place, sign in enumerate(text):
        if sign in "(（[【":
            depth += 1
        elif sign in ")）]】":
            depth = max(0, depth - 1)
        elif sign in "、,，;；" and depth == 0:
            parts.append(text[begin:place])
            begin = place + 1
    return [*parts, text[begin:]]


def _overlaps(rows: list[Announced]) -> tuple[int, int, int, int]:
    """Pairs of rows of one place in one list: with two grades, the places of these; pairs with two grades on
    one day but in no one list; pairs in one list with one grade."""
    by_place: dict[str, list[Announced]] = {}
    for one in rows:
        by_place.setdefault(one.graded, []).append(one)
    different: set[tuple[int, int]] = set()
    places: set[str] = set()
    in_a_day: set[tuple[int, int]] = set()
    same: set[tuple[int, int]] = set()
    for place, found in by_place.items():
        for at, one in enumerate(found):
            for other in found[at + 1 :]:
                if one.row == other.row or one.from_on >= other.until_on or other.from_on >= one.until_on:
                    continue
                together = (
                    one.spell.first_at <= other.spell.last_at and other.spell.first_at <= one.spell.last_at
                )
                pair = (one.row, other.row)
                if one.grade == other.grade:
                    if together:
                        same.add(pair)
                elif together:
                    different.add(pair)
                    places.add(place)
                else:
                    in_a_day.add(pair)
    return len(different), len(places), len(in_a_day), len(same)
