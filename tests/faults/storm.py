"""Clients at work while pages, jobs and database are ended, each so many times, in an order by lot."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from faults.installation import (
    RECOVERY,
    STOPPING,
    Installation,
    children,
    kill,
    outlived,
    until_gone,
)

CLIENTS = 4
BETWEEN = 8  # records that are acknowledged between two kills, so that each kill meets work in hand
SETTLING = 900.0
STRIKING = 30.0  # seconds after which a kill met a session that was ending anyhow
WORKER_AFTER = "jobs, after the database"

ANSWERING, KEEPER, EVERYTHING = (
    "pages: a process that answers",
    "pages: their keeper",
    "pages: all but database",
)


@dataclass
class Report:
    """What was killed how often, and how many seconds it took until it did its work again.

    Pages: until as many processes as before answer and reach their database. Jobs: until a worker has
    caught up and does jobs. Database: until pages reach it; the worker: `jobs, after the database`.
    outlived: processes that answered under a keeper that was killed, and that were still there afterwards.
    """

    kills: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    outlived: list[int] = field(default_factory=list)

    def rows(self) -> list[tuple[str, int, int, float, float]]:
        """What, kills, how many of them were waited for, and of the seconds the median and the longest."""
        return [
            (what, self.kills.get(what, 0), len(seconds), median(seconds), max(seconds))
            for what, seconds in sorted(self.seconds.items())
        ]

    def lines(self) -> list[str]:
        """For a reader: one line for each kind."""
        return [
            f"{what}: {kills} kills; back after {middle:.1f} s (median of {waited}), {longest:.1f} s at most"
            for what, kills, waited, middle, longest in self.rows()
        ]


def storm(
    installation: Installation,
    journals: Path,
    *,
    kinds: Sequence[str],
    times: int,
    seed: int,
    told: Callable[[int, str], None] = lambda number, what: None,
    jobs: bool = True,
    at_work: Callable[[], AbstractContextManager[None]] | None = None,
) -> Report:
    """Kill each kind so many times while clients record; then let the clients end. told: after each kill.

    jobs: whether two of three times the worker is waited for as well. at_work: others than the usual clients.
    """
    chance = random.Random(seed)
    report = Report()
    done = 0
    with at_work() if at_work else clients_at_work(installation, journals, seed):
        for number in range(times):
            for kind in chance.sample(kinds, len(kinds)):
                until_recorded(journals, BETWEEN)
                time.sleep(chance.uniform(0.0, 0.4))
                what = _kill_one(installation, kind, number, report, jobs)
                done += 1
                told(done, what)
        until_recorded(journals, BETWEEN)
    return report


@contextmanager
def clients_at_work(
    installation: Installation, journals: Path, seed: int, *, clients: int = CLIENTS, address: str = ""
) -> Iterator[None]:
    """So many clients record, at the installation's own address or another, until the context is left."""
    working = _clients(installation, journals, seed, clients, address or installation.address)
    try:
        yield
    finally:
        working.send_signal(signal.SIGTERM)
        working.wait(STOPPING)


def settle(installation: Installation) -> float:
    """Wait until the jobs have done everything; the seconds that took."""
    began = time.monotonic()
    with installation.asked() as connection:
        while time.monotonic() - began < SETTLING:
            (left,) = connection.execute(
                "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
                " AND task_name = 'ledger.touch'"
            ).fetchone() or (0,)
            if left == 0:
                return time.monotonic() - began
            time.sleep(0.2)
    raise AssertionError(f"{left} jobs are not done after {SETTLING:.0f} s:\n{installation.log()}")


def until_recorded(journals: Path, more: int) -> None:
    """Wait until the clients were told so many more times that something is recorded."""
    wanted, until = recorded(journals) + more, time.monotonic() + SETTLING
    while recorded(journals) < wanted:
        if time.monotonic() > until:
            raise AssertionError(f"Fewer than {more} records in {SETTLING:.0f} s.")
        time.sleep(0.05)


def recorded(journals: Path) -> int:
    return sum(file.read_bytes().count(b'"acknowledged"') for file in journals.glob("*.journal"))


def _kill_one(installation: Installation, kind: str, number: int, report: Report, jobs: bool) -> str:
    """Kill one of a kind and wait until it is back; every third time go on while the worker begins anew.

    Of pages in turn the keeper, a process that answers, and everything but the database.
    """
    worker = installation.worker()
    if kind == "pages":
        what, answering = _kill_pages(installation, number)
        report.seconds[what].append(installation.until_ready(len(answering)))
        if what != ANSWERING:
            report.outlived += outlived(answering)
    elif kind == "jobs":
        what = "jobs"
        kill(_one(installation, "jobs"))
        if number % 3 != 2:
            report.seconds[what].append(installation.until_working(worker))
    else:
        began = time.monotonic()
        what = _end_database(installation, kind, number)
        installation.until_ready()
        report.seconds[what].append(time.monotonic() - began)
        if jobs and number % 3 != 2 and kind == "database":
            report.seconds[WORKER_AFTER].append(installation.until_working(worker))
    report.kills[what] += 1
    return what


def _end_database(installation: Installation, kind: str, number: int) -> str:
    """The server killed, told to stop at once as at the end of a machine, or one of its sessions killed.

    Returns when it has struck: all its processes of before are gone, whichever was killed. Until then pages
    may be answered as if nothing had happened.
    """
    server = _one(installation, "database")
    sessions = _sessions(installation) if kind == "session" else []
    before = children(server)
    if kind == "database":
        what = kind
        kill(server)
    elif kind == "immediate":
        what = "database: stopped at once"
        os.kill(server, signal.SIGQUIT)
    else:
        what = "database: one of its sessions"
        kill(sessions[number % len(sessions)])
    until_gone(before, STRIKING)
    return what


def _sessions(installation: Installation) -> list[int]:
    """Those that work for pages and jobs, as soon as there are some."""
    until = time.monotonic() + RECOVERY
    while time.monotonic() < until:
        if found := installation.sessions():
            return found
        time.sleep(0.05)
    raise AssertionError("Nobody has a session with the database.")


def _kill_pages(installation: Installation, number: int) -> tuple[str, list[int]]:
    """What was killed, and which processes answered before."""
    what = (KEEPER, ANSWERING, EVERYTHING)[number % 3]
    _one(installation, "answering")
    found = installation.processes()
    if what == EVERYTHING:
        # As a killed session would: who starts again must find its way.
        for pid in (*found["parent"], *found["keeper"], *found["answering"], *found["jobs"]):
            kill(pid)
    else:
        kill(
            found["keeper"][0]
            if what == KEEPER
            else found["answering"][number // 3 % len(found["answering"])]
        )
    return what, found["answering"]


def _one(installation: Installation, kind: str) -> int:
    until = time.monotonic() + RECOVERY
    while time.monotonic() < until:
        if of_kind := installation.processes()[kind]:
            return of_kind[0]
        time.sleep(0.05)
    raise AssertionError(f"There is no process of {kind} to kill.")


def _clients(
    installation: Installation, journals: Path, seed: int, clients: int, address: str
) -> subprocess.Popen[bytes]:
    journals.mkdir(parents=True, exist_ok=True)
    people = installation.data / "people.json"
    words = [address, str(journals), str(people), str(clients), str(seed)]
    with (installation.data / "clients.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "faults.clients", *words],
            env=installation.environment,
            stdout=log,
            stderr=log,
        )
