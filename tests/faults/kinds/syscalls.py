"""Every step of one write: the application or the database killed at its n-th system call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

from faults.doing import Doers
from faults.installation import Installation
from faults.kinds.kills import MEETS_NOTHING
from faults.oracle import examine, judge
from faults.registry import Fault, Outcome, Stage
from faults.tracing import CALLS, Tracer
from sizao_web.settings import embedded

PATHS = (
    ("page", "application"),
    ("page", "backend"),
    ("page", "checkpointer"),
    ("interface", "application"),
    ("interface", "backend"),
    ("batch", "application"),
    ("batch", "backend"),
    ("sheet", "application"),
    ("sheet", "backend"),
    ("delivery", "application"),
    ("delivery", "backend"),
    ("take in", "application"),
    ("take in", "backend"),
    ("ledger", "application"),
    ("ledger", "backend"),
)
"""What is written, and which process is killed meanwhile."""

BEFORE = {"ledger": "sheet", "take in": "delivery", "move": "stream", "purge": "due"}
"""What is done before, so that there is something to be brought in."""

DEARER = 8  # of a run of the ledger one step in so many is taken, where not every step is
MOST_SECONDS = 240.0  # for steps by lot: as many as fit, the others another time
ROUNDS = 12  # at most, of every step of every path, in the long size
Point = tuple[str, str, str, int]  # work, process, call, its number


def _swept(stage: Stage) -> Outcome:
    with doers_of(stage, "kept") as (installation, journals, doers):
        found = _all(stage, doers) if stage.size >= 2000 else _some(stage, doers, stage.size)
        doers.send("take in", ())  # what was kept as a file is judged by its rows
        judged = examine(installation, journals, doers.resend)
        doers.end()
    judged.points, judged.back = found.points, found.back
    judged.said = [*found.said, *judged.said]
    return judged


def _planted(stage: Stage) -> Outcome:
    """Some steps before the commit; once more where each of them met nothing that the bug could spoil."""
    wanted = [("page", "application", "sendto", 12), ("batch", "backend", "fdatasync", 1)]
    wanted += [("page", "backend", call, 1) for call in ("pwrite64", "fdatasync")]
    for again in range(MEETS_NOTHING):
        this_time = replace(stage, seed=stage.seed + again)
        with doers_of(this_time, "planted", "hasty") as (installation, journals, doers):
            points = sum(one_step(doers, point, []) for point in wanted)
            doers.end()
            found = judge(installation, journals).outcome()
        found.points = points
        if found.broken:
            break
    return found


@contextmanager
def doers_of(stage: Stage, name: str, *bugs: str) -> Iterator[tuple[Installation, Path, Doers]]:
    """An installation, the folder of the diaries, and the application processes that do single works."""
    # Somebody uses the database all the time: the last who does not would stop it.
    with stage.installation(name) as installation, embedded.using(installation.cluster):
        journals = stage.journals(name)
        doers = Doers(installation, journals, stage.chance(name), bugs)
        try:
            yield installation, journals, doers
        finally:
            doers.end()


def _some(stage: Stage, doers: Doers, points: int) -> Outcome:
    """So many steps by lot, of each path and call the first one among them."""
    chance = stage.chance("points")
    # To count the steps of a path it is gone once undisturbed: for few steps not every path is.
    paths = chance.sample(PATHS, max(1, min(len(PATHS), points // 4)))
    everything = _counted(doers, paths)
    first = [point for point in everything if point[3] == 1]
    others = [point for point in everything if point[3] > 1]
    cheap = [point for place, point in enumerate(others) if point[0] != "ledger" or place % DEARER == 0]
    rest = chance.sample(cheap, max(0, min(points - len(first), len(cheap))))
    chosen = [*(first if len(first) <= points else chance.sample(first, points)), *rest]
    chance.shuffle(chosen)
    found = Outcome(said=[f"{len(everything):,} steps of {len(paths)} paths, by lot as many as fit"])
    for number, point in enumerate(stage.as_fits(chosen, MOST_SECONDS), 1):
        found.points += one_step(doers, point, found.back)
        if number % 20 == 0:
            stage.say(f"{number} of {len(chosen)} steps")
    return found


def _all(stage: Stage, doers: Doers) -> Outcome:
    """Every step of every path, until the calls of a kind come to an end; again with other records until
    there were as many as asked."""
    found = Outcome()
    for again in range(1, ROUNDS + 1):
        for work, process in PATHS:
            for call in CALLS:
                before = found.points
                for number in count(1):
                    if not one_step(doers, (work, process, call, number), found.back):
                        break
                    found.points += 1
                done = found.points - before
                stage.say(f"round {again}: {work}, {process}, {call}: {done}, together {found.points}")
                found.said += [f"{work}, {process}, {call}: {done} steps"] if again == 1 and done else []
        if found.points >= stage.size:
            break
    return found


def _counted(doers: Doers, paths: Sequence[tuple[str, str]]) -> list[Point]:
    """Every step there is, as one undisturbed run of each path shows them."""
    found = []
    for work, process in paths:
        calls = calls_of(doers, work, process)
        found += [(work, process, call, n) for call in CALLS for n in range(1, calls[call] + 1)]
    return found


def calls_of(doers: Doers, work: str, process: str) -> Counter[str]:
    """How often each call is made by a process during one undisturbed work, that is not its first."""
    _worked(doers, work, lambda pids: None, process)
    return stood_beside(doers, work, process).counted()


def stood_beside(doers: Doers, work: str, process: str) -> Tracer:
    """Who stood beside a process during one undisturbed work."""
    tracers: list[Tracer] = []
    _worked(doers, work, lambda pids: tracers.append(Tracer(_pid(doers, process, pids))), process)
    tracers[0].leave()
    return tracers[0]


def one_step(doers: Doers, point: Point, back: list[float], what: str = "signal=SIGKILL") -> bool:
    """Kill, or let the call fail, at one step; whether there was that step."""
    work, process, call, number = point
    tracers: list[Tracer] = []

    def beside(pids: dict[str, int]) -> None:
        pid = _pid(doers, process, pids)
        tracers.append(Tracer(pid, [call], f"{call}:{what}:when={number}"))

    _worked(doers, work, beside, process)
    killed = tracers[0].leave() if tracers else False
    seconds = doers.until_there()
    if killed and process != "application":
        back.append(seconds)
    return killed


def _worked(doers: Doers, work: str, beside: object, process: str) -> None:
    if work in BEFORE:
        doers.work(BEFORE[work])
    doers.work(work, beside)  # type: ignore[arg-type]
    if process == "checkpointer":
        doers.installation.tell("CHECKPOINT")


def _pid(doers: Doers, process: str, pids: dict[str, int]) -> int:
    return pids[process] if process in pids else doers.installation.background(process)


# -- calls that fail instead --------------------------------------------------------------------------


def _failing(stage: Stage) -> Outcome:
    """Input and output errors of the session's log writes and of the checkpoint's files."""
    with doers_of(stage, "kept") as (installation, journals, doers):
        found = Outcome()
        chance = stage.chance("points")
        for number in range(stage.size):
            work = chance.choice(("page", "interface", "batch", "sheet"))
            process, call, most = chance.choice(FAILING)
            point = (work, process, call, chance.randint(1, most))
            found.points += one_step(doers, point, found.back, what="error=EIO")
            if number % 20 == 19:
                stage.say(f"{number + 1} of {stage.size}")
        judged = examine(installation, journals, doers.resend)
        doers.end()
    judged.points, judged.back = found.points, found.back
    return judged


FAILING = (
    ("backend", "fdatasync", 1),
    ("backend", "fdatasync", 1),
    ("backend", "pwrite64", 2),
    ("checkpointer", "fsync", 1),
    ("backend", "pwrite64", 1),
)
"""Process, call, and up to which one of them fails."""


def _believed(stage: Stage) -> Outcome:
    with doers_of(stage, "planted", "believing") as (installation, journals, doers):
        for work in ("page", "batch", "sheet"):
            one_step(doers, (work, "backend", "pwrite64", 1), [], what="error=EIO")
        doers.end()
        return judge(installation, journals).outcome()


FAULTS = (
    Fault(
        name="killed-at-a-system-call",
        does="kill -9 at the n-th write, pwrite64, fdatasync, fsync or sendto of the application process, of "
        "its session in the database or of the checkpointer, while a visit is recorded by its page, a "
        "partner's record by the machine interface, six records at once, a sheet of 25 rows, a file kept "
        "and then taken in, and while the "
        "ledger is brought up",
        expects="a batch and a sheet are there whole or not at all; the database is back by itself",
        bug="the answer leaves before the commit",
        run=_swept,
        planted=_planted,
        sizes={"short": 16, "full": 180, "long": 2000},
        threats=("F2",),
    ),
    Fault(
        name="disk-answers-with-an-error",
        does="EIO instead of fdatasync or pwrite64 of a session, and of fsync or fdatasync of the "
        "checkpointer, "
        "while a visit, a batch or a sheet is recorded",
        expects="no success is told for that write; the database ends itself, and begins again from its log",
        bug="an error is taken for a hiccup, and the write is told as kept",
        run=_failing,
        planted=_believed,
        sizes={"full": 30, "long": 400},
        threats=("F5",),
    ),
)
