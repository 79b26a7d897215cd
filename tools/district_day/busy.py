"""The busiest hour of the day at the pace at which it comes: what pages take then is what people wait.

Elsewhere a day is pressed into a quarter of an hour: what a page takes there tells how requests queue.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from tools.browsing.site import Site
from tools.district_day.plan import Plan, Told
from tools.district_day.readers import READING, Readers
from tools.district_day.sending import Answers, File, Machine, Refused, files_of

MINUTES = float(os.environ.get("SIZAO_BUSY_MINUTES", "4"))
"""So long it is lived."""
PEOPLE = 20
PART = "busiest hour: "
"""Before each kind of what was asked then."""
POLL = 2.0  # seconds between two questions about a file
One = TypeVar("One")


@dataclass(frozen=True)
class Busiest:
    """The hour in which most is told, of those that one phase tells. told: all of it, in order."""

    begins: datetime
    phase: int
    told: tuple[Told, ...]

    @classmethod
    def of(cls, plan: Plan) -> Busiest:
        """That of a plan."""
        hours: dict[datetime, list[Told]] = defaultdict(list)
        for one in plan.told:
            if one.phase:
                hours[one.moment.replace(minute=0, second=0, microsecond=0)].append(one)
        whole = {begins: told for begins, told in hours.items() if len({one.phase for one in told}) == 1}
        begins = max(whole, key=lambda begins: (len(whole[begins]), begins))
        told = sorted(whole[begins], key=lambda one: (one.at, one.version))
        return cls(begins, told[0].phase, tuple(told))

    @property
    def singles(self) -> list[Told]:
        """What is told record by record."""
        return [one for one in self.told if one.via == "one"]

    @property
    def files(self) -> list[File]:
        """What is told in files, the smallest first."""
        files = files_of(one for one in self.told if one.via in ("batch", "sheet"))
        return sorted(files, key=lambda one: (len(one.told), one.giver, one.fact))

    def part(self, minutes: float) -> tuple[list[Told], list[File]]:
        """As many single records and files as come in so many minutes; files of all sizes."""
        singles, files = self.singles, self.files
        many = _share(len(files), minutes)
        chosen = [files[int((number + 0.5) * len(files) / many)] for number in range(many)]
        return singles[: _share(len(singles), minutes)], chosen


@dataclass
class Lived:
    """What came of it. late: by how many seconds something was sent after its time; left: to be told anew."""

    hour: Busiest
    singles: int
    files: int
    rows: int
    minutes: float = MINUTES
    late: float = 0.0
    left: list[Refused] = field(default_factory=list)
    runs: list[float] = field(default_factory=list)


def live_hour(
    site: Site, keys: dict[str, str], answers: Answers, hour: Busiest, *, within: float
) -> tuple[Lived, set[tuple[str, int]]]:
    """Some minutes of the hour while people read; with it which records were told, and their versions."""
    singles, files = hour.part(MINUTES)
    lived = Lived(hour, len(singles), len(files), sum(len(one.told) for one in files))
    machines = [Machine(site.address, keys, answers, PART) for _ in range(2)]
    ((before,),) = site.ask("SELECT coalesce(max(id), 0) FROM ledger_run")

    def tell(one: Told) -> None:
        sent = [machines[0].one(one) for _ in range(1 + one.twice)]
        lived.left += [refused for refused in sent if refused is not None]

    def hand_in(one: File) -> None:
        delivery = machines[1].batch(one.giver, one.fact, one.told, one.kind)
        if delivery:
            machines[1].settled(one.giver, delivery, len(one.told), within, POLL)

    with Readers(site, answers, PEOPLE, READING, PART), ThreadPoolExecutor(2) as pool:
        sending = [pool.submit(_paced, singles, tell, lived), pool.submit(_paced, files, hand_in, lived)]
        time.sleep(MINUTES * 60)
        for one in sending:
            one.result()
    lived.runs = [
        seconds for (seconds,) in site.ask("SELECT seconds FROM ledger_run WHERE id > %s", [before])
    ]
    told = [*singles, *(one for file in files for one in file.told)]
    left = {key_of(one.told) for one in lived.left}
    return lived, {key_of(one) for one in told} - left


def key_of(told: Told) -> tuple[str, int]:
    """Which link it is."""
    return told.record, told.version


def _share(many: int, minutes: float) -> int:
    """Of so many in an hour those of some minutes; one where there is any."""
    return max(min(many, 1), round(many * minutes / 60))


def _paced(listed: Sequence[One], act: Callable[[One], None], lived: Lived) -> None:
    """One after the other, each at its time."""
    begins = time.monotonic()
    for number, one in enumerate(listed):
        at = begins + (number + 0.5) * MINUTES * 60 / len(listed)
        time.sleep(max(0.0, at - time.monotonic()))
        lived.late = max(lived.late, time.monotonic() - at)
        act(one)
