"""Check-ins on their way into the database and on into the lake, killed at system calls on either way."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

from faults.doing import Doers
from faults.installation import Installation
from faults.journal import Event, read
from faults.kinds.syscalls import calls_of, doers_of, one_step
from faults.oracle import damaged_blocks
from faults.registry import Fault, Outcome, Stage
from faults.tracing import CALLS

WAYS = (("stream", "application"), ("stream", "backend"), ("move", "application"), ("move", "backend"))


def _run(stage: Stage) -> Outcome:
    with doers_of(stage, "kept") as (installation, journals, doers):
        found = Outcome()
        chance = stage.chance("points")
        points = []
        for work, process in WAYS:
            calls = calls_of(doers, work, process)
            points += [(work, process, call, n) for call in CALLS for n in range(1, calls[call] + 1)]
        for point in chance.sample(points, min(stage.size, len(points))):
            found.points += one_step(doers, point, found.back)
        found.said.append(f"{len(points)} steps of {len(WAYS)} ways, {stage.size} taken by lot")
        _all_again(doers, journals)
        found.add(_judged(installation, journals))
        doers.end()
        found.wrong += damaged_blocks(installation)
    return found


def _planted(stage: Stage) -> Outcome:
    with doers_of(stage, "planted", "forgetting") as (installation, journals, doers):
        last = calls_of(doers, "move", "application")["sendto"]
        for n in range(last - 12, last - 4, 2):  # after the append, before the plan is noted as done
            one_step(doers, ("move", "application", "sendto", n), [])
        _all_again(doers, journals)
        doers.end()
        return _judged(installation, journals)


def _all_again(doers: Doers, journals: Path) -> None:
    """What was not answered, once more; then everything to the lake."""
    left: dict[str, list[Event]] = defaultdict(list)
    for event in read(journals).values():
        if event.answer == "sent":
            left[event.batch].append(event)
    for events in left.values():
        assert doers.send("stream", events) == "acknowledged", doers.log()
    assert doers.send("move", ()) == "acknowledged", doers.log()


def _judged(installation: Installation, journals: Path) -> Outcome:
    """The diaries beside what stands in the lake; nothing is left in staging."""
    sent = read(journals)
    said = json.loads(installation.run("faults.lake", role="owner").splitlines()[-1])
    moved, staged = said["moved"], said["staged"]
    return Outcome(
        acknowledged=sum(1 for one in sent.values() if one.answer == "acknowledged"),
        lost=sum(1 for one in sent.values() if one.answer == "acknowledged" and one.key not in moved),
        double=sum(1 for count in moved.values() if count > 1),
        wrong=len(staged) + len(moved.keys() - sent.keys()),
    )


FAULTS = (
    Fault(
        name="lake-mover-killed",
        does="kill -9 at system calls by lot while a scanner sends twenty check-ins, and while what is "
        "staged "
        "is moved to the lake",
        expects="twenty are there or none; everything is in the lake once and nothing is left in staging",
        bug="the lake is not asked whether it has what is about to be appended",
        run=_run,
        planted=_planted,
        sizes={"full": 30, "long": 2000},
        threats=("F2", "F20"),
    ),
)
