"""Section 7 and the expressions: three-valued evaluation over one row, and the witnesses of look-ups."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any as Anything

from reference.facts import Row, World
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


@dataclass
class Asked:
    """The row an expression is about, and what was looked up while it was answered."""

    world: World
    row: Row
    grade_reach_back: bool = False
    stage_start: datetime | None = None
    witnesses: list[Row] = field(default_factory=list)

    def answer(self, node: Node) -> Anything:
        """The value of the expression; None means not known (or missing)."""
        match node:
            case Literal():
                return node.value
            case ColumnOf():
                return self._column(node)
            case Compare():
                return _compare(node.operator, self.answer(node.left), self.answer(node.right))
            case All():
                return _all([self.answer(item) for item in node.items])
            case Any():
                negated = [_not(self.answer(item)) for item in node.items]
                return _not(_all(negated))
            case Not():
                return _not(self.answer(node.item))
            case OneOf():
                value = self.answer(node.value)
                return None if value is None else value in [option.value for option in node.options]
            case IsMissing():
                return self.answer(node.value) is None
            case Call():
                return self._call(node)

    def _column(self, node: ColumnOf) -> Anything:
        if node.name == "stage_start":
            return self.stage_start
        if node.type is Type.IMPRECISE:
            edges = self.row[f"{node.name}_earliest"], self.row[f"{node.name}_latest"]
            return None if None in edges else edges
        return self.row[node.name]

    def _call(self, node: Call) -> Anything:
        arguments = [self.answer(argument) for argument in node.arguments]
        if node.function in ("earlier", "later"):
            known = [day for day in arguments if day is not None]
            choose = min if node.function == "earlier" else max
            return choose(known) if known else None
        if node.function == "if_missing":
            return arguments[1] if arguments[0] is None else arguments[0]
        if any(argument is None for argument in arguments):
            return None
        return getattr(self, f"_{node.function}")(*arguments)

    # -- scalars -----------------------------------------------------------------------------------

    def _add_days(self, day: date, days: int) -> date:
        return day + timedelta(days)

    def _days_between(self, first: date, second: date) -> int:
        return (second - first).days

    def _earliest(self, edges: tuple[date, date]) -> date:
        return edges[0]

    def _latest_day(self, edges: tuple[date, date]) -> date:
        return edges[1] - timedelta(1)

    def _day_of(self, instant: datetime) -> date:
        return self.world.local_day(instant)

    def _start_of(self, day: date) -> datetime:
        return self.world.instant(day)

    def _is_within(self, inner: str, outer: str) -> bool:
        return outer in ancestors(inner)

    def _is_in(self, area: str, named: str) -> bool:
        return bool(set(named.split()) & set(ancestors(area)))

    # -- look-ups ----------------------------------------------------------------------------------

    def _stays_of(self, person: str) -> list[Row]:
        return [stay for stay in self.world.rows("stays") if self.world.same(stay["person"], person)]

    def _worst_grade(self, stays: list[Row], first: date, last: date) -> str | None:
        graded = [
            (stay, grade_on(self.world, stay["located_in"], day, self.grade_reach_back))
            for stay, day in shared_days(stays, first, last)
        ]
        known = [self._rank(found.grade) for _, found in graded if found.grade is not None]
        worst = max(known, default=None)
        if worst is None:
            return None
        if worst == 0 and len(known) < len(graded):
            return None  # an area that nobody graded is never low
        pairs = [
            (row, stay)
            for stay, found in graded
            if found.grade is not None and self._rank(found.grade) == worst
            for row in found.rows
        ]
        self.witnesses += min(pairs, key=lambda pair: (pair[0].key, pair[1].key))
        return self.world.policy.grades[worst]

    def _last_day_graded(self, stays: list[Row], grade: str, first: date, last: date) -> date | None:
        reached = []
        for stay, day in shared_days(stays, first, last):
            found = grade_on(self.world, stay["located_in"], day, self.grade_reach_back)
            if found.grade is not None and self._rank(found.grade) >= self._rank(grade):
                reached += [(day, row, stay) for row in found.rows]
        if not reached:
            return None
        answer = max(day for day, _, _ in reached)
        pairs = [(row, stay) for day, row, stay in reached if day == answer]
        self.witnesses += min(pairs, key=lambda pair: (pair[0].key, pair[1].key))
        return answer

    def _last_day_at(self, stays: list[Row], named: str, first: date, last: date) -> date | None:
        reached = [
            (day, stay)
            for stay, day in shared_days(stays, first, last)
            if stay["place"] in named.split() or self._is_in(stay["located_in"], named)
        ]
        if not reached:
            return None
        answer = max(day for day, _ in reached)
        self.witnesses.append(min((stay for day, stay in reached if day == answer), key=lambda row: row.key))
        return answer

    def _grade_of(self, area: str, day: date) -> str | None:
        found = grade_on(self.world, area, day, self.grade_reach_back)
        if found.grade is not None:
            self.witnesses.append(min(found.rows, key=lambda row: row.key))
        return found.grade

    def _negative_tests(self, person: str, first: date, last: date) -> int:
        begin, end = self.world.instant(first), self.world.instant(last + timedelta(1))
        negative = [
            test
            for test in self.world.rows("tests")
            if self.world.same(test["person"], person)
            and test["result"] == "negative"
            and begin <= test["taken_at"] < end
        ]
        self.witnesses += sorted(negative, key=lambda test: (test["taken_at"], test.key))[:3]
        return len(negative)

    def _result_of(self, sample: str) -> str | None:
        row = self.world.result_by_sample.get(sample)
        return self._witnessed(row, "result")

    def _members_of(self, sample: str) -> int:
        members = self.world.members_by_sample.get(sample, [])
        self.witnesses += sorted(members, key=lambda row: row.key)[:3]
        return len(members)

    def _classification_of(self, person: str, day: date) -> str | None:
        end = self.world.instant(day + timedelta(1))
        known = [
            row
            for row in self.world.rows("classifications")
            if self.world.same(row["person"], person) and row["happened_at"] < end
        ]
        return self._witnessed(_last(known, "happened_at"), "class")

    def _discharge_of(self, person: str, day: date) -> str | None:
        end = self.world.instant(day + timedelta(1))
        left, came = (
            [
                row
                for row in self.world.rows(fact)
                if self.world.same(row["person"], person) and row["happened_at"] < end
            ]
            for fact in ("discharges", "admissions")
        )
        last = _last(left, "happened_at")
        if last is None or any(row["happened_at"] >= last["happened_at"] for row in came):
            return None
        return self._witnessed(last, "outcome")

    def _occupation_of(self, person: str, day: date) -> str | None:
        valid = [
            row
            for row in self.world.rows("occupations")
            if self.world.same(row["person"], person) and is_valid_on(row, day)
        ]
        return self._witnessed(_last(valid, "from_on"), "occupation")

    def _place_kind(self, place: str) -> str | None:
        return self._witnessed(self._place(place), "kind")

    def _place_level(self, place: str) -> str | None:
        return self._witnessed(self._place(place), "level")

    def _place(self, place: str) -> Row | None:
        return _last([row for row in self.world.rows("places") if row["place"] == place], "from_on")

    def _witnessed(self, row: Row | None, column: str) -> Anything:
        if row is None:
            return None
        self.witnesses.append(row)
        return row[column]

    def _rank(self, grade: str) -> int:
        return self.world.policy.grades.index(grade)


# -- grades ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Graded:
    """The grade of an area on a day and the rows that give it; no grade: not known."""

    grade: str | None
    rows: tuple[Row, ...] = ()


def grade_on(world: World, area: str, day: date, reach_back: bool) -> Graded:
    """The nearest graded ancestor (the area itself first) decides; a marked descendant raises it."""
    in_force = [row for row in world.rows("area_grades") if _in_force(world, row, day, reach_back)]
    counting: list[Row] = []
    for nearest in ancestors(area):
        counting = [row for row in in_force if row["graded"] == nearest]
        if counting:
            break
    rank = world.policy.grades.index
    if counting:
        worst_above = max(rank(row["grade"]) for row in counting)
        counting = [row for row in counting if rank(row["grade"]) == worst_above]
    counting += [row for row in in_force if row["counts_upward"] and area in ancestors(row["graded"])[1:]]
    if not counting:
        return Graded(None)
    worst = max(rank(row["grade"]) for row in counting)
    return Graded(world.policy.grades[worst], tuple(row for row in counting if rank(row["grade"]) == worst))


def _in_force(world: World, row: Row, day: date, reach_back: bool) -> bool:
    begins = row["from_on"]
    if not reach_back:
        begins = max(begins, world.local_day(row["happened_at"]))
    return begins <= day and (row["until_on"] is None or day < row["until_on"])


def shared_days(stays: list[Row], first: date, last: date) -> Iterator[tuple[Row, date]]:
    """Every day of [first, last], both included, that lies in a stay."""
    for stay in stays:
        day = max(stay["from_on"], first)
        while day <= last and (stay["until_on"] is None or day < stay["until_on"]):
            yield stay, day
            day += timedelta(1)


def ancestors(area: str) -> list[str]:
    """The area itself, then what contains it: a/b/c, a/b, a."""
    parts = area.split("/")
    return ["/".join(parts[:n]) for n in range(len(parts), 0, -1)]


# -- small things ----------------------------------------------------------------------------------


def is_valid_on(row: Row, day: date) -> bool:
    """Whether a dated row (from_on, until_on exclusive or open) covers a day."""
    return row["from_on"] <= day and (row["until_on"] is None or day < row["until_on"])


def _last(rows: list[Row], column: str) -> Row | None:
    """The last by that column, then the greater key."""
    return max(rows, key=lambda row: (row[column], row.key), default=None)


def add_months(day: date, months: int) -> date:
    """The same day so many months later; a day that does not exist is the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def names_imprecise(node: Node | None, row: Row) -> bool:
    """Whether the expression uses a date of the row that is known no better than to several days."""
    match node:
        case ColumnOf(type=Type.IMPRECISE):
            earliest, latest = row[f"{node.name}_earliest"], row[f"{node.name}_latest"]
            return earliest is not None and latest is not None and (latest - earliest).days > 1
        case Call():
            return any(names_imprecise(argument, row) for argument in node.arguments)
        case Compare():
            return names_imprecise(node.left, row) or names_imprecise(node.right, row)
        case All() | Any():
            return any(names_imprecise(item, row) for item in node.items)
        case Not():
            return names_imprecise(node.item, row)
        case OneOf() | IsMissing():
            return names_imprecise(node.value, row)
        case _:
            return False


def _compare(operator: str, left: Anything, right: Anything) -> bool | None:
    if left is None or right is None:
        return None
    match operator:
        case "=":
            return left == right
        case "<>":
            return left != right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
    raise ValueError(operator)


def _all(values: list[bool | None]) -> bool | None:
    if False in values:
        return False
    return None if None in values else True


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value
