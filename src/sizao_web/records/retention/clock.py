"""Whether the clock may be believed before anything is removed by it: what is gone early is gone for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import CLOCK_BOOTTIME, clock_gettime

from sizao_web.records.models import RetentionRun, Run

LONGEST_PAUSE = timedelta(days=3)  # without a run; after it somebody is asked. A value of this project
DRIFT = timedelta(hours=1)  # by which the clock may differ from the time that passed since the last run


class ClockDoubtful(Exception):
    """Nothing was removed: the clock says what the time that passed does not bear out."""


@dataclass(frozen=True)
class Uptime:
    """Which start of the machine this is, and how long ago it was by a clock that nobody can set."""

    boot: str
    seconds: float


def uptime() -> Uptime:
    """That of this machine."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return Uptime(boot, clock_gettime(CLOCK_BOOTTIME))


def _check_first(moment: datetime) -> None:
    """Before the first run of retention the ledger's last run says what the time was."""
    last = Run.objects.order_by("-pk").first()
    if last is not None and moment - last.as_of > LONGEST_PAUSE:
        raise ClockDoubtful(
            f"Retention never ran, and the ledger last ran {moment - last.as_of} ago by this clock."
        )


def check(moment: datetime, now: Uptime) -> None:
    """ClockDoubtful when the clock went back, ran ahead of the time that passed, or jumped by days."""
    last = RetentionRun.objects.order_by("-pk").first()
    if last is None:
        _check_first(moment)
        return
    by_clock = moment - last.as_of
    if by_clock < -DRIFT:
        raise ClockDoubtful(f"The clock stands {-by_clock} before the last run of retention.")
    if last.boot == now.boot:
        passed = timedelta(seconds=now.seconds - last.uptime)
        if abs(by_clock - passed) > DRIFT:
            raise ClockDoubtful(
                f"Since the last run {passed} went by, and the clock says {by_clock}: it was set."
            )
    elif by_clock > LONGEST_PAUSE:
        raise ClockDoubtful(
            f"The last run was {by_clock} ago, on another start of the machine: nothing tells whether so "
            "much time went by."
        )
