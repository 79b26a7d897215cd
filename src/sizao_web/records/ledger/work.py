"""The worker of the ledger: does the jobs of PostgreSQL one after the other until it is told to stop."""

from __future__ import annotations

import asyncio

from procrastinate.contrib.django import app

from sizao_web.records.ledger.tasks import QUEUE

GRACE = 30  # seconds that a job in hand is given when the worker is told to stop


def work(poll: float = 2.0) -> None:
    """Do the jobs of the ledger until SIGTERM or SIGINT; the run at work is finished first.

    For a process under SIZAO_ROLE=worker. The database announces jobs, so that one begins within milliseconds
    of the commit that wrote it; poll is how often, in seconds, one looks for a job whose announcement was
    lost.
    """
    asyncio.run(_work(poll))


async def _work(poll: float) -> None:
    worker = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with worker.open_async():
        await worker.run_worker_async(
            queues=[QUEUE],
            concurrency=1,
            fetch_job_polling_interval=poll,
            shutdown_graceful_timeout=GRACE,
            delete_jobs="successful",
        )
