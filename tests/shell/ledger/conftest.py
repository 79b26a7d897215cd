"""Every test of the ledger begins without a copy of an earlier one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sizao_web.records.ledger import runs


@pytest.fixture(autouse=True)
def _fresh_copy() -> Iterator[None]:
    runs.forget()
    yield
    runs.forget()
