"""Every test of the ledger begins without a copy of an earlier one."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _fresh_copy(fresh_ledger: None) -> None:
    """Of every test here."""
