"""A parent starts again what dies: at once who had started well, more and more slowly who cannot start."""

from __future__ import annotations

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
