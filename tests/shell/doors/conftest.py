"""A ledger with people who are restricted on grounds, and a browser for whoever tries the doors."""

from __future__ import annotations

from typing import Any

import pytest

from shell.desks.conftest import browser  # noqa: F401
from shell.ledger.recorded import record
from shell.ledger.world import aware, facts_of, history
from sizao_web.records.ledger import runs


@pytest.fixture(autouse=True)
def _fresh_copy(fresh_ledger: None) -> None:
    """Of every test here."""


@pytest.fixture
def drawn() -> Any:
    """Small worlds under the shipped pack."""
    return history(1)


@pytest.fixture
def moment(drawn: Any) -> Any:
    """The clock of the test: that of the worlds."""
    return aware(drawn.as_of)


@pytest.fixture
def city(db: None, drawn: Any, moment: Any) -> Any:
    """Their ledger, derived."""
    record(facts_of(drawn))
    runs.whole(moment)
    return drawn
