"""Retention killed at its system calls: what is over goes, and its going is noted, row for row."""

from __future__ import annotations

from pathlib import Path

from faults.doer import DUE, OLD
from faults.doing import Doers
from faults.installation import Installation
from faults.kinds.syscalls import Point, calls_of, doers_of, one_step, stood_beside
from faults.oracle import judge, sound
from faults.registry import Fault, Outcome, Stage
from faults.tracing import CALLS

MOST_SECONDS = 60.0


def _purged(stage: Stage) -> Outcome:
    with doers_of(stage, "kept") as (installation, journals, doers):
        found = Outcome()
        for point in stage.as_fits(_points(stage, doers, "purge"), _seconds(stage)):
            found.points += one_step(doers, point, found.back)
            stage.say(f"{found.points} of {stage.size}")
        found.add(_went(installation, journals, doers))
        doers.end()
        installation.stop()
        found.add(sound(installation, journals))
    return found


def _purged_apart(stage: Stage) -> Outcome:
    with doers_of(stage, "planted", "apart") as (installation, journals, doers):
        doers.send("purge", ())  # the first run has more to do than those after it
        number = stood_beside(doers, "purge", "application").first("sendto", 'INSERT INTO \\"retent')
        for after in (0, 2):
            one_step(doers, ("purge", "application", "sendto", number + after), [])
        return _went(installation, journals, doers)


def _went(installation: Installation, journals: Path, doers: Doers) -> Outcome:
    """After a run that nobody disturbs: what was due is gone, its going is noted, nothing else is missing."""
    doers.work("page")
    assert doers.send("purge", ()) == "acknowledged", doers.log()
    with installation.asked() as connection:
        (left,) = connection.execute(
            "SELECT count(*) FROM fact_health_checks WHERE source_system = %s", [OLD]
        ).fetchone() or (0,)
        (came,) = connection.execute(
            "SELECT count(*) FROM audit_entry WHERE deed = 'take_in' AND what LIKE 'old-%'"
        ).fetchone() or (0,)
        (noted,) = connection.execute(
            """SELECT coalesce(sum((part.value ->> 'fact_health_checks')::bigint), 0)
               FROM retention_run, jsonb_each(removed) AS part WHERE part.value ? 'fact_health_checks'"""
        ).fetchone() or (0,)
    found = judge(installation, journals).outcome()
    found.wrong += left + abs(came * DUE - int(noted))
    found.said.append(f"{came * DUE} records were due, {noted} of them noted as removed, {left} are left")
    return found


def _points(stage: Stage, doers: Doers, work: str) -> list[Point]:
    """So many steps by lot of the process that works and of its session."""
    points: list[Point] = []
    for process in ("application", "backend"):
        calls = calls_of(doers, work, process)
        points += [(work, process, call, n) for call in CALLS for n in range(1, calls[call] + 1)]
    return stage.chance("points").sample(points, min(stage.size, len(points)))


def _seconds(stage: Stage) -> float:
    """How long points are taken: in full as many as fit."""
    return MOST_SECONDS if stage.size <= 20 else float("inf")


FAULTS = (
    Fault(
        name="purge-killed",
        does="kill -9 at system calls by lot of a run of retention, or of its session, each of which has "
        f"{DUE} records to remove whose time is over",
        expects="after the next run what was due is gone and noted as removed, row for row, and nothing else",
        bug="what is removed goes in one transaction and is noted in another",
        run=_purged,
        planted=_purged_apart,
        sizes={"full": 8, "long": 1000},
        threats=("F2",),
    ),
)
