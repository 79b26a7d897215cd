"""Every fault in a small size: nothing acknowledged is lost, nothing is there twice, nothing is wrong.

The same judgement finds the planted bug. `make faults` does each more often.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from faults.faults import FAULTS
from faults.running import SEED, Ran, line, run_all

AT_ONCE = 3  # most of the time each waits: for a database that comes back, for clients, for jobs
SHORT = [one for one in FAULTS if "short" in one.sizes]


@pytest.fixture(scope="module")
def ran() -> dict[str, Ran]:
    seed = int(os.environ.get("FAULTS_SEED", SEED))
    return {one.fault.name: one for one in run_all(SHORT, size="short", seed=seed, at_once=AT_ONCE)}


@pytest.mark.parametrize("name", [one.name for one in SHORT])
def test_promises_hold_and_the_planted_bug_is_found(
    name: str, ran: dict[str, Ran], say: Callable[[str], None]
) -> None:
    one = ran[name]
    say(line(one))
    assert not one.problem, one.problem
    assert one.found.points > 0, "nothing was done"
    assert one.found.broken == 0, one.found.said
    assert one.planted.broken > 0, "the planted bug was not found: this run proves nothing"
