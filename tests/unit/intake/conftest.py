"""An empty desk for every test."""

from __future__ import annotations

from pathlib import Path

import pytest

from unit.intake.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty desk."""
    return Desk(tmp_path)
