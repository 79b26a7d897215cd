"""Deliveries of which rows wait for the ledger are taken up once a run has seen what was there when they
came."""

from __future__ import annotations

from django.db import connection

from sizao_web.records.ledger.reading_facts import Snapshot


def wake_deliveries(seen: Snapshot) -> None:
    """A job for each delivery whose wait ended with what this snapshot sees, where there is none yet.

    In the transaction of the run: there is a job if and only if what the run found is kept. Only reads the
    deliveries: a run must not wait for a file, nor a file for a run.
    """
    from sizao_web.records.deliveries.tasks import resume

    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT id::text, waits_in::text FROM delivery AS d
            WHERE waiting > 0 AND {seen.saw("waits_in")} AND NOT EXISTS (
              SELECT 1 FROM procrastinate_jobs WHERE task_name = 'deliveries.resume'
                AND status IN ('todo', 'doing', 'failed')
                AND args->>'delivery' = d.id::text AND args->>'until' = d.waits_in::text)
            ORDER BY received_at, id"""
        )
        ready = cursor.fetchall()
    for delivery, until in ready:
        resume.defer(delivery=delivery, until=until)
