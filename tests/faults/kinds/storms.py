"""Too many at one place, a process that stands still, and a database that is started badly."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from faults.clients import PATIENCE
from faults.doing import Doers
from faults.installation import ROOT, Installation, children, kill
from faults.kinds.kills import resend
from faults.oracle import examine, judge
from faults.registry import Fault, Outcome, Stage, timed
from faults.storm import clients_at_work, recorded, until_recorded
from sizao_web.settings import embedded
from sizao_web.settings.postgresql import owner, postmaster

WRITERS = 64
BATCHES = (
    8  # of whom so many write the same people in another order each, which is what deadlocks are made of
)
STILL = PATIENCE + 2.0  # seconds: longer than the patience of a client
LONGEST = 900.0


# -- sixty-four writers on one person ---------------------------------------------------------------------


def _crowd(stage: Stage) -> Outcome:
    with stage.installation() as installation:
        journals = stage.journals("kept")
        seconds = _crowded(stage, installation, journals, stage.size)
        together = _batches(stage, installation, journals, max(1, stage.size // 100))
        judged = examine(installation, journals, lambda: _all_again(installation, journals, stage))
    judged.points = recorded(journals)
    judged.said.append(f"{stage.size / seconds:.0f} records a second on one person, then {together} batches")
    return judged


def _collapsed(stage: Stage) -> Outcome:
    with stage.installation("planted", "collapsing") as installation:
        journals = stage.journals("planted")
        _crowded(stage, installation, journals, 60)
        installation.stop()
        return judge(installation, journals).outcome()


def _crowded(stage: Stage, installation: Installation, journals: Path, records: int) -> float:
    """Until so many records of one person are acknowledged; the seconds that took."""
    (installation.data / "people.json").write_text(json.dumps(installation.people[:1]), encoding="utf-8")
    installation.start()
    began = time.monotonic()
    with clients_at_work(installation, journals, stage.seed, clients=WRITERS):
        while recorded(journals) < records and time.monotonic() - began < LONGEST:
            time.sleep(0.1)
    return time.monotonic() - began


def _batches(stage: Stage, installation: Installation, journals: Path, times: int) -> int:
    """Batches about the same six people from eight writers at once, each in another order."""
    done: list[str] = []

    def writer(number: int) -> None:
        chance = stage.chance("batches", number)
        doers = Doers(installation, journals, chance, name=f"crowd-{number}", only="web")
        doers.people = installation.people[:6]
        try:
            for _ in range(times):
                answer, _ = doers.work("batch")
                done.append(answer)
        finally:
            doers.end()

    threads = [threading.Thread(target=writer, args=(number,)) for number in range(BATCHES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(done)


def _all_again(installation: Installation, journals: Path, stage: Stage) -> None:
    """What was not answered: batches by who wrote them, the others by their page."""
    doers = Doers(installation, journals, stage.chance("again"), only="web")
    doers.resend(ledger=False)
    doers.end()


# -- standing still -----------------------------------------------------------------------------------------


def _paused(stage: Stage) -> Outcome:
    with stage.installation() as installation:
        journals = stage.journals("kept")
        back = _stood_still(stage, installation, journals, stage.size)
        judged = examine(installation, journals, lambda: resend(installation, journals))
    judged.points, judged.back = stage.size, back
    return judged


def _paused_planted(stage: Stage) -> Outcome:
    with stage.installation("planted", "renaming") as installation:
        journals = stage.journals("planted")
        _stood_still(stage, installation, journals, 1)
        installation.stop()
        return judge(installation, journals).outcome()


def _stood_still(stage: Stage, installation: Installation, journals: Path, times: int) -> list[float]:
    """The database, the jobs and the pages in turn stopped for longer than a client waits, and let go on."""
    installation.start()
    installation.until_working(None)
    back: list[float] = []
    with clients_at_work(installation, journals, stage.seed):
        for number in range(times):
            until_recorded(journals, 10)
            kind = ("database", "answering", "jobs")[number % 3]
            with _still(installation, kind):
                time.sleep(STILL)
            with timed(back):
                until_recorded(journals, 4)
            stage.say(f"{number + 1} of {times} ({kind})")
    return back


@contextmanager
def _still(installation: Installation, kind: str) -> Iterator[None]:
    stopped = installation.processes()[kind]
    if kind == "database":
        stopped = [*stopped, *(pid for one in stopped for pid in children(one))]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in stopped:
            try:
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                continue


# -- bad beginnings -----------------------------------------------------------------------------


def _starts(stage: Stage) -> Outcome:
    """Lock files that are stale, two who start at once, a folder of another version."""
    found = Outcome()
    with stage.installation() as installation:
        for _ in range(stage.size):
            for way in (_stale_lock, _two_at_once, _another_version):
                found.points += 1
                with timed(found.back):
                    found.wrong += not way(installation, None)
    return found


def _starts_planted(stage: Stage) -> Outcome:
    with stage.installation("planted") as installation:
        return Outcome(wrong=int(not _stale_lock(installation, "trusting")))


def _stale_lock(installation: Installation, bug: str | None) -> bool:
    """Everything killed, and the number of the dead server is that of another process by now."""
    assert _start(installation, None).wait() == 0
    server = postmaster(installation.cluster)
    assert server is not None
    sessions = children(server)
    for pid in (server, *sessions):
        kill(pid)
    while postmaster(installation.cluster) is not None:
        time.sleep(0.02)
    lock = installation.cluster / "postmaster.pid"
    lines = lock.read_text(encoding="utf-8").splitlines()
    # Another process of the database's user: of somebody else's PostgreSQL itself knows that it is no server.
    with subprocess.Popen(["sleep", "600"], **owner()) as other:
        lock.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n", encoding="utf-8")
        begun = _start(installation, bug).wait() == 0
        other.kill()
    embedded.stop(installation.cluster)
    return begun


def _two_at_once(installation: Installation, bug: str | None) -> bool:
    """Both find it running, and there is one."""
    both = [_start(installation, bug), _start(installation, bug)]
    ended = [one.wait() for one in both]
    running = postmaster(installation.cluster) is not None
    embedded.stop(installation.cluster)
    return ended == [0, 0] and running


def _another_version(installation: Installation, bug: str | None) -> bool:
    """Refused with a sentence, and the folder is not touched."""
    version = installation.cluster / "PG_VERSION"
    kept = version.read_text(encoding="ascii")
    version.write_text("17\n", encoding="ascii")
    before = sorted(file.stat().st_mtime_ns for file in installation.cluster.rglob("*") if file.is_file())
    refused = _start(installation, bug).wait() != 0
    after = sorted(file.stat().st_mtime_ns for file in installation.cluster.rglob("*") if file.is_file())
    version.write_text(kept, encoding="ascii")
    return refused and before == after


START = """
import sys
from pathlib import Path
from sizao_web.settings import embedded
if len(sys.argv) > 2:  # the planted bug: a lock file is believed, whoever wrote it
    embedded.release_stale_locks = lambda *folders: None
