"""The full files, taken in once for all tests of this folder."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest

from sizao import intake

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "taiwan-2020"
NOW = datetime(2026, 11, 23, 8)


@pytest.fixture(scope="session")
def files(shared: Path) -> Path:
    """The folder of the full files."""
    return shared / "data" / "taiwan-cases-contacts"


@pytest.fixture(scope="session")
def loaded(files: Path) -> tuple[dict[str, pa.Table], list[intake.Receipt]]:
    """The tables and the receipts of the whole example on the full files."""
    tables: dict[str, pa.Table] = {}
    plans = intake.plan_batch(EXAMPLE / "taiwan.yaml", data=files)
    return tables, intake.load_all(plans, {}, tables.update, recorded_at=NOW)


@pytest.fixture(scope="session")
def tables(loaded: tuple[dict[str, pa.Table], list[intake.Receipt]]) -> dict[str, pa.Table]:
    """The tables alone."""
    return loaded[0]
