"""The plan of the day: every fact, who gives it when and how. Drawn from a seed; kept as JSON.

The plan says nothing about obligations: what must follow from it is worked out twice, by the installation and
by `expecting`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tools.district_day.clock import BEGINS, DAY, at, phase_of
from tools.district_day.district import District

Values = Mapping[str, Any]
STANDING = datetime.combine(DAY, BEGINS)


@dataclass
class Told:
    """One link of a fact. at: when it is given; before the day begins it is background.

    via: `one` by itself with a key, `batch` as NDJSON, `sheet` as CSV, `form` by somebody at a page, `zero`
    by the tap that says that nobody is absent. giver: the partner, or the person at the page. area: where the
    background was recorded. refuse: the giver does not answer for whom it is about, so it must not be kept.
    """

    fact: str
    record: str
    giver: str
    at: str
    values: dict[str, Any]
    via: str = "one"
    version: int = 1
    action: str = "record"
    reason: str | None = None
    twice: bool = False
    refuse: bool = False
    area: str | None = None

    @property
    def moment(self) -> datetime:
        """When it is given."""
        return datetime.fromisoformat(self.at)

    @property
    def phase(self) -> int:
        """0: background."""
        return phase_of(self.moment)


@dataclass
class Plan:
    """The district and everything that is told of it."""

    district: District
    random: Random
    told: list[Told] = field(default_factory=list)

    def tell(
        self, fact: str, giver: str, moment: datetime, values: Values, *, via: str = "one", **more: Any
    ) -> Told:
        """Somebody tells a fact at this moment."""
        record = f"{fact}-{len(self.told)}"
        made = Told(fact, record, giver, moment.isoformat(), _plain(values), via, **more)
        if moment >= STANDING:
            made.phase  # noqa: B018 - raises when nobody is left to tell it
        self.told.append(made)
        return made

    def correct(self, first: Told, moment: datetime, values: Values, *, reason: str = "订正（演练）") -> Told:
        """The same record once more, with other values."""
        return self._again(first, moment, "replace", {**first.values, **_plain(values)}, reason)

    def retract(self, first: Told, moment: datetime, *, reason: str = "登记有误（演练）") -> Told:
        """The record was none."""
        return self._again(first, moment, "retract", {}, reason)

    def _again(self, first: Told, moment: datetime, action: str, values: dict[str, Any], reason: str) -> Told:
        made = Told(
            first.fact, first.record, first.giver, moment.isoformat(), values, "one",
            first.version + 1, action, reason,
        )  # fmt: skip
        self.told.append(made)
        return made

    def tube(
        self, people: Sequence[str], taken: datetime, *, result: str | None = "negative", after: float = 3.0,
        at_pages: bool = False,
    ) -> None:  # fmt: skip
        """A sample of these people and, so many hours later, its result."""
        via, takes, finds = ("form", "sampler", "bench") if at_pages else ("batch", "sampling", "laboratory")
        sample = f"tube-{len(self.told)}"
        kind = "single" if len(people) == 1 else "pool"
        self.tell("samples", takes, taken, {"sample": sample, "taken_at": taken, "kind": kind}, via=via)
        for person in people:  # at a page one form asks for both
            member = {"sample": sample, "person": person, "happened_at": taken}
            self.tell("sample_members", takes, taken, member, via=via)
        if result is not None:
            found = taken + timedelta(hours=after)
            said = {
                "sample": sample,
                "result": result,
                "resulted_at": found,
                "laboratory": "laboratory/drill",
            }
            self.tell("results", finds, found, said, via=via)

    def drawn(self, **weights: float) -> str:
        """One of these words, by their weights."""
        return self.random.choices(list(weights), list(weights.values()))[0]

    def minute(self, first: str, last: str, days: int = 0) -> datetime:
        """A minute between two clock times."""
        begin, end = at(first, days), at(last, days)
        return begin + timedelta(minutes=self.random.randrange(int((end - begin).total_seconds() // 60)))

    def phases(self) -> Iterator[tuple[int, list[Told]]]:
        """What is told at each phase, in order."""
        sorted_ = sorted(self.told, key=lambda one: (one.phase, one.version, one.at))
        for number in sorted({one.phase for one in sorted_}):
            yield number, [one for one in sorted_ if one.phase == number]

    def write(self, file: Path) -> None:
        """As JSON, for whoever reads the plan without this code."""
        whole = {"day": DAY.isoformat(), "told": [asdict(one) for one in self.told]}
        file.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")


def _plain(values: Values) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date | datetime) else value
        for name, value in values.items()
    }
