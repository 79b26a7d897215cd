"""A parent that keeps its processes running: what dies is started again, and all end together."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

SHORTEST_WAIT, LONGEST_WAIT = 0.2, 30.0
STEADY = 5.0  # who ran for so many seconds had started well, and is started again at once
GRACE = 40.0  # seconds a process has to finish what it is doing
REFUSED = 78  # exit code of a process that must not be started again: somebody has to change something first
PR_SET_PDEATHSIG = 1
KEPT_BY = "KEPT_BY"  # in the environment of who is started: by which process, which may die before they ask


def command(*words: str) -> list[str]:
    """This command again, in this Python."""
    return [sys.executable, "-m", "sizao_web.command", *words]


def end_with_parent(parent: int | None = None, number: int = signal.SIGTERM) -> None:
    """Let the system send a signal when the parent dies, even by kill -9: an orphan would hold the port.

    parent: known to whoever was forked, and told to whoever `Kept` started; it may be dead already. SIGKILL
    for a process that may hang while it finishes: what it has begun with the database would hold up everybody
    else until it ends.
    """
    kept_by = int(os.environ.pop(KEPT_BY, os.getppid()))
    wanted = kept_by if parent is None else parent
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != wanted:  # it died before we asked
        os.kill(os.getpid(), number)


@dataclass
class Kept:
    """One process that is to run."""

    name: str
    words: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    wait: float = SHORTEST_WAIT
    not_before: float = 0.0

    def start(self) -> None:
        """Start it; in a session of its own, so that Ctrl-C reaches the parent only."""
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            self.words,
            env={**os.environ, **self.environment, KEPT_BY: str(os.getpid())},
            start_new_session=True,
        )


@dataclass
class Parent:
    """Keeps processes running until it is told to stop (SIGTERM, SIGINT, SIGHUP).

    watch is called a few times a second, and told(process) when one ended and will be started again.
    """

    kept: Sequence[Kept]
    watch: Callable[[], None]
    told: Callable[[Kept], None]
    stopping: bool = field(default=False)
    refused: bool = field(default=False)

    def run(self) -> bool:
        """Start all and return when all have ended, after a signal to stop; False when one refused to run."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop)
        try:
            while not self.stopping:
                self.watch()
                for one in self.kept:
                    self._keep(one)
                time.sleep(0.1)
        finally:
            self._end()
        return not self.refused

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _keep(self, one: Kept) -> None:
        now = time.monotonic()
        if one.process is None:
            if now >= one.not_before:
                one.start()
        elif (code := one.process.poll()) is not None:
            self.refused = self.refused or code == REFUSED
            self.stopping = self.stopping or self.refused
            if self.refused:
                return
            self.told(one)
            one.wait = SHORTEST_WAIT if now - one.began > STEADY else min(one.wait * 2, LONGEST_WAIT)
            one.process, one.not_before = None, now + one.wait

    def _end(self) -> None:
        running = [one.process for one in self.kept if one.process is not None]
        for process in running:
            process.terminate()
        until = time.monotonic() + GRACE
        for process in running:
            try:
                process.wait(max(until - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
