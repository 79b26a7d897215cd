"""Live the day: move the clock, tell what has happened, while readers read; compare at the end."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser
from tools.browsing.watching import chromium
from tools.district_day import busy, comparing
from tools.district_day.alone import Cost, costs
from tools.district_day.busy import Busiest, key_of, live_hour
from tools.district_day.clock import PHASES
from tools.district_day.comparing import ROOT, Key
from tools.district_day.district import District
from tools.district_day.installation import Installation
from tools.district_day.pages import record_all
from tools.district_day.plan import Plan, Told
from tools.district_day.readers import Readers
from tools.district_day.sending import Answers, send, send_files, waves
from tools.district_day.stories import planned

PACK = ROOT / "policies" / "training-2020"
SETTLE = 1800.0  # seconds; a whole city on a busy machine
SENDERS = 4
AT_PAGES, IN_FILES = ("form", "zero"), ("batch", "sheet")


@dataclass
class Lived:
    """What came of a day."""

    district: District
    plan: Plan
    answers: Answers
    ledger: int = 0
    statuses: dict[str, dict[str, int]] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    hour: busy.Lived | None = None
    found: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    costs: list[Cost] = field(default_factory=list)
    load: list[str] = field(default_factory=list)

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Notes how long a part took, and the load of the machine after it."""
        began = time.perf_counter()
        yield
        self.seconds[what] = round(time.perf_counter() - began, 1)
        self.load.append(Path("/proc/loadavg").read_text(encoding="ascii").split()[0])
        print(f"{what}: {self.seconds[what]} s, load {self.load[-1]}", flush=True)

    @property
    def right(self) -> bool:
        """Nothing differs, broke or was refused that must be kept; every planted mistake was found."""
        answers = self.answers
        amiss = self.differences or answers.broken or answers.wrong or answers.refused
        return not amiss and all(self.found.values())


def live(district: District, folder: Path, address: str, *, readers: int) -> Lived:
    """The whole day in an installation made anew in this folder."""
    lived = Lived(district, planned(district), Answers())
    site = Installation(folder, address, district=district, ready_within=SETTLE)
    try:
        with lived.timed("made"):
            site.make_district()
        keys = json.loads((folder / "keys.json").read_text(encoding="utf-8"))
        with chromium() as browser:
            day = _Day(lived, site, keys, browser, readers, Busiest.of(lived.plan))
            for phase, told in lived.plan.phases():
                if phase:
                    with lived.timed(PHASES[phase]):
                        day.phase(phase, told)
        with lived.timed("compared"):
            _compare(lived, site, folder)
        with lived.timed("pages alone"):
            lived.costs = costs(site)
    finally:
        site.stop()
    return lived


@dataclass
class _Day:
    """Those who tell and read."""

    lived: Lived
    site: Installation
    keys: dict[str, str]
    browser: Browser
    readers: int
    hour: Busiest

    def phase(self, phase: int, told: list[Told]) -> None:
        """One stretch of the day: people at pages, then machines, single records before files."""
        self.site.serve_at(phase)
        self.site.settled(SETTLE)
        if phase == self.hour.phase:
            begins = self.hour.begins
            before = [
                one for one in told if one.via in AT_PAGES or (one.via == "one" and one.moment < begins)
            ]
            self._tell(before)
            done = {key_of(one) for one in before}
            told = self._busiest([one for one in told if key_of(one) not in done])
        self._tell(told)

    def _tell(self, told: list[Told]) -> None:
        """As fast as it goes while others read; afterwards the ledger is up to it."""
        answers = self.lived.answers
        with Readers(self.site, answers, self.readers):
            record_all(self.browser, self.site, [one for one in told if one.via in AT_PAGES], answers)
            for wave in waves(one for one in told if one.via == "one"):
                answers.refused += send(self.site.address, self.keys, wave, answers, threads=SENDERS)
                self.site.settled(SETTLE)
            files = [one for one in told if one.via in IN_FILES]
            send_files(self.site.address, self.keys, files, answers, within=SETTLE)
            self.site.settled(SETTLE)

    def _busiest(self, told: list[Told]) -> list[Told]:
        """Some minutes at the pace of the day; what is left to tell. What is refused then is told again."""
        lived, site = self.lived, self.site
        with lived.timed("of it the busiest hour"):
            lived.hour, done = live_hour(site, self.keys, lived.answers, self.hour, within=SETTLE)
            site.settled(SETTLE)
        return [one for one in told if key_of(one) not in done]


def _compare(lived: Lived, site: Installation, folder: Path) -> None:
    plan, known = folder / "plan.json", folder / "answers.json"
    known.write_text(json.dumps(lived.answers.known), encoding="utf-8")
    moment, ledger = site.last_run(), comparing.in_ledger(site)
    lived.ledger = ledger.total()
    lived.statuses = _by_rule(ledger)
    lived.differences = comparing.differences(ledger, comparing.expected(plan, known, PACK, moment))

    def of_another(whole: dict[str, Any]) -> list[str]:
        other = folder / "other.json"
        other.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
        return comparing.differences(ledger, comparing.expected(other, known, PACK, moment))

    lived.unexplained = lived.differences
    if refused := {key_of(one.told) for one in lived.answers.refused}:
        lived.unexplained = of_another(comparing.without(plan, refused))
    for what, spoilt in comparing.spoilt(plan).items():
        lived.found[what] = len(set(of_another(spoilt)) - set(lived.differences))


def _by_rule(ledger: dict[Key, int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (rule, _, _, _, status), many in sorted(ledger.items()):
        of = found.setdefault(rule, {})
        of[status] = of.get(status, 0) + many
    return found
