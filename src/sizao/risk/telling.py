"""What the machine found, as tables: every area and day, and every change with what it rests on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from sizao.policy.grading import GradeSet
from sizao.risk.grid import EPOCH, Grid, Interval, Numbers, Places, Truths


class Told:
    """Collects what became of every area and day, and gives it as tables."""

    def __init__(self, rules: GradeSet, grid: Grid) -> None:
        self.rules = rules
        self.grid = grid
        self.days = _Columns(rules)
        self.changes = _Columns(rules)

    def day(self, day: int, states: Mapping[str, Places | Truths], names: Mapping[str, Interval]) -> None:
        """Every area on one day. states: grade, came_from, days_in_grade, moved (1 up, 0 down), not_known."""
        count = len(self.grid.areas)
        self.days.add({"area": np.arange(count), "day": np.full(count, day), **states}, names)

    def change(self, those: Truths, states: Mapping[str, Places], names: Mapping[str, Interval]) -> None:
        """The areas that change. states: grade, was, from_on, step, counts_through, for every area."""
        found = {name: values[those] for name, values in states.items()}
        kept = {name: Interval(one.low[those], one.high[those]) for name, one in names.items()}
        self.changes.add({"area": np.flatnonzero(those), **found}, kept)

    def tables(self) -> tuple[pa.Table, pa.Table]:
        """`daily` and `proposals`, also when there is nothing to tell."""
        steps = self.steps()
        moves = tuple(step.split("/")[0] for step in steps)
        days, changes = self.days.whole(), self.changes.whole()
        grades = self.rules.grades
        daily = {
            "area": self._areas(days["area"]),
            "day": self._days(days["day"]),
            "grade": _words(days["grade"], grades),
            "came_from": _words(days["came_from"], grades),
            "days_in_grade": pa.array(days["days_in_grade"], pa.int64()),
            "moved": _words(days["moved"], ("down", "up")),
            "not_known": pa.array(days["not_known"].astype(bool), pa.bool_()),
            **self.days.evidence(),
        }
        proposals = {
            "area": self._areas(changes["area"]),
            "grade": _words(changes["grade"], grades),
            "was": _words(changes["was"], grades),
            "from_on": self._days(changes["from_on"]),
            "moved": _words(changes["step"], moves),
            "step": _words(changes["step"], steps),
            "counts_through": self._days(changes["counts_through"]),
            **self.changes.at_least(),
        }
        return pa.table(daily), pa.table(proposals)

    def steps(self) -> tuple[str, ...]:
        """The names of all steps: those up, then those down, each counted from 1."""
        up = (f"up/{number}" for number in range(1, len(self.rules.up) + 1))
        return (*up, *(f"down/{number}" for number in range(1, len(self.rules.down) + 1)))

    def _areas(self, places: Places) -> pa.Array:
        return _words(places, self.grid.areas)

    def _days(self, places: Places) -> pa.Array:
        numbers = (places + (self.grid.first - EPOCH).days).astype(np.int32)
        return pa.array(numbers, pa.int32()).cast(pa.date32())


class _Columns:
    """Columns that grow block by block."""

    def __init__(self, rules: GradeSet) -> None:
        self.states: dict[str, list[Places | Truths]] = {}
        self.low: dict[str, list[Numbers]] = {name: [] for name in rules.measures}
        self.high: dict[str, list[Numbers]] = {name: [] for name in rules.measures}

    def add(self, states: Mapping[str, Places | Truths], names: Mapping[str, Interval]) -> None:
        for name, values in states.items():
            self.states.setdefault(name, []).append(values.copy())
        for name in self.low:
            self.low[name].append(names[name].low)
            self.high[name].append(names[name].high)

    def whole(self) -> Mapping[str, Places]:
        """The columns; one that got nothing is empty."""
        found: defaultdict[str, Places] = defaultdict(lambda: np.zeros(0, np.int64))
        for name, parts in self.states.items():
            found[name] = np.concatenate(parts).astype(np.int64)
        return found

    def evidence(self) -> dict[str, pa.Array]:
        """Each measure as a number, or NULL where it is not known."""
        found = {}
        for name, parts in self.low.items():
            low = np.concatenate([np.zeros(0), *parts])
            high = np.concatenate([np.zeros(0), *self.high[name]])
            found[name] = pa.array(low, pa.int64(), mask=low != high)
        return found

    def at_least(self) -> dict[str, pa.Array]:
        """Each measure as the number that is surely reached, and `at_least`: those that may be more."""
        found, open_above = {}, []
        for name, parts in self.low.items():
            low = np.concatenate([np.zeros(0), *parts])
            found[name] = pa.array(low, pa.int64())
            open_above.append(np.where(low != np.concatenate([np.zeros(0), *self.high[name]]), name, ""))
        named = [",".join(one for one in row if one) for row in zip(*open_above, strict=True)]
        return {**found, "at_least": pa.array(named, pa.string())}


def _words(places: Places, words: tuple[str, ...]) -> pa.Array:
    """The words at these places; −1 is NULL."""
    coded = pa.array(np.maximum(places, 0), pa.int32(), mask=places < 0)
    return pa.DictionaryArray.from_arrays(coded, pa.array(words, pa.string())).cast(pa.string())
