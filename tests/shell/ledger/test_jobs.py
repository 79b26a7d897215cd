"""A job that fails every time is put aside, holds nobody up meanwhile, and is done when its cause is gone."""

from __future__ import annotations

import pytest
from django.db import connection
from procrastinate.jobs import Job

from sizao_web.command import jobs
from sizao_web.records.ledger.tasks import AGAIN, LOCK
from sizao_web.records.room import NoRoom


def _job(attempts: int) -> Job:
    return Job(
        id=1, queue="ledger", lock=LOCK, queueing_lock=None, task_name="ledger.touch", attempts=attempts
    )


def test_a_job_that_fails_waits_beside_those_behind_it() -> None:
    decision = AGAIN.get_retry_decision(exception=ValueError(), job=_job(0))
    assert decision is not None
    assert decision.lock not in (None, LOCK)


def test_a_job_is_tried_a_few_times_and_no_more() -> None:
    decisions = [AGAIN.get_retry_decision(exception=ValueError(), job=_job(tried)) for tried in range(3)]
    assert [one is None for one in decisions] == [False, False, True]


def test_a_full_disk_uses_up_no_try() -> None:
    assert AGAIN.get_retry_decision(exception=NoRoom(), job=_job(50)) is not None


@pytest.mark.django_db
def test_what_was_put_aside_is_listed_and_put_back() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO procrastinate_jobs (queue_name, task_name, lock, status, attempts)
               VALUES ('ledger', 'ledger.tick', 'ledger', 'failed', 3),
                      ('ledger', 'ledger.tick', 'ledger', 'todo', 0) RETURNING id"""
        )
        aside, _ = (number for (number,) in cursor.fetchall())
    assert [(one["job"], one["task"], one["tries"]) for one in jobs.parked()] == [(aside, "ledger.tick", 3)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)", [aside]
        )  # what put_back asks the library to do, on the connection of the test
    assert jobs.parked() == []
