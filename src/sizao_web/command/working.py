"""The worker of this process: takes back what a killed worker left, catches up, and does jobs."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from select import select
from typing import Any

import psycopg

LOCK = 4_242_004  # not that of the ledger, which its runs take on another connection
AGAIN = 0.2  # seconds between two tries to reach a database that is starting
NOT_ALONE = 75  # exit code of a worker that lost its lock: it is started again
_log = logging.getLogger("sizao.jobs")


def run_jobs() -> None:
    """Do jobs until SIGTERM or SIGINT; one in hand is finished first. Another worker waits in reserve.

    The first thing is a run of the ledger over everything that arrived: it is then right whichever job was
    lost with whichever process.
    """
    from sizao_web.records.chain.chaining import chain
    from sizao_web.records.ledger import runs
    from sizao_web.records.ledger.work import work
    from sizao_web.settings.clock import now

    with _alone():
        taken = take_back()
        run = runs.touched(now())
        _log.info(
            "jobs begin", extra={"outcome": f"{taken} taken back, ledger {run.kind if run else 'right'}"}
        )
        try:
            work()
        finally:
            chain(now())  # nothing that was written waits for the next worker to get its place


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
    """Holds the lock of the one worker, on a connection of its own: the database takes it from the dead.

    It takes it from the living, too, when it goes down itself. Then this process ends at once: what it had in
    hand is noted as in hand, would hold up everything behind it, and only a worker that begins takes it back.
    """
    held = _reached()
    ended, end = os.pipe()
    watching = threading.Thread(target=_watch, args=(held, ended), daemon=True)
    try:
        held.execute("SET lock_timeout = 0")  # the one in reserve waits as long as it takes
        held.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        watching.start()
        yield
    finally:
        os.close(end)
        if watching.ident is not None:
            watching.join()
        os.close(ended)
        held.close()


def _reached() -> psycopg.Connection[Any]:
    """A connection of its own, as soon as there is a database to connect to."""
    from django.db import connection

    said = False
    while True:
        try:
            held: psycopg.Connection[Any] = connection.get_new_connection(connection.get_connection_params())
        except psycopg.OperationalError:
            if not said:
                _log.warning("jobs wait", extra={"outcome": "the database is not reached"})
            said = True
            time.sleep(AGAIN)
        else:
            held.autocommit = True
            return held


def _watch(held: psycopg.Connection[Any], ended: int) -> None:
    """Wait until we end, or the connection does."""
    while True:
        heard, _, _ = select([held.fileno(), ended], [], [])
        if ended in heard:
            return
        try:
            held.pgconn.consume_input()  # a setting that was reloaded is told here, and is no end
        except psycopg.OperationalError:
            _log.error("jobs end", extra={"outcome": "the lock of the worker is lost with its connection"})
            os._exit(NOT_ALONE)
