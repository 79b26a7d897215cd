"""A parent starts again what dies: at once who had started well, more and more slowly who cannot start."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest

from sizao_web.command import processes
from sizao_web.command.processes import Kept, Parent


@dataclass
class Clock:
    now: float = 1000.0


class Died:
    """A process that was killed."""

    returncode = -9

    def poll(self) -> int:
        return self.returncode


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(processes.time, "monotonic", lambda: clock.now)
    return clock


def waits(clock: Clock, lived: float, times: int) -> list[float]:
    """Seconds between each death, after so many seconds of life, and the next start."""
    one: Any = Kept("jobs", (), {})
    parent = Parent([one], lambda: None, lambda _: None)
    found = []
    for _ in range(times):
        one.process, one.began = Died(), clock.now
        clock.now += lived
        parent._keep(one)
        found.append(one.not_before - clock.now)
    return found


def test_who_cannot_start_is_tried_more_and_more_slowly(clock: Clock) -> None:
    assert waits(clock, 0.1, 9) == pytest.approx([0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30.0, 30.0])


def test_who_ran_well_is_started_again_at_once_however_often_it_is_killed(clock: Clock) -> None:
    assert waits(clock, 6.0, 9) == pytest.approx([0.2] * 9)


HANGS = """
import ctypes, os, signal, sys, time
from sizao_web.command.processes import end_with_parent
keeper = os.getpid() if sys.argv[1] == "there" else -1  # never a parent, whoever takes orphans in
if os.fork() == 0:
    signal.signal(signal.SIGTERM, lambda *_: None)
    if sys.argv[1] == "there":
        end_with_parent(keeper, signal.SIGKILL)
        print("begun", flush=True)
    else:
        print("begun", flush=True)
        end_with_parent(keeper, signal.SIGKILL)
    ctypes.PyDLL(None).sleep(600)  # nothing else in this process can run meanwhile
    print("still here", flush=True)
    os._exit(0)
time.sleep(600)
"""


STARTED = """
import os, sys, time
from sizao_web.command.processes import Kept, end_with_parent
if sys.argv[1] == "keeper":
    Kept("one", [sys.executable, "-c", sys.argv[2], "kept"], {}).start()
    os._exit(0)
while os.getppid() == int(os.environ["KEPT_BY"]):
    time.sleep(0.01)  # it takes a while to start, and the keeper dies meanwhile
print("begun", flush=True)
end_with_parent()
print("still here", flush=True)
"""


def test_a_process_whose_parent_was_killed_while_it_started_ends_too() -> None:
    words = [sys.executable, "-c", STARTED, "keeper", STARTED]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as keeper:
        assert keeper.stdout is not None
        assert keeper.stdout.read() == "begun\n", "the pipe closes when both have ended"


@pytest.mark.parametrize("parent", ["there", "gone already"])
def test_a_process_that_hangs_does_not_outlive_the_parent_that_was_killed(parent: str) -> None:
    words = [sys.executable, "-c", HANGS, parent]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as keeper:
        assert keeper.stdout is not None
        assert keeper.stdout.readline() == "begun\n"
        keeper.kill()
        assert keeper.stdout.read() == "", "the pipe closes when both have ended"
