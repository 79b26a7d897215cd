"""A bad line between clients and pages: answers lost, connections cut, requests that arrive twice or "
"slowly."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from faults.installation import Installation, free_port
from faults.kinds.kills import MEETS_NOTHING, resend
from faults.oracle import examine, judge
from faults.registry import Fault, Outcome, Stage
from faults.storm import clients_at_work, recorded

LOST = {"swallow": 0.3}
BAD = {"reset": 0.1, "cut": 0.1, "repeat": 0.1, "late": 0.05, "slow": 0.05, "half_open": 0.03}
LONGEST = 900.0
CLIENTS = 8


def _run(shares: dict[str, float]) -> Callable[[Stage], Outcome]:
    def run(stage: Stage) -> Outcome:
        with stage.installation() as installation:
            journals = stage.journals("kept")
            done = _talked(stage, installation, journals, shares, stage.size)
            found = examine(installation, journals, lambda: resend(installation, journals))
        found.points = sum(count for kind, count in done.items() if kind != "good")
        told = ", ".join(f"{kind} {count:,}" for kind, count in sorted(done.items()))
        found.said.insert(0, f"of the requests: {told}")
        return found

    return run


def _planted(shares: dict[str, float]) -> Callable[[Stage], Outcome]:
    def planted(stage: Stage) -> Outcome:
        """Some records; some more where the line spoilt none of those that the bug makes two of."""
        with stage.installation("planted", "renaming") as installation:
            journals = stage.journals("planted")
            for again in range(MEETS_NOTHING):
                of_this_time = replace(stage, seed=stage.seed + again)
                _talked(of_this_time, installation, journals, shares, recorded(journals) + 15)
                installation.stop()
                found = judge(installation, journals).outcome()
                if found.broken:
                    break
            return found

    return planted


def _talked(
    stage: Stage, installation: Installation, journals: Path, shares: dict[str, float], records: int
) -> dict[str, int]:
    """Clients record through the bad line until so many more records are acknowledged."""
    installation.start()
    with (
        _line(installation, shares, stage.seed) as (address, done),
        clients_at_work(installation, journals, stage.seed, clients=CLIENTS, address=address),
    ):
        until = time.monotonic() + LONGEST
        while recorded(journals) < records and time.monotonic() < until:
            time.sleep(0.1)
    return done


@contextmanager
def _line(
    installation: Installation, shares: dict[str, float], seed: int
) -> Iterator[tuple[str, dict[str, int]]]:
    """The address of the bad line; after the context what it did how often."""
    port, target = free_port(), installation.address.rsplit(":", 1)[1]
    words = [sys.executable, "-m", "faults.proxy", str(port), target, str(seed), json.dumps(shares)]
    done: dict[str, int] = {}
    with subprocess.Popen(words, env=installation.environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        try:
            yield f"http://127.0.0.1:{port}", done
        finally:
            process.terminate()
            done.update(json.loads(process.stdout.readline() or "{}"))


FAULTS = (
    Fault(
        name="answers-lost",
        does="three of ten answers are swallowed on their way back to 8 clients, who send again",
        expects="what is sent again is told to be there",
        bug="each request gets a new key, so that what is sent again is another record",
        run=_run(LOST),
        planted=_planted(LOST),
        sizes={"short": 20, "full": 300, "long": 20_000},
        threats=("F11",),
    ),
    Fault(
        name="bad-line",
        does="connections reset after some bytes of the answer, requests cut in the middle, arriving "
        "twice at "
        "the same time, two seconds late, or in a trickle, and connections that stay open without a word",
        expects="whoever sends half a request leaves no trace, and holds up nobody else",
        bug="each request gets a new key, so that what arrives twice is two records",
        run=_run(BAD),
        planted=_planted(BAD),
        sizes={"full": 200, "long": 20_000},
        threats=("F13", "F14"),
    ),
)
