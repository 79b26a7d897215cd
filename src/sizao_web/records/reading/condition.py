"""The condition of the installation: tables of this version or not, a ledger that keeps up or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from sizao_web.records.access.scope import Scope, enter
from sizao_web.records.models import Run

WATCH = Scope("health", "administrator", "", None, "public_administration")
"""On whose behalf the age of the ledger is read: of a duty that sees no row about anybody."""


@dataclass(frozen=True)
class Ledger:
    """How far the ledger is. Seconds; None where there was no run yet, or no job waits."""

    last_run: float | None
    oldest_job: float | None
    waiting: int
    failed: int


def pending_migrations() -> list[str]:
    """Changes of the tables that this version has and the database has not."""
    done = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in _known() if (app, name) not in done)


@cache
def _known() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def ledger(now: datetime) -> Ledger:
    """The age of the last run by the installation's clock, and of the oldest job by the real clock."""
    with transaction.atomic():
        enter(WATCH)
        last = Run.objects.order_by("-pk").values_list("began_at", flat=True).first()
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT count(*) FILTER (WHERE status = 'todo'),
                          count(*) FILTER (WHERE status = 'failed'),
                          extract(epoch FROM now() - (
                              SELECT min(e.at) FROM procrastinate_events e JOIN procrastinate_jobs j
                              ON j.id = e.job_id AND e.type = 'deferred'
                              WHERE j.status = 'todo'
                              AND (j.scheduled_at IS NULL OR j.scheduled_at <= now())))
                   FROM procrastinate_jobs"""
            )
            waiting, failed, oldest = cursor.fetchone()
    age = (now - last.astimezone(UTC)).total_seconds() if last else None
    return Ledger(age, float(oldest) if oldest is not None else None, waiting, failed)
