"""Which response level is in force in an area on a day, what it switches on, and what has lapsed or not.

A level is a fact (response_levels); a person announces it. The nearest area decides, itself first; of two
rows of one area the one that began last. Raising and lowering are read from the order of the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sizao.policy.levels import LEVELS, LevelPlan
from sizao.risk.counting import effective
from sizao.terms.areas import ancestors
from sizao.terms.queries import Query, SqlStep

ENDED = "ended"
_WIDER = ("country", "province", "city", "county", "street", "community", "grid")


@dataclass(frozen=True)
class Announced:
    """A level of an area from a day until another (exclusive). by: level of the body that announced it."""

    area: str
    level: str
    from_on: date
    until_on: date | None = None
    by: str | None = None

    def covers(self, day: date) -> bool:
        """Whether it is in force that day."""
        return self.from_on <= day and (self.until_on is None or day < self.until_on)


@dataclass(frozen=True)
class InForce:
    """What holds in an area on a day.

    level None: none is in force. measures: switched on by the level. lapsed: ended by themselves when a
    graver level was left. to_be_ended: on since a graver level and not lapsing: somebody must decide that
    they end.
    """

    level: str | None
    since: date | None
    measures: tuple[str, ...]
    lapsed: tuple[str, ...]
    to_be_ended: tuple[str, ...]


@dataclass(frozen=True)
class Doubt:
    """A change that the plan does not allow. kind: starter (announced by a body below the one that starts the
    level), lowered_by (lowered by a body below the one that started it)."""

    area: str
    from_on: date
    level: str
    kind: str


def recorded_levels(known_by: datetime) -> Query:
    """Result `levels`: area, level, from_on, until_on, by, as known at known_by. by: the level of the area of
    the office that announced it; NULL when it is not on record."""
    sql = f"""
SELECT r.covers AS area, r.level, r.from_on, r.until_on,
       (SELECT min(a.level) FROM ({effective("offices", known_by)}) AS o
        JOIN ({effective("areas", known_by)}) AS a ON a.path = o.covers
        WHERE o.office = r.announced_by) AS by
FROM ({effective("response_levels", known_by)}) AS r"""
    step = SqlStep("known_levels", sql, "announced response levels")
    return Query((step,), ("response_levels", "offices", "areas"), {"levels": "known_levels"})


def announced_levels(rows: Iterable[Mapping[str, Any]]) -> list[Announced]:
    """The rows of the result `levels`."""
    return [Announced(**row) for row in rows]


def in_force(plan: LevelPlan, rows: Sequence[Announced], area: str, day: date) -> InForce:
    """What holds in an area on a day under a plan."""
    history = _history(rows, area, day)
    now = history[-1] if history and history[-1].covers(day) and history[-1].level in plan.levels else None
    measures = () if now is None else plan.levels[now.level].measures
    lapsed, staying = _left_behind(plan, history, measures)
    if now is None:
        return InForce(None, None, (), lapsed, staying)
    return InForce(now.level, now.from_on, measures, lapsed, staying)


def _left_behind(
    plan: LevelPlan, earlier: Sequence[Announced], measures: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Measures of earlier levels that the present one does not name: that lapsed, that did not."""
    gone: dict[str, None] = {}
    for one in earlier:
        if one.level in plan.levels:
            gone |= dict.fromkeys(name for name in plan.levels[one.level].measures if name not in measures)
    return (
        tuple(name for name in gone if plan.measures[name].lapses),
        tuple(name for name in gone if not plan.measures[name].lapses),
    )


def doubts(plan: LevelPlan, rows: Sequence[Announced]) -> list[Doubt]:
    """Every change that was announced by a body below the one that the plan names."""
    found: list[Doubt] = []
    for area in sorted({one.area for one in rows}):
        before: Announced | None = None
        for one in sorted((row for row in rows if row.area == area), key=lambda row: row.from_on):
            if one.level in plan.levels and one.by is not None:
                lowered = before is not None and _gravity(one.level) > _gravity(before.level)
                if lowered:
                    assert before is not None
                    least = plan.levels[before.level].started_by if before.by is None else before.by
                    if _WIDER.index(one.by) > _WIDER.index(least):
                        found.append(Doubt(area, one.from_on, one.level, "lowered_by"))
                elif _WIDER.index(one.by) > _WIDER.index(plan.levels[one.level].started_by):
                    found.append(Doubt(area, one.from_on, one.level, "starter"))
            before = one if one.level in plan.levels else None
    return found


def _history(rows: Sequence[Announced], area: str, day: date) -> list[Announced]:
    """The rows of the nearest area that has any by that day, in order of their first day."""
    for one in ancestors(area):
        there = sorted((row for row in rows if row.area == one and row.from_on <= day), key=_began)
        if there:
            return there
    return []


def _began(row: Announced) -> tuple[date, int]:
    return row.from_on, -_gravity(row.level)


def _gravity(level: str) -> int:
    """0 for the gravest."""
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)
