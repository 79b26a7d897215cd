"""The worker of this process: takes back what a killed worker left, catches up, and does jobs."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

LOCK = 4_242_004  # not that of the ledger, which its runs take on another connection
_log = logging.getLogger("sizao.jobs")


def run_jobs() -> None:
    """Do jobs until SIGTERM or SIGINT; one in hand is finished first. Another worker waits in reserve.

    The first thing is a run of the ledger over everything that arrived: it is then right whichever job was
    lost with whichever process.
    """
    from sizao_web.records.ledger import runs
    from sizao_web.records.ledger.work import work
    from sizao_web.settings.clock import now

    with _alone():
        taken = take_back()
        run = runs.touched(now())
        _log.info(
            "jobs begin", extra={"outcome": f"{taken} taken back, ledger {run.kind if run else 'right'}"}
        )
        work()


def take_back() -> int:
    """Queue again every job that is noted as in hand: whoever had it is gone, because we are alone."""
    from datetime import UTC, datetime

    from django.db import connection
    from procrastinate.contrib.django import app

    with connection.cursor() as cursor:
        # Of a job that waits once at most, the waiting one does for both.
        cursor.execute(
            """DELETE FROM procrastinate_jobs AS held WHERE held.status = 'doing' AND EXISTS (
                   SELECT 1 FROM procrastinate_jobs AS waiting
                   WHERE waiting.status = 'todo' AND waiting.queueing_lock = held.queueing_lock)"""
        )
        cursor.execute("SELECT id FROM procrastinate_jobs WHERE status = 'doing'")
        left = [number for (number,) in cursor.fetchall()]
    for number in left:
        app.job_manager.retry_job_by_id(number, datetime(2000, 1, 1, tzinfo=UTC))
    return len(left)


@contextmanager
def _alone() -> Iterator[None]:
    """Holds the lock of the one worker, on a connection of its own: the database takes it from the dead."""
    from django.db import connection

    held = connection.get_new_connection(connection.get_connection_params())
    try:
        held.autocommit = True
        held.execute("SET lock_timeout = 0")  # the one in reserve waits as long as it takes
        held.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield
    finally:
        held.close()
