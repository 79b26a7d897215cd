"""What each part of a condition was worth for one row, and which facts it was read from.

A second, slow statement of the expressions for a single row: derive decides in SQL, this tells why. A
test holds the two together on the examples of the pack. Missing values are None, as NULL in SQL.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any as Anything

from sizao.obligations.recorded import Recorded, Row
from sizao.policy.expressions.tree import (
    All,
    Any,
    Call,
    ColumnOf,
    Compare,
    IsMissing,
    Literal,
    Node,
    Not,
    OneOf,
    Type,
)
from sizao.terms.areas import ancestors, is_within
from sizao.terms.identifiers import parse_hex_key
from sizao.terms.time import end_of_day, local_day, midnight

DAY = timedelta(days=1)
_COMPARE: Mapping[str, Callable[[Anything, Anything], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Found:
    """A value (None: not known) and the facts it was read from, beside the row itself.

    lacking: when it is not known for want of facts, what would have to be found out, as (what, where or
    who, from, to).
    """

    value: Anything
    cites: tuple[Row, ...] = ()
    lacking: tuple[tuple[str, str, date | None, date | None], ...] = ()


@dataclass(frozen=True)
class Decided:
    """One comparison of a condition: its outcome (None: not known) and the values of its sides that are
    not literals."""

    node: Node
    outcome: bool | None
    sides: tuple[tuple[Node, Found], ...]

    @property
    def cites(self) -> tuple[Row, ...]:
        """The facts its sides were read from."""
        return _distinct([row for _, found in self.sides for row in found.cites])


class Evaluator:
    """Values of expressions for one row: a trigger, a proof, or an ending fact."""

    def __init__(
        self,
        recorded: Recorded,
        row: Row,
        *,
        zone: str,
        grades: tuple[str, ...],
        reach_back: bool = False,
        stage_start: datetime | None = None,
    ) -> None:
        self._recorded = recorded
        self._row = row
        self._zone = zone
        self._grades = grades
        self._reach_back = reach_back
        self._stage_start = stage_start

    def value(self, node: Node) -> Found:
        """The value of an expression."""
        match node:
            case Literal(value, _):
                return Found(value)
            case ColumnOf(name, type_):
                return Found(self._column(name, type_))
            case Call():
                return self._call(node)
        return Found(self.truth(node))

    def truth(self, node: Node) -> bool | None:
        """The truth of a condition, three-valued."""
        match node:
            case All(items):
                return _all([self.truth(item) for item in items])
            case Any(items):
                none_true = _all([_not(self.truth(item)) for item in items])
                return _not(none_true)
            case Not(item):
                return _not(self.truth(item))
            case Compare() | OneOf() | IsMissing():
                return self.decide(node).outcome
        truth = self.value(node).value
        return truth if truth is None else bool(truth)

    def decide(self, node: Node) -> Decided:
        """The outcome of a single comparison and what its sides were worth."""
        match node:
            case Compare(sign, left, right):
                one, other = self.value(left), self.value(right)
                known = one.value is not None and other.value is not None
                outcome = _COMPARE[sign](one.value, other.value) if known else None
                return Decided(node, outcome, _sides((left, one), (right, other)))
            case OneOf(value, options):
                one = self.value(value)
                outcome = None if one.value is None else one.value in {option.value for option in options}
                return Decided(node, outcome, _sides((value, one)))
            case IsMissing(value):
                one = self.value(value)
                return Decided(node, one.value is None, _sides((value, one)))
        found = self.value(node)
        return Decided(node, found.value, _sides((node, found)))

    def decisions(self, node: Node) -> list[Decided]:
        """Every comparison of a condition, in the order of its text."""
        match node:
            case All(items) | Any(items):
                return [one for item in items for one in self.decisions(item)]
            case Not(item):
                return self.decisions(item)
        return [self.decide(node)]

    def filled(self, node: Node) -> Node:
        """The expression with the arguments of its look-ups replaced by their values, for saying what was
        asked."""
        match node:
            case Compare(_, left, right):
                return replace(node, left=self.filled(left), right=self.filled(right))
            case OneOf(value) | IsMissing(value):
                return replace(node, value=self.filled(value))
            case Call():
                return replace(node, arguments=tuple(self._constant(one) for one in node.arguments))
        return node

    def _constant(self, node: Node) -> Node:
        if node.type in (Type.STAYS, Type.IMPRECISE) or isinstance(node, Literal):
            return self.filled(node)
        value = self.value(node).value
        return self.filled(node) if value is None else Literal(value, node.type, node.at)

    def alternative(self, node: Node) -> Node:
        """Of a condition that does not hold, the part that comes nearest to it: of alternatives the least
        lacking."""
        if isinstance(node, Any):
            lacking = [sum(not one.outcome for one in self.decisions(item)) for item in node.items]
            return self.alternative(node.items[lacking.index(min(lacking))])
        return node

    def day(self, node: Node) -> date | None:
        """The value as a date; an instant is taken at its local day."""
        value = self.value(node).value
        if isinstance(value, datetime):
            return local_day(value, self._zone)
        return value if isinstance(value, date) else None

    def instant(self, node: Node) -> datetime | None:
        """The value as an instant; a date is taken at its 00:00."""
        value = self.value(node).value
        if isinstance(value, datetime) or value is None:
            return value
        return midnight(value, self._zone) if isinstance(value, date) else None

    def _column(self, name: str, type_: Type) -> Anything:
        if name == "stage_start":
            start = self._stage_start
            return local_day(start, self._zone) if start is not None and type_ is Type.DATE else start
        if name == "known_at":
            return self._row.first_known_at
        if type_ is Type.IMPRECISE:
            first = self._row.values.get(f"{name}_earliest")
            return None if first is None else (first, self._row.values[f"{name}_latest"])
        return self._row.values.get(name)

    def _call(self, call: Call) -> Found:
        if call.function == "if_missing":
            first = self.value(call.arguments[0])
            return first if first.value is not None else self.value(call.arguments[1])
        arguments = [self.value(one) for one in call.arguments]
        cites = _distinct([row for one in arguments for row in one.cites])
        if call.function in ("earlier", "later"):
            days = [one.value for one in arguments if one.value is not None]
            choose = min if call.function == "earlier" else max
            return Found(choose(days) if days else None, cites)
        if any(one.value is None for one in arguments):
            return Found(None, cites, tuple(one for found in arguments for one in found.lacking))
        found = getattr(self, f"_{call.function}")(*(one.value for one in arguments))
        return Found(found.value, _distinct([*cites, *found.cites]), found.lacking)

    def _add_days(self, day: date, days: int) -> Found:
        return Found(day + timedelta(days=days))

    def _days_between(self, first: date, second: date) -> Found:
        return Found((second - first).days)

    def _earliest(self, interval: tuple[date, date]) -> Found:
        return Found(interval[0])

    def _latest_day(self, interval: tuple[date, date]) -> Found:
        return Found(interval[1] - DAY)

    def _day_of(self, instant: datetime) -> Found:
        return Found(local_day(instant, self._zone))

    def _start_of(self, day: date) -> Found:
        return Found(midnight(day, self._zone))

    def _is_within(self, inner: str, outer: str) -> Found:
        return Found(is_within(inner, outer))

    def _stays_of(self, person: str) -> Found:
        rows = self._recorded.where("stays", "person", self._recorded.aliases(person))
        return Found((person, tuple(rows)))

    def _worst_grade(self, stays: tuple[str, tuple[Row, ...]], first: date, last: date) -> Found:
        person, rows = stays
        worst: tuple[int, list[tuple[Row, Row]]] = (-1, [])
        lacking: dict[str, list[date]] = {}
        seen = False
        for stay in rows:
            area = stay.values["located_in"]
            for day in _shared_days(stay, first, last):
                seen = True
                rank, grades = self._grade_on(area, day)
                if rank is None:
                    lacking.setdefault(area, []).append(day)
                elif rank > worst[0]:
                    worst = (rank, [(grade, stay) for grade in grades])
                elif rank == worst[0]:
                    worst[1].extend((grade, stay) for grade in grades)
        missing = tuple(("grade", area, min(days), max(days)) for area, days in sorted(lacking.items()))
        if not seen:
            missing = (("stays", person, first, last),)
        cites = _smallest(worst[1])
        if worst[0] > 0:
            return Found(self._grades[worst[0]], cites, missing)
        return Found(None if missing else self._grades[0], () if missing else cites, missing)

    def _last_day_graded(
        self, stays: tuple[str, tuple[Row, ...]], grade: str, first: date, last: date
    ) -> Found:
        least = self._grades.index(grade)
        best: date | None = None
        pairs: list[tuple[Row, Row]] = []
        for stay in stays[1]:
            for day in _shared_days(stay, first, last):
                rank, grades = self._grade_on(stay.values["located_in"], day)
                if rank is not None and rank >= least and (best is None or day >= best):
                    pairs = [*(pairs if day == best else []), *((row, stay) for row in grades)]
                    best = day
        return Found(best, _smallest(pairs))

    def _is_in(self, area: str, named: str) -> Found:
        return Found(any(is_within(area, one) for one in named.split()))

    def _last_day_at(self, stays: tuple[str, tuple[Row, ...]], named: str, first: date, last: date) -> Found:
        reached = [
            (max(days), stay)
            for stay in stays[1]
            if stay.values["place"] in named.split() or self._is_in(stay.values["located_in"], named).value
            for days in [_shared_days(stay, first, last)]
            if days
        ]
        if not reached:
            return Found(None)
        best = max(day for day, _ in reached)
        return Found(best, (min((stay for day, stay in reached if day == best), key=_order),))

    def _grade_of(self, area: str, day: date) -> Found:
        rank, grades = self._grade_on(area, day)
        if rank is None:
            return Found(None, (), (("grade", area, day, day),))
        return Found(self._grades[rank], grades[:1])

    def _grade_on(self, area: str, day: date) -> tuple[int | None, tuple[Row, ...]]:
        """The rank of an area-day and the rows that gave it, in order of key: semantics, 7."""
        in_force = [row for row in self._grade_rows(area) if self._in_force(row, day)]
        deciding: list[Row] = []
        for wider in ancestors(area):
            deciding = [row for row in in_force if row.values["graded"] == wider]
            if deciding:
                break
        below = [row for row in in_force if row.values["graded"].startswith(area + "/")]
        deciding += [row for row in below if row.values["counts_upward"]]
        if not deciding:
            return None, ()
        rank = max(self._rank(row) for row in deciding)
        return rank, tuple(sorted((row for row in deciding if self._rank(row) == rank), key=_order))

    def _grade_rows(self, area: str) -> list[Row]:
        return [
            row
            for row in self._recorded.all("area_grades")
            if is_within(area, row.values["graded"]) or is_within(row.values["graded"], area)
        ]

    def _in_force(self, row: Row, day: date) -> bool:
        begins = row.values["from_on"]
        if not self._reach_back:
            begins = max(begins, local_day(row.values["happened_at"], self._zone))
        ends = row.values["until_on"]
        return bool(begins <= day and (ends is None or day < ends))

    def _rank(self, row: Row) -> int:
        return self._grades.index(row.values["grade"])

    def _negative_tests(self, person: str, first: date, last: date) -> Found:
        begins, ends = midnight(first, self._zone), end_of_day(last, self._zone)
        rows = [
            row
            for row in self._recorded.tests(self._recorded.aliases(person))
            if row.values["result"] == "negative" and begins <= row.values["taken_at"] < ends
        ]
        return Found(len(rows), tuple(rows[:3]))

    def _result_of(self, sample: str) -> Found:
        rows = self._recorded.where("results", "sample", [sample])
        if not rows:
            return Found(None, (), (("result", sample, None, None),))
        last = max(rows, key=lambda row: (row.values["happened_at"], _order(row)))
        return Found(last.values["result"], (last,))

    def _members_of(self, sample: str) -> Found:
        rows = self._recorded.where("sample_members", "sample", [sample])
        return Found(len(rows), tuple(rows[:3]))

    def _classification_of(self, person: str, day: date) -> Found:
        until = end_of_day(day, self._zone)
        rows = self._recorded.where("classifications", "person", self._recorded.aliases(person))
        before = [row for row in rows if row.values["happened_at"] < until]
        if not before:
            return Found(None, (), (("classification", person, None, day),))
        last = max(before, key=lambda row: (row.values["happened_at"], _order(row)))
        return Found(last.values["class"], (last,))

    def _discharge_of(self, person: str, day: date) -> Found:
        until, same = end_of_day(day, self._zone), self._recorded.aliases(person)
        left, came = (
            [row for row in self._recorded.where(fact, "person", same) if row.values["happened_at"] < until]
            for fact in ("discharges", "admissions")
        )
        last = max(left, key=lambda row: (row.values["happened_at"], _order(row)), default=None)
        if last is None or any(row.values["happened_at"] >= last.values["happened_at"] for row in came):
            return Found(None, (), (("discharge", person, None, day),))
        return Found(last.values["outcome"], (last,))

    def _occupation_of(self, person: str, day: date) -> Found:
        rows = self._recorded.where("occupations", "person", self._recorded.aliases(person))
        return self._in_course(rows, day, "occupation", person)

    def _place_kind(self, place: str) -> Found:
        return self._of_place(place, "kind")

    def _place_level(self, place: str) -> Found:
        return self._of_place(place, "level")

    def _of_place(self, place: str, column: str) -> Found:
        rows = self._recorded.where("places", "place", [place])
        if not rows:
            return Found(None, (), (("place", place, None, None),))
        last = max(rows, key=lambda row: (row.values["from_on"], _order(row)))
        return Found(last.values[column], (last,))

    def _in_course(self, rows: list[Row], day: date, column: str, whom: str) -> Found:
        current = [
            row
            for row in rows
            if row.values["from_on"] <= day
            and (row.values["until_on"] is None or day < row.values["until_on"])
        ]
        if not current:
            return Found(None, (), ((column, whom, day, day),))
        last = max(current, key=lambda row: (row.values["from_on"], _order(row)))
        return Found(last.values[column], (last,))


def _all(truths: list[bool | None]) -> bool | None:
    if False in truths:
        return False
    return None if None in truths else True


def _not(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


def _sides(*sides: tuple[Node, Found]) -> tuple[tuple[Node, Found], ...]:
    return tuple((node, found) for node, found in sides if not isinstance(node, Literal))


def _order(row: Row) -> tuple[int, int]:
    return parse_hex_key(row.key)


def _smallest(pairs: list[tuple[Row, Row]]) -> tuple[Row, ...]:
    """Of the (grade row, stay) pairs that gave a value, the one with the smallest keys."""
    return min(pairs, key=lambda pair: (_order(pair[0]), _order(pair[1]))) if pairs else ()


def _shared_days(stay: Row, first: date, last: date) -> list[date]:
    begins = max(first, stay.values["from_on"])
    until = stay.values["until_on"]
    ends = last + DAY if until is None else min(last + DAY, until)
    return [begins + timedelta(days=number) for number in range((ends - begins).days)]


def _distinct(rows: list[Row]) -> tuple[Row, ...]:
    seen: dict[str, Row] = {}
    for row in rows:
        seen.setdefault(row.cite, row)
    return tuple(seen.values())
