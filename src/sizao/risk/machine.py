"""The state machine of grades: from the counts of areas to the grade that the rules propose, day by day.

On the first day in force an area has the highest grade that its counts demand, else the lowest. From then on,
for every area and day, in this order:

1. *Down*, in the morning: the first step down from the present grade whose condition holds on the counts
   through the day before. So a condition of 14 days is met when 14 whole days are over, and the day after
   them is the first with the lower grade.
2. *Up*, by the end of the day: the highest grade whose condition holds on the counts through this day. So the
   day that brings the case is the first day with the higher grade.

A count that is not known is an interval: at least what is known, without a limit above. A condition holds
only when it holds for every number in the interval; a grade therefore neither rises nor falls on what is not
known, and such a day is marked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa

from sizao.policy.grading import CAME_FROM, DAYS_IN_GRADE, GradeSet, Move
from sizao.risk.conditions import NO_GRADE, Conditions
from sizao.risk.counting import counts_of_cases, effective, reported_counts
from sizao.risk.grid import Grid, Interval, Measures, Truths
from sizao.risk.telling import Told
from sizao.terms.queries import KernelStep, Query, SqlStep, literal


def propose(
    rules: GradeSet, *, first: date, last: date, known_by: datetime, from_cases: bool = False
) -> Query:
    """Results `daily`, `proposals`, `rest` and `counts` for the days [first, last], both included.

    daily: one row per area that has counts and day on which the rules are in force: area, day, grade,
    came_from (the higher grade it was lowered from), days_in_grade (whole days before this one),
    moved (up, down or NULL), not_known (a step was not decided because counts are missing), then every
    measure through the end of the day (NULL: not known).
    proposals: one row per area and change (the first day in force counts as one when the grade is not the
    lowest): area, grade, was, from_on, moved, step (up/1: the first step of `up`), counts_through (the last
    day that the decision rests on), then every measure through that day, and at_least: the names of those
    that may be more than is known, joined by commas.
    rest: one row per wider area (as the rules say) and day: how many areas in it are above the lowest grade,
    and the grade of all the others meanwhile (NULL: routine). counts: the step `area_days`.
    from_cases: counts are made from the cases on record instead of area_counts.
    """
    if last < first:
        raise ValueError(f"The days from {first} to {last} are none. Give the earlier day first.")
    counted = (
        counts_of_cases(rules, known_by, first=first, last=last) if from_cases else reported_counts(known_by)
    )

    def graded(tables: Mapping[str, pa.Table]) -> pa.Table:
        return run_machine(rules, tables["area_days"], first=first, last=last)[0]

    def changed(tables: Mapping[str, pa.Table]) -> pa.Table:
        return run_machine(rules, tables["area_days"], first=first, last=last)[1]

    inputs = ("classifications", "residences", "exposures") if from_cases else ("area_counts",)
    return Query(
        steps=(
            *counted,
            KernelStep("grades_by_day", ("area_days",), graded, "the grade of each area and day"),
            KernelStep("grade_proposals", ("area_days",), changed, "each change with what it rests on"),
            SqlStep("grades_of_the_rest", _rest(rules, known_by), "the rest of the wider areas, day by day"),
        ),
        inputs=(*inputs, "areas"),
        results={
            "daily": "grades_by_day",
            "proposals": "grade_proposals",
            "rest": "grades_of_the_rest",
            "counts": "area_days",
        },
    )


def _rest(rules: GradeSet, known_by: datetime) -> str:
    above = f"count(*) FILTER (WHERE g.grade <> {literal(rules.grades[0])})"
    of, grade = ("", "") if rules.rest is None else (rules.rest.of, rules.rest.grade)
    wide = f"SELECT DISTINCT path FROM ({effective('areas', known_by)}) AS f WHERE level = {literal(of)}"
    return f"""
