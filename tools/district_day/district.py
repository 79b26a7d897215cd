"""The invented district: how large it is, what its areas, offices, places and people are called.

Nothing here is a real place, office or person.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from functools import cached_property

ROOT = "drill"
HERE = "drill/district"
GRADED = "neighbour/north"
"""An area elsewhere that is graded medium."""
QUIET = "neighbour/south"
"""One that is graded low."""


@dataclass(frozen=True)
class District:
    """How many there are of each."""

    people: int = 100_000
    quarantined: int = 3_000
    schools: int = 40
    pharmacies: int = 30
    clinics: int = 5
    seed: int = 20201130

    @classmethod
    def from_environment(cls) -> District:
        """SIZAO_PEOPLE, SIZAO_QUARANTINED, SIZAO_SCHOOLS, SIZAO_PHARMACIES, SIZAO_CLINICS, SIZAO_SEED."""
        stated = {one.name: os.environ.get(f"SIZAO_{one.name.upper()}") for one in fields(cls)}
        return cls(**{name: int(value) for name, value in stated.items() if value is not None})

    def environment(self) -> dict[str, str]:
        """The same, as variables."""
        return {f"SIZAO_{one.name.upper()}": str(getattr(self, one.name)) for one in fields(self)}

    @cached_property
    def streets(self) -> list[str]:
        """One for each ten thousand people, two at least."""
        return [f"{HERE}/s{number:02d}" for number in range(max(2, self.people // 10_000))]

    @cached_property
    def communities(self) -> list[str]:
        """Ten in each street of a large district, two in a small one."""
        each = 10 if self.people >= 20_000 else 2
        return [f"{street}/c{number:02d}" for street in self.streets for number in range(each)]

    def grounds(self, street: str) -> str:
        """Where the quarantine site of a street lies."""
        return f"{street}/site"

    def home(self, number: int) -> str:
        """The community in which resident `number` lives; families of three live together."""
        return self.communities[number // 3 % len(self.communities)]

    @staticmethod
    def street(area: str) -> str:
        """The street of a community."""
        return area.rsplit("/", 1)[0]

    @staticmethod
    def resident(number: int) -> str:
        """The number under which a resident stands."""
        return f"r{number:06d}"

    def place(self, kind: str, number: int) -> tuple[str, str]:
        """A place of a kind, and where it lies."""
        return f"{kind}/{number:02d}", self.communities[number % len(self.communities)]

    def clinic(self, number: int) -> tuple[str, str, str]:
        """Place, kind and level: of five three are fever clinics, and two below level 2."""
        place = self.place("clinic", number)[0]
        fever = number % 5 < 3
        kind, level = ("fever_clinic", "level_2") if fever else ("health_centre", "below_level_2")
        return place, kind, level

    @property
    def tag(self) -> str:
        """For the name of a folder."""
        return f"{self.people}-{self.quarantined}-{self.seed}"
