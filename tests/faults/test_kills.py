"""kill -9 of pages, jobs and database while people record: what was acknowledged is there, once.

The short run belongs to every day; `make faults` kills each a hundred times.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from faults.installation import Installation
from faults.weather import made, planted, weather

SEED = int(os.environ.get("FAULTS_SEED", "20201110"))
TIMES = 3


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    with made("faults") as one:
        yield one


def test_what_was_acknowledged_survives_kills_and_counts_once(
    installation: Installation, tmp_path: Path, say: Callable[[str], None]
) -> None:
    found = weather(installation, tmp_path / "journals", times=TIMES, seed=SEED)
    for line in found.report.lines():
        say(line)
    say(f"seed {SEED}: {found.before}")
    say(f"sent again: {found.after}")


def test_pages_that_acknowledge_before_they_commit_are_found_out(
    installation: Installation, tmp_path: Path, say: Callable[[str], None]
) -> None:
    verdict = planted(installation, tmp_path / "journals", times=2, seed=SEED)
    say(f"with the planted mistake: {verdict}")
    assert verdict.lost > 0
