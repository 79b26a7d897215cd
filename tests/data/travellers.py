"""100,000 invented travellers who were at real places on real days of a list, drawn by seed.

No register has people who were there: who they are, when they came and how long they stayed is drawn. The
places and days on which a place was listed are the list's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from sizao.facts.completion import Defaults, complete
from sizao.facts.dictionary import FACTS
from sizao.risk.lists import Announced
from sizao.terms.areas import ancestors

SEED = 20220628
FIRST, LAST = date(2022, 6, 28), date(2022, 10, 14)
LOOKED_BACK = 7
ZONE = "Asia/Shanghai"


@dataclass(frozen=True)
class Traveller:
    """Somebody who stayed at a place on [from_on, until_on) and arrived on a day."""

    person: str
    place: str = field(repr=False)  # of a list that may not be shown
    from_on: date
    until_on: date
    arrived_on: date


def drawn(rows: Sequence[Announced], counties: Sequence[str], count: int) -> list[Traveller]:
    """Four of five stayed at a listed place on a day on which it was listed, the others somewhere in a county
    drawn from all; each for one to four days, and arrived up to nine days after the drawn day."""
    random = np.random.default_rng(SEED)
    listed = [one for one in rows if one.from_on <= LAST and one.until_on > FIRST]
    travellers = []
    for number in range(count):
        if random.random() < 0.8:
            one = listed[int(random.integers(len(listed)))]
            first, last = max(one.from_on, FIRST), min(one.until_on - timedelta(days=1), LAST)
            place = one.graded
        else:
            place, first, last = counties[int(random.integers(len(counties)))], FIRST, LAST
        day = first + timedelta(days=int(random.integers((last - first).days + 1)))
        begins = day - timedelta(days=int(random.integers(3)))
        ends = day + timedelta(days=1 + int(random.integers(2)))
        arrived = min(day + timedelta(days=int(random.integers(10))), LAST)
        travellers.append(
            Traveller(f"t{number}", place, begins, min(ends, arrived + timedelta(days=1)), arrived)
        )
    return travellers


def facts_of(travellers: Sequence[Traveller]) -> dict[str, pa.Table]:
    """Their stays and arrivals as facts."""
    people = [one.person for one in travellers]
    stays = pa.table(
        {
            "person": people,
            "located_in": [one.place for one in travellers],
            "from_on": pa.array([one.from_on for one in travellers], pa.date32()),
            "until_on": pa.array([one.until_on for one in travellers], pa.date32()),
        }
    )
    arrivals = pa.table(
        {
            "person": people,
            "arrived_on": pa.array([one.arrived_on for one in travellers], pa.date32()),
            "declared": ["declared"] * len(people),
        }
    )
    return {name: completed(name, table) for name, table in (("stays", stays), ("arrivals", arrivals))}


def completed(name: str, table: pa.Table) -> pa.Table:
    """The table with the columns that all facts have."""
    whole, problems = complete(FACTS[name], table, Defaults(ZONE, "city"))
    assert not problems, problems[0]
    return whole


class PlainTelling:
    """The worst grade of a stay, told day by day: no interval, no join."""

    ORDER: Mapping[str, int] = {"low": 0, "medium": 1, "high": 2}

    def __init__(self, rows: Sequence[Announced], covered: Sequence[tuple[date, date]]) -> None:
        self.listed: dict[str, dict[date, str]] = {}
        for one in rows:
            days = self.listed.setdefault(one.graded, {})
            for day in each_day(one.from_on, one.until_on):
                if self.ORDER[one.grade] >= self.ORDER[days.get(day, "low")]:
                    days[day] = one.grade
        self.covered = {day for first, last in covered for day in each_day(first, last + timedelta(days=1))}

    def grade(self, place: str, day: date) -> str | None:
        """The grade of a place on a day; None: not known."""
        for area in ancestors(place):
            if day in self.listed.get(area, {}):
                return self.listed[area][day]
        return "low" if day in self.covered else None

    def worst(self, one: Traveller) -> str | None:
        """The worst grade over the days of the stay that lie in the days looked back over."""
        begins = max(one.from_on, one.arrived_on - timedelta(days=LOOKED_BACK))
        ends = min(one.until_on, one.arrived_on + timedelta(days=1))
        grades = [self.grade(one.place, day) for day in each_day(begins, ends)]
        known = [grade for grade in grades if grade is not None]
        worst = max(known, key=self.ORDER.__getitem__, default=None)
        if worst in ("medium", "high"):
            return worst
        return "low" if grades and len(known) == len(grades) else None


def each_day(first: date, until: date) -> list[date]:
    """The days [first, until)."""
    return [first + timedelta(days=number) for number in range((until - first).days)]
