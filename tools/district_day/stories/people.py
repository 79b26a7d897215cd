"""Residents given out to stories, each to one, so that no two stories are about the same person."""

from __future__ import annotations

from itertools import chain
from random import Random

from tools.district_day.district import District


class People:
    """Hands out residents in the order of a shuffled list."""

    def __init__(self, district: District, random: Random) -> None:
        self.district = district
        self._left = list(range(district.people))
        random.shuffle(self._left)
        self._new = 0

    def take(self, number: int = 1) -> list[str]:
        """So many residents whom no story has yet."""
        if number > len(self._left):
            raise ValueError(f"The district is too small: {number} residents are wanted and none are left.")
        taken, self._left = self._left[:number], self._left[number:]
        return [self.district.resident(one) for one in taken]

    def one(self) -> str:
        """One more."""
        return self.take()[0]

    def beside(self, person: str) -> str:
        """Somebody of the same community whom no story has yet: of the same family, where one is left.

        ValueError where the whole community is in stories.
        """
        number, home = int(person[1:]), self.home_of(person)
        family = (one for one in range(number // 3 * 3, number // 3 * 3 + 3) if one in self._left)
        neighbours = (one for one in self._left if self.district.home(one) == home)
        found = next(chain(family, neighbours), None)
        if found is None:
            raise ValueError(f"The district is too small: nobody of {home} is left for {person}.")
        self._left.remove(found)
        return self.district.resident(found)

    def apart(self, person: str) -> str:
        """Somebody of another street whom no story has yet. ValueError where nobody is left there."""
        street = self.street_of(person)
        others = (one for one in self._left if self.district.street(self.district.home(one)) != street)
        found = next(others, None)
        if found is None:
            raise ValueError(f"The district is too small: nobody is left outside {street} for {person}.")
        self._left.remove(found)
        return self.district.resident(found)

    def street_of(self, person: str) -> str:
        """The street in which a resident lives."""
        return self.district.street(self.home_of(person))

    def home_of(self, person: str) -> str:
        """The community in which a resident lives."""
        return self.district.home(int(person[1:]))

    def community_of(self, person: str) -> str:
        """The partner that tells for the communities of that street."""
        return f"community-{self.street_of(person).rsplit('/', 1)[1]}"

    def site_of(self, person: str) -> tuple[str, str]:
        """The quarantine site of that street, and the partner that tells for it."""
        street = self.street_of(person).rsplit("/", 1)[1]
        return f"quarantine-site/{street}", f"site-{street}"

    def share(self, part: float, least: int = 2) -> int:
        """So many of the residents."""
        return max(least, round(self.district.people * part))

    def newcomer(self) -> str:
        """Somebody whom no table knows yet."""
        self._new += 1
        return f"n{self._new:06d}"