embedded.start(Path(sys.argv[1]))
"""


def _start(installation: Installation, bug: str | None) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-c", START, str(installation.cluster), *([bug] if bug else [])]
    return subprocess.Popen(words, cwd=ROOT, env=installation.environment, stderr=subprocess.DEVNULL)


FAULTS = (
    Fault(
        name="a-crowd-on-one-person",
        does=f"{WRITERS} clients record the same person at once, then {BATCHES} writers the same six "
        f"people in "
        "batches, each in another order",
        expects="every record is there once under its own key; who met a deadlock sends again",
        bug="a second record of the same person within a second is taken for the first one",
        run=_crowd,
        planted=_collapsed,
        sizes={"full": 600, "long": 20_000},
        threats=("F18",),
    ),
    Fault(
        name="standing-still",
        does=f"SIGSTOP of the whole database, of the pages, of the jobs, for {STILL:.0f} s, while 4 clients "
        "record and lose patience",
        expects="they go on where they stopped; what was sent again meanwhile is there once",
        bug="each request gets a new key, so that what is sent again is another record",
        run=_paused,
        planted=_paused_planted,
        sizes={"full": 3, "long": 60},
        threats=("F16",),
    ),
    Fault(
        name="bad-beginnings",
        does="the database killed with everything and the number in its lock file given to another "
        "process; two "
        "who start it at once; a folder of another major version",
        expects="it starts, once, without anybody's help; the folder of another version is refused and not "
        "touched",
        bug="a lock file is believed, whoever wrote it",
        run=_starts,
        planted=_starts_planted,
        sizes={"full": 3, "long": 50},
        threats=("F3",),
    ),
)
