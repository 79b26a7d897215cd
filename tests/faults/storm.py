"""Clients at work while pages, jobs and database are killed in turn."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from faults.installation import Installation, kill

CLIENTS = 4
BETWEEN = 8  # records that are acknowledged between two kills, so that each kill meets work in hand
SETTLING = 120.0


@dataclass
class Report:
    """What was killed how often, and how many seconds it took until pages reached their database again."""

    kills: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def lines(self) -> list[str]:
        """For a reader: one line for each kind."""
        return [
            f"{kind}: {count} kills; back after {median(self.seconds[kind]):.1f} s (median), "
            f"{max(self.seconds[kind]):.1f} s (longest)"
            for kind, count in self.kills.items()
        ]


def storm(
    installation: Installation, journals: Path, *, kinds: Sequence[str], times: int, seed: int
) -> Report:
    """Kill each kind so many times, in turn, while clients record; then let the clients end."""
    chance = random.Random(seed)
    report = Report()
    clients = _clients(installation, journals, seed)
    try:
        for number in range(times):
            for kind in kinds:
                _until_recorded(journals, BETWEEN)
                time.sleep(chance.uniform(0.0, 0.4))
                if _kill_one(installation, kind, number):
                    report.kills[kind] += 1
                    report.seconds[kind].append(installation.until_ready())
        _until_recorded(journals, BETWEEN)
    finally:
        clients.send_signal(signal.SIGTERM)
        clients.wait(60)
    return report


def settle(installation: Installation) -> None:
    """Wait until the jobs have done everything."""
    until = time.monotonic() + SETTLING
    with installation.asked() as connection:
        while time.monotonic() < until:
            (left,) = connection.execute(
                "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
                " AND task_name = 'ledger.touch'"
            ).fetchone() or (0,)
            if left == 0:
                return
            time.sleep(0.2)
    raise AssertionError(f"{left} jobs are not done after {SETTLING:.0f} s.")


def _until_recorded(journals: Path, more: int) -> None:
    """Wait until the clients were told so many more times that something is recorded."""
    wanted, until = _recorded(journals) + more, time.monotonic() + SETTLING
    while _recorded(journals) < wanted:
        if time.monotonic() > until:
            raise AssertionError(f"Fewer than {more} records in {SETTLING:.0f} s.")
        time.sleep(0.05)


def _recorded(journals: Path) -> int:
    return sum(file.read_bytes().count(b'"acknowledged"') for file in journals.glob("*.journal"))


def _kill_one(installation: Installation, kind: str, number: int) -> bool:
    """Kill one of a kind. Of pages in turn the process that answers, its keeper, and every third time all."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = installation.processes()
        if kind == "pages" and number % 3 == 2:
            # Everything but the database, as a killed session would: who starts again must find its way.
            for pid in (*found["parent"], *found["pages"], *found["jobs"]):
                kill(pid)
            return True
        of_kind = found[kind]
        if of_kind:
            return kill(of_kind[number % len(of_kind)])
        time.sleep(0.1)
    raise AssertionError(f"There is no process of {kind} to kill.")


def _clients(installation: Installation, journals: Path, seed: int) -> subprocess.Popen[bytes]:
    journals.mkdir(exist_ok=True)
    people = installation.data / "people.json"
    words = [installation.address, str(journals), str(people), str(CLIENTS), str(seed)]
    with (installation.data / "clients.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "faults.clients", *words],
            env=installation.environment,
            stdout=log,
            stderr=log,
        )
