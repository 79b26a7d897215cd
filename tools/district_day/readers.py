"""Readers who ask page after page while the day goes on, each with a pause as a person makes it.

`Readers` ask as much as they can, so that the day is read while it is told; `people` read as people do.
"""

from __future__ import annotations

import random
import re
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPException

from tools.browsing.asking import Asker, signed_in
from tools.browsing.site import Site
from tools.district_day.sending import Answers

PAUSE = (0.8, 0.8)  # seconds between an answer and the next question: at least, at most
READING = (10.0, 30.0)  # the same of people, who read what they asked for: a page every 20 seconds
LISTS = {
    "to do": "/lists/obligations/to-do/",
    "overdue": "/lists/obligations/overdue/",
    "upcoming": "/lists/obligations/upcoming/",
    "tests to do": "/lists/obligations/to-do/?verb=test",
    "second page": "/lists/obligations/to-do/?page=2",
}
LINKS = {"person": r'href="(/persons/[^"?#]+)"', "why": r'href="(/why/[0-9a-f]{32})"'}
DESKS = {
    "site-guard": {"desk": "/quarantine/", "rooms": "/quarantine/rooms/", "checks": "/quarantine/checks/"},
    "community-reader": {"desk": "/community/"},
    "street-reader": {"desk": "/community/", "overview": "/command/"},
    "commander": {"overview": "/command/", "cases": "/command/cases/", "duty": "/on-duty/"},
    "reporter": {"desk": "/investigation/", "overview": "/command/"},
    "inspector": {"desk": "/supervision/", "findings": "/supervision/findings/"},
    "nurse": {"desk": "/institution/"},
    "chemist": {"desk": "/clinic/pharmacy/"},
    "triage-nurse": {"desk": "/clinic/"},
    "sampler": {"desk": "/laboratory/sampling/"},
    "bench": {"desk": "/laboratory/"},
    "school-authority": {"findings": "/supervision/findings/"},
}
"""Who reads, and what of their own desk."""
PAGE = "page: "


@dataclass
class Readers:
    """Threads that read until they are stopped; what they were answered goes to `answers`.

    part: of the day, before each kind of page in the answers.
    """

    site: Site
    answers: Answers
    many: int
    pause: tuple[float, float] = PAUSE
    part: str = ""
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Readers:
        names = list(DESKS)
        for number in range(self.many):
            mine = names[number :: self.many] or [names[number % len(names)]]
            thread = threading.Thread(target=self._read, args=(mine, number), daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(self, *cause: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(120)

    def _read(self, names: list[str], number: int) -> None:
        """Round by round, each of these people asks one page."""
        chance = random.Random(number)
        readers = [_Reader(name, self.site.address, chance) for name in names]
        self._stop.wait(chance.uniform(0, self.pause[1]))  # they do not all sit down in the same second
        while not self._stop.is_set():
            for reader in readers:
                kind, status, seconds = reader.next_page()
                self.answers.note(f"{self.part}{PAGE}{kind}", status, seconds)
                if status >= 400:
                    self.answers.wrong.append(f"{status} {reader.name}: {kind}")
                if self._stop.wait(chance.uniform(*self.pause)):
                    break


class _Reader:
    """One person: asks for the first page, lists, the own desk, and what a list led to."""

    def __init__(self, name: str, address: str, chance: random.Random) -> None:
        self.name, self.address, self.chance = name, address, chance
        self.cookies = signed_in(address, name)
        self.asker = Asker(address, self.cookies)
        self.links: dict[str, list[str]] = {}

    def next_page(self) -> tuple[str, int, float]:
        """What kind of page it was, its status, seconds."""
        kind, path = self._chosen()
        began = time.perf_counter()
        try:
            answer = self.asker.get(path)
        except (
            HTTPException,
            OSError,
        ):  # a connection that rested too long was closed: once more, on a new one
            self.asker = Asker(self.address, self.cookies)
            began = time.perf_counter()
            answer = self.asker.get(path)
        seconds = time.perf_counter() - began
        if kind.startswith("list"):
            for what, pattern in LINKS.items():
                self.links[what] = re.findall(pattern, answer.text)
        return kind, answer.status, seconds

    def _chosen(self) -> tuple[str, str]:
        own = DESKS[self.name]
        kind = self.chance.choice(["start", "list", "list", "desk", "desk", "person", "why"])
        if kind == "list":
            which = self.chance.choice(list(LISTS))
            return f"list, {which}", LISTS[which]
        if kind == "desk":
            which = self.chance.choice(list(own))
            return f"{which} of {self.name}", own[which]
        if links := self.links.get(kind):
            return kind, self.chance.choice(links)
        return "start", "/"
