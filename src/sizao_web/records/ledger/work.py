"""The worker: does the jobs of PostgreSQL until told to stop, those of one queue one after the other."""

from __future__ import annotations

import asyncio

from procrastinate.contrib.django import app

from sizao_web.records.deliveries.tasks import QUEUE as DELIVERIES
from sizao_web.records.ledger.tasks import QUESTIONS, QUEUE, WATCH
from sizao_web.records.streams.tasks import QUEUE as STREAMS

GRACE = 30  # seconds that a job in hand is given when the worker is told to stop


def work(poll: float = 0.2) -> None:
    """Do the jobs of the ledger, and beside them one question about the past, one of the streams, one
    delivery and the minute's watch at a time, until SIGTERM or SIGINT; what is at work is finished first.

    For a process under SIZAO_ROLE=worker. The database announces jobs, so that one begins within milliseconds
    of the commit that wrote it. That the job before it is done nobody announces: poll is how often, in
    seconds, one looks for jobs that waited for it.
    """
    asyncio.run(_work(poll))


async def _work(poll: float) -> None:
    worker = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with worker.open_async():
        await worker.run_worker_async(
            queues=[QUEUE, QUESTIONS, STREAMS, DELIVERIES, WATCH],
            concurrency=5,  # the locks of the tasks let one of each queue run: no fact waits for a question
            fetch_job_polling_interval=poll,
            shutdown_graceful_timeout=GRACE,
            delete_jobs="successful",
        )
