"""What a watcher of the installation is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from sizao_web.records.models import Run
from sizao_web.records.reading import condition
from sizao_web.settings.clock import now


def age(moment: datetime, read: Callable[[], Any]) -> tuple[Any, range]:
    """What was read, and the whole seconds that the moment was old while it was, however long that took."""
    before = now()
    said = read()
    return said, range(int((before - moment).total_seconds()), int((now() - moment).total_seconds()) + 2)


def ready() -> tuple[int, dict[str, Any]]:
    answer = Client().get("/health/ready")
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")  # the test's transaction goes on as its owner
    return answer.status_code, answer.json()


def test_a_process_is_alive_without_a_database(django_db_blocker: Any) -> None:
    assert Client().get("/health/live").json() == {"live": True}


def test_without_a_database_it_is_not_ready(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> list[str]:
        raise OperationalError("connection refused")

    monkeypatch.setattr(condition, "pending_migrations", gone)
    assert ready() == (503, {"ready": False, "database": "not reached"})


def test_on_tables_of_an_older_version_it_is_not_ready(db: None) -> None:
    assert ready()[0] == 200
    MigrationRecorder(connection).record_unapplied("records", "0001_initial")
    assert ready() == (503, {"ready": False, "database": "older than this version"})


def test_it_says_how_old_the_ledger_is(db: None) -> None:
    assert ready()[1]["ledger"]["seconds_since_last_run"] is None
    empty = {"TextField": "x", "IntegerField": 0, "FloatField": 0.0, "JSONField": {}}
    values = {
        field.name: empty[field.get_internal_type()]
        for field in Run._meta.fields
        if field.get_internal_type() in empty
    }
    moment = now() - timedelta(minutes=5)
    Run.objects.create(**values, as_of=moment, known_by=moment, began_at=moment)
    (_, said), old = age(moment, ready)
    assert said["ledger"]["seconds_since_last_run"] in old


def test_a_job_that_nobody_takes_means_that_the_ledger_is_late(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('ledger', 'touch', '{}')"
        )
        cursor.execute("UPDATE procrastinate_events SET at = now() - interval '10 minutes'")
    code, said = ready()
    assert code == 200
    assert (said["ledger"]["late"], said["ledger"]["jobs_waiting"]) == (True, 1)
    assert said["ledger"]["seconds_of_oldest_job"] == 600, "within a transaction that clock stands still"
