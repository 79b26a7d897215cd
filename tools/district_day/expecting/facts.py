"""The facts of the plan as they hold at the end: corrected, retracted, with the moment each became known."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

Values = Mapping[str, Any]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Fact:
    """One fact. known: when the first link of it was recorded."""

    values: Values
    known: datetime

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)


@dataclass(frozen=True)
class Test:
    """A sample of a person with its result."""

    taken: datetime
    result: str
    members: int

    def proves(self, largest: int) -> bool:
        """Whether it proves a test that allows so many in a tube."""
        if self.result == "negative":
            return self.members <= largest
        return self.result == "positive" and self.members == 1


@dataclass
class Facts:
    """Everything told, the numbers of the pack, and the moment asked about."""

    by_fact: dict[str, list[Fact]]
    numbers: Mapping[str, list[dict[str, Any]]]
    moment: datetime
    day: date
    _by_person: dict[tuple[str, str], list[Fact]] = field(default_factory=dict)

    @classmethod
    def read(cls, plan: Path, answers: Path, pack: Path, moment: datetime) -> Facts:
        """From the files of a run."""
        whole = json.loads(plan.read_text(encoding="utf-8"))
        known = json.loads(answers.read_text(encoding="utf-8"))
        day = date.fromisoformat(whole["day"])
        return cls(_effective(whole["told"], known), _numbers(pack), moment, day)

    def of(self, fact: str) -> list[Fact]:
        """All of a fact."""
        return self.by_fact.get(fact, [])

    def about(self, fact: str, person: str, column: str = "person") -> list[Fact]:
        """Those of a person, or of what another column names."""
        if (fact, column) not in self._indexed:
            self._indexed.add((fact, column))
            for one in self.of(fact):
                self._by_person.setdefault((f"{fact}.{column}", one[column]), []).append(one)
        return self._by_person.get((f"{fact}.{column}", person), [])

    @cached_property
    def _indexed(self) -> set[tuple[str, str]]:
        return set()

    def number(self, name: str, on: date | None = None) -> Any:
        """The value of a parameter on a day (default: the day itself)."""
        texts = [one for one in self.numbers[name] if one["from"] <= (on or self.day)]
        return max(texts, key=lambda one: one["from"])["value"]

    def hours(self, name: str) -> timedelta:
        """A parameter that is a number of hours, or of days."""
        unit = self.numbers[name][0]["unit"]
        value: int = self.number(name)
        return value * (HOUR if unit == "hours" else DAY)

    def in_day(self, opens: datetime, closes: datetime | None) -> bool:
        """Whether a row lies in the day."""
        return opens < start(self.day + DAY) and (closes is None or closes > start(self.day))

    def tests(self, person: str) -> list[Test]:
        """The tests of a person, by when they were taken."""
        return self._tests.get(person, [])

    @cached_property
    def _tests(self) -> dict[str, list[Test]]:
        members = defaultdict(list)
        for one in self.of("sample_members"):
            members[one["sample"]].append(one["person"])
        results = {one["sample"]: one["result"] for one in self.of("results")}
        found: dict[str, list[Test]] = defaultdict(list)
        for one in self.of("samples"):
            if (name := one["sample"]) in results:
                for person in members[name]:
                    test = Test(when(one["taken_at"]), results[name], len(members[name]))
                    found[person].append(test)
        return {person: sorted(tests, key=lambda one: one.taken) for person, tests in found.items()}

    def tested(self, person: str, largest: int) -> list[datetime]:
        """When a person was tested so that it proves something, in tubes of at most so many."""
        return [one.taken for one in self.tests(person) if one.proves(largest)]

    @cached_property
    def pools(self) -> dict[str, tuple[int, str | None]]:
        """Sample -> how many are in it, and its result."""
        results = {one["sample"]: one["result"] for one in self.of("results")}
        found: dict[str, int] = defaultdict(int)
        for one in self.of("sample_members"):
            found[one["sample"]] += 1
        return {name: (many, results.get(name)) for name, many in found.items()}


def when(text: str) -> datetime:
    """An instant of the plan."""
    return datetime.fromisoformat(text)


def day(text: str) -> date:
    """A date of the plan."""
    return date.fromisoformat(text)


def start(of: date, days: int = 0) -> datetime:
    """Midnight at which a day begins, or one so many days later."""
    return datetime.combine(of, time()) + timedelta(days=days)


def _effective(told: list[dict[str, Any]], known: Mapping[str, str]) -> dict[str, list[Fact]]:
    """The last link of each record, unless it retracts; without those that must be refused."""
    links: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for one in told:
        if not one["refuse"]:
            links[one["fact"], one["record"]].append(one)
    found: dict[str, list[Fact]] = defaultdict(list)
    for (fact, record), chain in links.items():
        first = min(chain, key=lambda one: one["version"])
        last = max(chain, key=lambda one: one["version"])
        if last["action"] != "retract":
            found[fact].append(Fact(last["values"], when(known.get(record, first["at"]))))
    return dict(found)


def _numbers(pack: Path) -> dict[str, list[dict[str, Any]]]:
    read = YAML(typ="safe").load
    files = sorted((pack / "parameters").glob("*.yaml"))
    return {name: texts for file in files for name, texts in read(file.read_text(encoding="utf-8")).items()}
