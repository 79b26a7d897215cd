"""Disks that are full: that of the records, that of the logs, that of the backups."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from threading import Event as Ending

from faults.clients import Client, new_event
from faults.doing import moment_of
from faults.installation import Installation
from faults.journal import Journal
from faults.kinds.kills import resend
from faults.oracle import examine, judge
from faults.registry import Fault, Outcome, Stage, timed
from faults.storm import clients_at_work, until_recorded
from sizao_web.records.room import KEPT

DISK = 900 * 1024  # kilobytes
PATIENCE = 30.0
PAGE = "/community/"


def _run(stage: Stage) -> Outcome:
    journals = stage.journals("kept")
    with (
        _disk(stage.folder / "disk", DISK) as disk,
        replace(stage, folder=disk).installation() as installation,
    ):
        installation.start()
        found = Outcome()
        with clients_at_work(installation, journals, stage.seed):
            probe = Probe(stage, installation, journals)
            for number in range(stage.size):
                until_recorded(journals, 10)
                found.add(_filled(probe, disk, journals))
                stage.say(f"{number + 1} of {stage.size}")
        judged = examine(installation, journals, lambda: resend(installation, journals))
    judged.add(found)
    return judged


def _filled(probe: Probe, disk: Path, journals: Path) -> Outcome:
    """The disk filled to what is kept for reading, then to the last byte, then emptied."""
    found = Outcome(points=2)
    with _ballast(disk, leave=KEPT // 2):
        found.wrong += not probe.refused()
        status, _ = probe.client.ask("GET", PAGE)
        found.wrong += status != 200
        with _ballast(disk, leave=0):
            found.wrong += not probe.refused()
            until = time.monotonic() + 3
            while time.monotonic() < until:
                with suppress(OSError):
                    found.wrong += probe.client.ask("GET", PAGE)[0] not in (200, 302, 503, 507)
                time.sleep(0.2)
    with timed(found.back):
        probe.installation.until_ready()
        until_recorded(journals, 1)
    return found


class Probe:
    """Somebody who is signed in and tries to record and to read while the disk is full."""

    def __init__(self, stage: Stage, installation: Installation, journals: Path) -> None:
        self.installation, self._chance = installation, stage.chance("probe")
        self.client = Client(installation.address, Ending())
        self.client.sign_in()
        self._journal = Journal(journals / "probe.journal")

    def refused(self) -> bool:
        """Whether a record is refused for want of room, with the seconds after which to try again."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            event = new_event(self._chance, self.installation.people, moment_of(self.installation))
            self._journal.note(event)
            answer = self.client.send(event)
            if answer != "sent":
                self._journal.note(replace(event, answer=answer))
            elif self.client.status in (503, 507) and self.client.headers:
                return self.client.headers["Retry-After"] is not None
            time.sleep(0.2)
        return False


def _planted(stage: Stage) -> Outcome:
    journals = stage.journals("planted")
    there = replace(stage, folder=stage.folder / "disk")
    with _disk(there.folder, DISK) as disk, there.installation("planted", "believing") as installation:
        installation.start()
        with clients_at_work(installation, journals, stage.seed):
            until_recorded(journals, 5)
            with _ballast(disk, leave=KEPT // 2):
                until_recorded(journals, 10)
        installation.stop()
        return judge(installation, journals).outcome()


@contextmanager
def _disk(place: Path, kilobytes: int) -> Iterator[Path]:
    """A disk of its own of that size, in memory."""
    if os.geteuid() != 0:
        raise AssertionError("A small disk is mounted by root only: run this fault as root.")
    subprocess.run(["umount", "-l", str(place)], capture_output=True, check=False)
    place.mkdir(parents=True, exist_ok=True)
    size = f"size={kilobytes}k,mode=0711"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)
        with suppress(OSError):  # it was a folder before, and has something in it
            place.rmdir()


@contextmanager
def _ballast(disk: Path, leave: int) -> Iterator[None]:
    """Something that takes all the room but so many bytes."""
    file = disk / f"ballast-{leave}"
    with file.open("wb") as ballast:
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_bsize
        if free > leave:
            with suppress(OSError):
                os.posix_fallocate(ballast.fileno(), 0, free - leave)
    try:
        yield
    finally:
        file.unlink()


# -- disks beside ---------------------------------------------------------------------------------------


def _beside(stage: Stage) -> Outcome:
    """The logs' disk full to the last byte while people record; a backup to a disk that is too small."""
    with stage.installation() as installation, _disk(installation.data / "logs", 256) as logs:
        os.chmod(logs, 0o777)
        journals = stage.journals("kept")
        found = Outcome(points=stage.size)
        with _ballast(logs, leave=0):
            installation.start()
            with clients_at_work(installation, journals, stage.seed):
                for _ in range(stage.size):
                    until_recorded(journals, 10)
                    found.wrong += _half_backup(stage, installation)
            judged = examine(installation, journals, lambda: resend(installation, journals))
    judged.add(found)
    return judged


def _half_backup(stage: Stage, installation: Installation) -> int:
    """1 when a backup that found no room calls itself one."""
    with _disk(stage.folder / "small", 64) as small:
        said = installation.tried("backup", str(small / "backup"))
        return int(said.returncode == 0 or (small / "backup").exists())


def _careless(stage: Stage) -> Outcome:
    with stage.installation("planted", "careless") as installation:
        installation.start()
        wrong = _half_backup(stage, installation)
        return Outcome(wrong=wrong)


FAULTS = (
    Fault(
        name="disk-full",
        does="the disk of the records filled until only the kept room is left, then to the last byte, "
        "while 4 "
        "clients record",
        expects="recording is refused with 507 or 503 and the seconds after which to try again, pages "
        "show, and "
        "recording goes on by itself when there is room",
        bug="an error is taken for a hiccup, and the write is told as kept",
        run=_run,
        planted=_planted,
        sizes={"full": 2, "long": 40},
        threats=("F6",),
    ),
    Fault(
        name="disks-of-logs-and-backups-full",
        does="the disk of the logs filled to the last byte while 4 clients record, and backups written to a "
        "disk that is too small",
        expects="people go on recording; a backup that found no room does not call itself one",
        bug="a backup is given its name without a look at what came of it",
        run=_beside,
        planted=_careless,
        sizes={"full": 2, "long": 20},
        threats=("F7",),
    ),
)
