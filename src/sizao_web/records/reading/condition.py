"""The condition of the installation: tables of this version or not, a ledger that keeps up or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from sizao_web.records.room import NoRoom
from sizao_web.records.room import left as room_left

__all__ = ["Ledger", "NoRoom", "ledger", "pending_migrations", "room_left"]


@dataclass(frozen=True)
class Ledger:
    """How far the ledger is. Seconds; None where there was no run yet, or no job waits.

    stalled: jobs held by a worker without a sign of life for a minute.
    """

    last_run: float | None
    oldest_job: float | None
    waiting: int
    failed: int
    stalled: int


def pending_migrations() -> list[str]:
    """Changes of the tables that this version has and the database has not."""
    done = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in _known() if (app, name) not in done)


@cache
def _known() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def ledger(now: datetime) -> Ledger:
    """The age of the last run by the installation's clock, and of the oldest job by the real clock."""
    with connection.cursor() as cursor:
        # Pages read no job and, without a scope, no run: the function tells their number and age only.
        cursor.execute("SELECT last_run, waiting, failed, stalled, oldest FROM sizao_condition()")
        last, waiting, failed, stalled, oldest = cursor.fetchone()
    age = (now - last.astimezone(UTC)).total_seconds() if last else None
    return Ledger(age, oldest, waiting, failed, stalled)
