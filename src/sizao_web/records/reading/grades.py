"""The announced grade of an area on a day, with the announcement it rests on; as rules look it up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from sizao.terms.identifiers import hex_key
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.facts import effective, plain
from sizao_web.records.reading.pack import policy_in_use

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Grade:
    """What was announced. grade: None where nothing was, which is not known and never low.

    graded: the area that was graded, the asked one or one around or in it; parts: areas within that are
    graded higher, which matters as long as it is not known where in the area somebody was.
    """

    area: str
    grade: str | None
    graded: str | None = None
    from_on: date | None = None
    announced_by: str | None = None
    key: str | None = None
    parts: tuple[tuple[str, str], ...] = ()


def grade_on(scope: Scope, known_by: datetime, area: str, day: date) -> Grade:
    """The grade of the area itself or the nearest area around it; parts that count upward raise it."""
    around = [area.rsplit("/", cut)[0] for cut in range(area.count("/") + 1)]
    inside = Q(graded__gte=f"{area}/", graded__lt=f"{area}0")
    held = effective(scope, "area_grades", known_by).filter(
        Q(graded__in=around) | inside, Q(until_on__isnull=True) | Q(until_on__gt=day), from_on__lte=day
    )
    rows = plain(held)
    nearest = max((row["graded"] for row in rows if row["graded"] in around), key=len, default=None)
    found = [row for row in rows if row["graded"] == nearest]
    below = [row for row in rows if row["graded"] not in around]
    found += [row for row in below if row["counts_upward"]]
    worst = max(found, key=_rank, default=None)
    if worst is None:
        return Grade(area, None)
    parts = tuple(sorted((row["graded"], row["grade"]) for row in below if _rank(row) > _rank(worst)))
    return Grade(
        area, worst["grade"], worst["graded"], worst["from_on"], worst["announced_by"],
        hex_key(worst["key_hi"], worst["key_lo"]), parts,
    )  # fmt: skip


def _rank(row: Row) -> int:
    """The place of a grade in the order of the pack, the lowest first."""
    grades = policy_in_use().grades
    return grades.index(row["grade"]) if row["grade"] in grades else -1
