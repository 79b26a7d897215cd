"""Conditions of grades, for all areas at once: surely true, surely false, or not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sizao.policy.expressions.tree import All, Any, ColumnOf, Compare, IsMissing, Literal, Node, Not, OneOf
from sizao.risk.grid import Interval, Truths

NO_GRADE = -1


@dataclass(frozen=True)
class Truth:
    """A condition for each area: surely true, surely false, or neither."""

    true: Truths
    false: Truths


class Conditions:
    """Conditions over measures, the days in the grade, and the grade that an area came from."""

    def __init__(self, grades: tuple[str, ...]) -> None:
        self.grades = grades

    def truth(self, node: Node, names: Mapping[str, Interval]) -> Truth:
        if isinstance(node, All | Any):
            parts = [self.truth(item, names) for item in node.items]
            both, one = (
                (np.logical_and, np.logical_or) if isinstance(node, All) else (np.logical_or, np.logical_and)
            )
            return Truth(
                both.reduce([part.true for part in parts]), one.reduce([part.false for part in parts])
            )
        if isinstance(node, Not):
            inner = self.truth(node.item, names)
            return Truth(inner.false, inner.true)
        if isinstance(node, Compare):
            return self._compared(
                node.operator, self._number(node.left, names), self._number(node.right, names)
            )
        if isinstance(node, OneOf):
            value = self._number(node.value, names)
            parts = [self._compared("=", value, self._number(one, names)) for one in node.options]
            return Truth(
                np.logical_or.reduce([part.true for part in parts]),
                np.logical_and.reduce([part.false for part in parts]),
            )
        if isinstance(node, IsMissing):
            value = self._number(node.value, names)
            missing = np.isinf(value.high) | (value.high == NO_GRADE)
            return Truth(missing, ~missing)
        raise ValueError(f"A condition of a grade cannot be made of {type(node).__name__}.")

    def _number(self, node: Node, names: Mapping[str, Interval]) -> Interval:
        if isinstance(node, ColumnOf):
            return names[node.name]
        if isinstance(node, Literal):
            value = node.value
            number = self.grades.index(value) if isinstance(value, str) else float(value)  # type: ignore[arg-type]
            return Interval(np.asarray(number, float), np.asarray(number, float))
        raise ValueError(f"A condition of a grade cannot compare {type(node).__name__}.")

    def _compared(self, operator: str, left: Interval, right: Interval) -> Truth:
        less = Truth(left.high < right.low, left.low >= right.high)
        at_most = Truth(left.high <= right.low, left.low > right.high)
        exact = (left.low == left.high) & (right.low == right.high)
        equal = Truth(exact & (left.low == right.low), (left.high < right.low) | (left.low > right.high))
        match operator:
            case "<":
                return less
            case "<=":
                return at_most
            case ">":
                return Truth(at_most.false, at_most.true)
            case ">=":
                return Truth(less.false, less.true)
            case "=":
                return equal
        return Truth(equal.false, equal.true)