SELECT area, day, areas_above, CASE WHEN areas_above > 0 THEN {literal(grade)} END AS grade
FROM (SELECT w.path AS area, g.day, {above} AS areas_above
      FROM ({wide}) AS w JOIN grades_by_day AS g ON starts_with(g.area, w.path || '/')
      GROUP BY w.path, g.day) AS counted"""


def run_machine(
    rules: GradeSet, area_days: pa.Table, *, first: date, last: date
) -> tuple[pa.Table, pa.Table]:
    """The tables `daily` and `proposals` of `propose` from the step `area_days`."""
    grid = Grid.of(area_days, last)
    begins = max(first, rules.in_force_from)
    ends = last if rules.in_force_until is None else min(last, rules.in_force_until - timedelta(days=1))
    if not grid.areas or ends < begins:
        return Told(rules, grid).tables()
    return _Machine(rules, grid).run(grid.place_of(begins), grid.place_of(ends))


class _Machine:
    """One pass over the days, all areas at once."""

    def __init__(self, rules: GradeSet, grid: Grid) -> None:
        self.rules = rules
        self.grid = grid
        self.measures = Measures(rules, grid)
        self.conditions = Conditions(rules.grades)
        self.told = Told(rules, grid)
        areas = len(grid.areas)
        self.grade = np.zeros(areas, np.int64)
        self.came_from = np.full(areas, NO_GRADE)
        self.entered = np.zeros(areas, np.int64)
        self.not_known = np.zeros(areas, bool)

    def run(self, first: int, last: int) -> tuple[pa.Table, pa.Table]:
        """`daily` and `proposals` for these days of the grid."""
        self.entered[:] = first
        for day in range(first, last + 1):
            self.not_known[:] = False
            fell = self._down(day) if day > first else np.zeros(len(self.grid.areas), bool)
            rose = self._up(day)
            states = {
                "grade": self.grade,
                "came_from": self.came_from,
                "days_in_grade": day - self.entered,
                "moved": np.where(rose, 1, np.where(fell, 0, -1)),
                "not_known": self.not_known,
            }
            self.told.day(day, states, self.measures.at(day, self.entered))
        return self.told.tables()

    def _names(self, through: int, day: int) -> dict[str, Interval]:
        names = self.measures.at(through, self.entered)
        lasted = (day - self.entered).astype(np.float64)
        came = self.came_from.astype(np.float64)
        return {**names, DAYS_IN_GRADE: Interval(lasted, lasted), CAME_FROM: Interval(came, came)}

    def _down(self, day: int) -> Truths:
        names, before = self._names(day - 1, day), self.grade.copy()
        moved = np.zeros(len(before), bool)
        for number, move in enumerate(self.rules.down):
            asked = (before == self._rank(move.start)) & ~moved
            truth = self.conditions.truth(move.when, names)
            self.not_known |= asked & ~truth.true & ~truth.false
            self._move(asked & truth.true, move, len(self.rules.up) + number, day, day - 1, names)
            moved |= asked & truth.true
        self.not_known &= ~moved
        self.came_from[moved] = before[moved]
        return moved

    def _up(self, day: int) -> Truths:
        names, before = self._names(day, day), self.grade.copy()
        moved = np.zeros(len(before), bool)
        # The highest first, so that an area rises once.
        steps = sorted(enumerate(self.rules.up), key=lambda one: -self._rank(one[1].to))
        for number, move in steps:
            asked = (before < self._rank(move.to)) & ~moved
            if move.start is not None:
                asked &= before == self._rank(move.start)
            truth = self.conditions.truth(move.when, names)
            self.not_known |= asked & ~truth.true & ~truth.false
            self._move(asked & truth.true, move, number, day, day, names)
            moved |= asked & truth.true
        self.came_from[moved] = NO_GRADE
        return moved

    def _move(
        self, those: Truths, move: Move, step: int, day: int, through: int, names: Mapping[str, Interval]
    ) -> None:
        if not those.any():
            return
        states = {"grade": self._rank(move.to), "from_on": day, "step": step, "counts_through": through}
        everywhere = {name: np.full(len(those), value) for name, value in states.items()}
        self.told.change(those, {"was": self.grade, **everywhere}, names)
        self.grade = np.where(those, self._rank(move.to), self.grade)
        self.entered = np.where(those, day, self.entered)

    def _rank(self, grade: str | None) -> int:
        return NO_GRADE if grade is None else self.rules.grades.index(grade)
