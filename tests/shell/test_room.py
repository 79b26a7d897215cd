"""The last of the disk is kept for reading: nothing is recorded there, and the ledger waits."""

from __future__ import annotations

import shutil
from collections import namedtuple
from datetime import datetime
from typing import Any

import pytest

from shell.test_writing import HERE, well
from sizao_web.records import room
from sizao_web.records.actions.record_facts import record_facts
from sizao_web.records.ledger import runs, tasks
from sizao_web.records.models import FACT_MODELS

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Any:
    def set_free(count: int) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**12, 0, count))

    return set_free


def test_nothing_is_recorded_into_what_is_kept(
    person_in_office: Any, as_scope: Any, moment: datetime, free: Any
) -> None:
    with as_scope(person_in_office("community", HERE)) as scope:
        free(room.KEPT - 1)
        with pytest.raises(room.NoRoom):
            record_facts(scope, moment, [well("p1", moment, "r1")])
        assert FACT_MODELS["health_checks"].objects.count() == 0
        free(room.KEPT)
        assert record_facts(scope, moment, [well("p1", moment, "r1")]).stored


def test_the_ledger_waits_for_room(monkeypatch: pytest.MonkeyPatch, free: Any) -> None:
    ran: list[str] = []
    monkeypatch.setattr(runs, "arrived", lambda moment: ran.append("arrived"))
    monkeypatch.setattr(runs, "tick", lambda moment: ran.append("tick"))
    monkeypatch.setattr(tasks, "close_old_connections", lambda: None)
    free(0)
    tasks.touch()
    tasks.tick(0)
    assert ran == []
    free(room.KEPT)
    tasks.touch()
    tasks.tick(0)
    assert ran == ["arrived", "tick"]
