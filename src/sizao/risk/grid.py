"""Counts of areas as areas × days, and the measures over them; what is not known is an interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from sizao.policy.grading import GradeSet, Measure
from sizao.risk.counting import COUNTED

Numbers: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Places: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
Truths: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Grid:
    """Counts as areas × days: at least `low`, at most `high` (infinite where a count is not known)."""

    areas: tuple[str, ...]
    first: date
    days: int
    low: Mapping[str, Numbers]
    high: Mapping[str, Numbers]
    total: Numbers  # confirmed_total where reported, else NaN

    @staticmethod
    def of(area_days: pa.Table, last: date) -> Grid:
        """The grid from the first day with a count to `last`; days without a row are not known."""
        if area_days.num_rows == 0:
            return Grid((), last, 0, {}, {}, np.zeros((0, 0)))
        names = area_days["area"].combine_chunks().dictionary_encode()
        areas = names.dictionary.to_pylist()
        row_of = np.asarray(names.indices)
        numbers = np.asarray(area_days["day"].combine_chunks().cast(pa.int32())).astype(np.int64)
        origin = int(numbers.min())
        days = max((last - EPOCH).days, int(numbers.max())) - origin + 1
        at = numbers - origin
        low, high = {}, {}
        for column in COUNTED:
            values = np.asarray(area_days[column].combine_chunks().cast(pa.float64()).fill_null(np.nan))
            low[column] = np.zeros((len(areas), days))
            high[column] = np.full((len(areas), days), np.inf)
            known = ~np.isnan(values)
            low[column][row_of[known], at[known]] = values[known]
            high[column][row_of[known], at[known]] = values[known]
        filled = np.asarray(area_days["filled_days"].combine_chunks().cast(pa.int64()).fill_null(0))
        for row in np.flatnonzero(filled):
            high["confirmed"][row_of[row], at[row] - filled[row] : at[row]] = 0
        total = np.where(np.isinf(high["confirmed_total"]), np.nan, high["confirmed_total"])
        order = np.argsort(np.asarray(areas, dtype=object))
        return Grid(
            tuple(areas[place] for place in order),
            EPOCH + timedelta(days=origin),
            days,
            {name: one[order] for name, one in low.items()},
            {name: one[order] for name, one in high.items()},
            total[order],
        )

    def place_of(self, day: date) -> int:
        """The column of a day; before the first one it is negative."""
        return (day - self.first).days


@dataclass(frozen=True)
class Interval:
    """Numbers of which only bounds are known: one pair for each area."""

    low: Numbers
    high: Numbers


class Measures:
    """Every measure of a set for every area through the end of a day."""

    def __init__(self, rules: GradeSet, grid: Grid) -> None:
        self.grid = grid
        self.measures = rules.measures
        self._sums: dict[tuple[str, ...], tuple[Numbers, Numbers]] = {}
        self._last: dict[tuple[str, ...], tuple[Places, Places]] = {}

    def at(self, day: int, entered: Places) -> dict[str, Interval]:
        """By name; entered: the day on which each area got its grade. day −1 and before: nothing is known."""
        return {name: self._one(measure, day, entered) for name, measure in self.measures.items()}

    def _one(self, measure: Measure, day: int, entered: Places) -> Interval:
        if day < 0:
            nothing = np.zeros(len(self.grid.areas))
            return Interval(nothing, np.full_like(nothing, np.inf))
        if measure.days_since:
            possible, certain = self._last_days(measure.columns)
            low, high = day - possible[:, day], (day - certain[:, day]).astype(np.float64)
            return Interval(low.astype(np.float64), np.where(certain[:, day] < 0, np.inf, high))
        if measure.since_last:
            possible, certain = self._last_days(measure.since_last)
            few = self._sum(measure.columns, possible[:, day] + measure.from_day, day)
            many = self._sum(measure.columns, np.maximum(certain[:, day], -1) + measure.from_day, day)
            return Interval(few.low, many.high)
        if measure.in_grade:
            return self._sum(measure.columns, entered, day)
        if measure.days is not None:
            start = np.full(len(self.grid.areas), day - measure.days + 1)
            return self._sum(measure.columns, start, day)
        return self._so_far(measure, day)

    def _so_far(self, measure: Measure, day: int) -> Interval:
        """Over all days. The reported total counts where there is one; without it the days before the record
        are not known."""
        summed = self._sum(measure.columns, np.full(len(self.grid.areas), -1), day)
        if measure.columns != ("confirmed",):
            return summed
        totals = self.grid.total[:, : day + 1]
        last = np.where(np.isnan(totals), -1, np.arange(day + 1)).max(axis=1)
        total = np.take_along_axis(totals, np.maximum(last, 0)[:, None], axis=1)[:, 0]
        since = self._sum(measure.columns, last + 1, day)
        there = last >= 0
        return Interval(
            np.where(there, total + since.low, summed.low), np.where(there, total + since.high, summed.high)
        )

    def _sum(self, columns: tuple[str, ...], start: Places, day: int) -> Interval:
        """The sum over [start, day] of each area; days before the grid are not known."""
        low, unknown = self._cumulated(columns)
        begin = np.clip(start, 0, day + 1)[:, None]
        known = low[:, day + 1] - np.take_along_axis(low, begin, axis=1)[:, 0]
        missing = unknown[:, day + 1] - np.take_along_axis(unknown, begin, axis=1)[:, 0]
        open_above = (missing > 0) | ((start < 0) & (start <= day))
        return Interval(known, np.where(open_above, np.inf, known))

    def _cumulated(self, columns: tuple[str, ...]) -> tuple[Numbers, Numbers]:
        """Sums of what is known and numbers of what is not, over the days before each day."""
        if columns not in self._sums:
            low = np.sum([self.grid.low[name] for name in columns], axis=0)
            unknown = np.any([np.isinf(self.grid.high[name]) for name in columns], axis=0)
            self._sums[columns] = (_before(low), _before(unknown.astype(np.float64)))
        return self._sums[columns]

    def _last_days(self, columns: tuple[str, ...]) -> tuple[Places, Places]:
        """Through each day, the last day that may have any, and the last that surely has (−1: none)."""
        if columns not in self._last:
            certain = np.any([self.grid.low[name] > 0 for name in columns], axis=0)
            possible = np.any([self.grid.high[name] > 0 for name in columns], axis=0)
            self._last[columns] = (_last_true(possible), _last_true(certain))
        return self._last[columns]


def _before(values: Numbers) -> Numbers:
    return np.concatenate([np.zeros((values.shape[0], 1)), np.cumsum(values, axis=1)], axis=1)


def _last_true(truths: Truths) -> Places:
    days = np.where(truths, np.arange(truths.shape[1]), -1)
    return np.maximum.accumulate(days, axis=1).astype(np.int64)
