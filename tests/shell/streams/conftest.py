"""Doors of a small city and what their scanners send."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from django.conf import settings
from django.db import connection

from sizao_web.accounts.models import Account
from sizao_web.records.access.scope import Scope, scope_of

MALL = "mall-1"
AREA = "drill/county-1/street-1"
MOMENT = datetime(2020, 11, 10, 1, 0)


@pytest.fixture(autouse=True)
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lake of this test alone."""
    folder = tmp_path / "lake"
    monkeypatch.setattr(settings, "SIZAO", replace(settings.SIZAO, lake=folder))
    return folder


def record(row: int) -> str:
    """What the scanner calls a row: two of three by its counter, every third by a word."""
    return f"scan-{row:06d}" if row % 3 else f"scan-{row}x"


def check_ins(
    number: int,
    *,
    place: str = MALL,
    first: int = 0,
    at: datetime = MOMENT - timedelta(hours=1),
    system: str = "mall-scanner",
) -> pa.Table:
    """So many check-ins, a second apart."""
    rows = range(first, first + number)
    return pa.table(
        {
            "person": [f"p-{row % 500}" for row in rows],
            "place": [place] * number,
            "checked_in_at": pa.array(
                [at + timedelta(seconds=row % 3000) for row in rows], pa.timestamp("us")
            ),
            "source_record": [record(row) for row in rows],
            "source_system": [system] * number,
        }
    )


@pytest.fixture
def mall(person_in_office: Callable[..., Account]) -> Account:
    """Whose door it is."""
    return person_in_office("institution", AREA, MALL)


def scope(account: Account) -> Scope:
    """Their scope."""
    return scope_of(account.assignments.get())


def counted(table: str) -> int:
    """Rows of a table, as its owner sees them."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])
