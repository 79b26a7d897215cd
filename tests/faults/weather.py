"""One whole run: the storm, what the oracle says before and after everything unanswered is sent again, and
the ledger; and the same with the planted mistake, which the oracle must find.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from faults.installation import Installation
from faults.oracle import Verdict, audited, damaged_blocks, judge, ledgers
from faults.storm import Report, settle, storm
from sizao_web.settings import embedded
from sizao_web.settings.testing import scratch

KINDS = ("pages", "jobs", "database")
Told = Callable[[int, str], None]


@dataclass(frozen=True)
class Found:
    """What a run found. settled: seconds until the jobs had done what the kills left."""

    report: Report
    before: Verdict
    after: Verdict
    settled: float
    rows: int
    obligations: int


@contextmanager
def made(name: str) -> Iterator[Installation]:
    """The invented district in an installation of its own, with a PostgreSQL that keeps its promises.

    Where something failed its folder stays, to be looked at; the next one takes its place.
    """
    installation = Installation(scratch(name))
    embedded.stop(installation.cluster)
    shutil.rmtree(installation.data)
    installation.data.mkdir(mode=0o711)
    try:
        installation.make()
        yield installation
    finally:
        installation.stop()
        embedded.stop(installation.cluster)
    shutil.rmtree(installation.data)


def weather(
    installation: Installation,
    journals: Path,
    *,
    times: int,
    seed: int,
    told: Told = lambda number, what: None,
) -> Found:
    """Kill each kind so many times. AssertionError where a promise was broken."""
    installation.module = "sizao_web.command"
    installation.start()
    report = storm(installation, journals, kinds=KINDS, times=times, seed=seed, told=told)
    before = judge(installation, journals)
    assert before.acknowledged > 10 * times, "hardly anything was recorded between the kills"
    assert before.clean, before
    installation.run("faults.clients", "--resend", installation.address, str(journals))
    after = judge(installation, journals)
    assert after.clean, after
    assert after.unanswered == 0, after
    assert after.acknowledged + after.refused == before.acknowledged + before.refused + before.unanswered
    settled = settle(installation)
    installation.stop()
    rows, noted = audited(installation)
    assert noted == 2 * rows, "every record has its audit rows, and no other"
    left, whole = ledgers(installation)
    obligations = left["ledger_obligation"][0]
    assert obligations > 100, "an empty ledger would prove nothing"
    assert left == whole, f"the ledger that jobs kept is not the whole derivation: {left}, {whole}"
    assert damaged_blocks(installation) == 0
    return Found(report, before, after, settled, rows, obligations)


def planted(installation: Installation, journals: Path, *, times: int, seed: int) -> Verdict:
    """The verdict on pages that acknowledge before they commit."""
    installation.module = "faults.hasty"
    installation.start()
    storm(installation, journals, kinds=("pages",), times=times, seed=seed)
    installation.stop()
    return judge(installation, journals)
