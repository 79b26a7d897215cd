"""Run one case in a process of its own, several times, and say wall, CPU and peak memory.

A fresh process per case, because the peak of memory is a property of a process and never falls; repeats
inside it, because the second run finds its files in the operating system's cache, as the second night of an
installation does.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Measured:
    """Medians over the repeats; rows and digest of the answer; the largest memory of the process."""

    case: str
    repeats: int
    wall_s: float
    cpu_s: float
    peak_gb: float
    rows: int
    digest: str
    steps: dict[str, float]


Work = Callable[[], dict[str, float]]
"""One run of a case; answers seconds by step (or nothing)."""


def measure(case: str, work: Work, repeats: int, answer: Callable[[], tuple[int, str]]) -> Measured:
    """Run once to warm up, then `repeats` times; `answer` says rows and digest of the last result."""
    work()
    walls, cpus, steps = [], [], {}
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        steps = work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    peak = _peak_kb() / 1e6
    rows, digest = answer()
    return Measured(
        case, repeats, round(median(walls), 3), round(median(cpus), 3), round(peak, 2), rows, digest, steps
    )


def _peak_kb() -> int:
    """The largest memory of this program. Not of getrusage: it begins with the peak of whoever started us."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)[1])  # type: ignore[index]


def in_its_own_process(module: str, *arguments: str) -> Measured:
    """Run `python -m module arguments` and read the Measured that it prints as its last line."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], check=True, stdout=subprocess.PIPE, text=True
    )
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def say(measured: Measured) -> None:
    """Print for `in_its_own_process`."""
    print(json.dumps(asdict(measured)))
