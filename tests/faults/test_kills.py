"""kill -9 of pages, jobs and database while people record: what was acknowledged is there, once.

The short run belongs to every day; `make faults` kills each a hundred times.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from faults.installation import Installation
from faults.oracle import audited, damaged_blocks, judge, ledgers
from faults.storm import Report, settle, storm
from sizao_web.settings import embedded
from sizao_web.settings.testing import scratch

SEED = int(os.environ.get("FAULTS_SEED", "20201110"))
KINDS = ("pages", "jobs", "database")


@pytest.fixture(scope="module")
def made(worker_id: str) -> Iterator[Installation]:
    """The invented district in an installation of its own, with a PostgreSQL that keeps its promises."""
    installation = Installation(scratch(f"faults-{worker_id}"))
    embedded.stop(installation.cluster)
    shutil.rmtree(installation.data)
    installation.data.mkdir(mode=0o711)
    installation.make()
    yield installation
    installation.stop()
    embedded.stop(installation.cluster)
    shutil.rmtree(installation.data)


def told(report: Report, say: Callable[[str], None]) -> None:
    for line in report.lines():
        say(line)


def weather(installation: Installation, journals: Path, times: int, say: Callable[[str], None]) -> None:
    """The storm, the oracle before and after everything unanswered is sent again, and the ledger."""
    installation.module = "sizao_web.command"
    installation.start()
    report = storm(installation, journals, kinds=KINDS, times=times, seed=SEED)
    told(report, say)
    before = judge(installation, journals)
    say(f"seed {SEED}: {before}")
    assert before.acknowledged > 10 * times, "hardly anything was recorded between the kills"
    assert before.clean, before
    installation.run("faults.clients", "--resend", installation.address, str(journals))
    after = judge(installation, journals)
    say(f"sent again: {after}")
    assert after.clean, after
    assert after.unanswered == 0
    assert after.acknowledged + after.refused == before.acknowledged + before.refused + before.unanswered
    settle(installation)
    installation.stop()
    rows, noted = audited(installation)
    assert noted == 2 * rows, "every record has its audit rows, and no other"
    left, whole = ledgers(installation)
    assert left["ledger_obligation"][0] > 100, "an empty ledger would prove nothing"
    assert left == whole, "the ledger that jobs kept through the kills is the whole derivation"
    assert damaged_blocks(installation) == 0


def test_what_was_acknowledged_survives_kills_and_counts_once(
    made: Installation, tmp_path: Path, say: Callable[[str], None]
) -> None:
    weather(made, tmp_path / "journals", times=3, say=say)


def test_pages_that_acknowledge_before_they_commit_are_found_out(
    made: Installation, tmp_path: Path, say: Callable[[str], None]
) -> None:
    made.module = "faults.hasty"
    made.start()
    storm(made, tmp_path / "journals", kinds=("pages",), times=2, seed=SEED)
    made.stop()
    verdict = judge(made, tmp_path / "journals")
    say(f"with the planted mistake: {verdict}")
    assert verdict.lost > 0


@pytest.mark.long
def test_a_hundred_kills_of_each(made: Installation, tmp_path: Path, say: Callable[[str], None]) -> None:
    weather(made, tmp_path / "journals", times=100, say=say)
