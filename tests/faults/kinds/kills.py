"""kill -9 of pages, jobs, database and its sessions while people record; the database stopped at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from faults.installation import Installation
from faults.oracle import examine, judge
from faults.registry import Fault, Outcome, Stage
from faults.storm import WORKER_AFTER, Report, storm

MEETS_NOTHING = 5  # times at most that a fault may find a planted bug idle


def resend(installation: Installation, journals: Path) -> str:
    """Send again, under their own keys, what nobody knows the end of; what was answered instead meanwhile."""
    said = installation.run("faults.clients", "--resend", installation.address, str(journals))
    instead = json.loads(said.splitlines()[-1])
    return ", ".join(f"{what} {count} times" for what, count in instead.items())


def _run(*kinds: str) -> Callable[[Stage], Outcome]:
    def run(stage: Stage) -> Outcome:
        with stage.installation() as installation:
            journals = stage.journals("kept")
            installation.start()
            report = _stormed(stage, installation, journals, kinds, stage.size)
            found = examine(installation, journals, lambda: resend(installation, journals))
        return _counted(found, report)

    return run


def _planted(bug: str, kind: str) -> Callable[[Stage], Outcome]:
    def planted(stage: Stage) -> Outcome:
        """One kill; one more where it met nothing in hand that the bug could spoil."""
        with stage.installation("planted", bug) as installation:
            journals = stage.journals("planted")
            for again in range(MEETS_NOTHING):
                installation.start()
                report = _stormed(
                    replace(stage, seed=stage.seed + again), installation, journals, (kind,), 1, jobs=False
                )
                installation.stop()
                found = _counted(judge(installation, journals).outcome(), report)
                if found.broken:
                    break
            return found

    return planted


def _stormed(
    stage: Stage,
    installation: Installation,
    journals: Path,
    kinds: Sequence[str],
    times: int,
    *,
    jobs: bool = True,
) -> Report:
    return storm(
        installation,
        journals,
        kinds=kinds,
        times=times,
        seed=stage.seed,
        told=lambda number, what: stage.say(f"{number} ({what})"),
        jobs=jobs,
    )


def _counted(found: Outcome, report: Report) -> Outcome:
    found.points = sum(report.kills.values())
    found.back = [one for what, all in report.seconds.items() if what != WORKER_AFTER for one in all]
    found.said = [*report.lines(), *found.said]
    if report.outlived:
        found.wrong += len(report.outlived)
        found.said.append(f"{len(report.outlived)} processes that answered outlived their keeper")
    return found


FAULTS = (
    Fault(
        name="pages-and-jobs-killed",
        does="kill -9 of a process that answers, of its keeper, of everything but the database, and of the "
        "jobs, in an order by lot, while 4 clients record temperatures; every third time the next kill "
        "meets a worker that is still beginning",
        expects="as many processes as before answer, none of a killed keeper is left with what it had begun, "
        "a worker has caught up and does jobs",
        bug="pages answer before they record",
        run=_run("pages", "jobs"),
        planted=_planted("hasty", "pages"),
        sizes={"short": 1, "full": 4, "long": 250},
        threats=("F1",),
    ),
    Fault(
        name="database-killed",
        does="the server killed with -9, stopped at once (immediate), and single sessions killed, in an "
        "order "
        "by lot, while 4 clients record",
        expects="pages reach it again without anybody's help",
        bug="a commit is acknowledged before its log is written (synchronous_commit off)",
        run=_run("database", "immediate", "session"),
        planted=_planted("unsynced", "database"),
        sizes={"short": 1, "full": 4, "long": 100},
        threats=("F3",),
    ),
)
