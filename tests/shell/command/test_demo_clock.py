"""Whatever command works on a demonstration has the clock that its pages show."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from sizao_web.command.installation import installation
from sizao_web.demo.day import DEMO_DAY, FILE
from sizao_web.settings.clock import real


@pytest.fixture
def made_yesterday(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a demonstration that was begun a day ago."""
    begun = (real() - timedelta(days=1)).replace(microsecond=0)
    (tmp_path / FILE).write_text(json.dumps({"made_at": begun.isoformat()}), encoding="utf-8")
    for name, value in {"SIZAO_MODE": "demo", "SIZAO_DATA": str(tmp_path), "SIZAO_ROLE": "web"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SIZAO_CLOCK_BEHIND", "")  # put back after the test
    monkeypatch.delenv("SIZAO_CLOCK_BEHIND")
    return tmp_path


def test_a_command_has_the_clock_of_the_demonstration_of_its_folder(made_yesterday: Path) -> None:
    found = installation("web")
    here = real() - timedelta(seconds=found.clock_behind)
    assert here.date() == DEMO_DAY + timedelta(days=1), "else a key would begin years after the day shown"


def test_a_clock_that_is_set_is_left_alone(made_yesterday: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIZAO_CLOCK_BEHIND", "5")
    assert installation("web").clock_behind == 5
