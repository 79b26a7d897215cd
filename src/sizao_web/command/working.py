"""The worker of this process."""

from __future__ import annotations

import asyncio


def run_jobs() -> None:
    """Take jobs until SIGTERM or SIGINT; one in hand is finished first."""
    asyncio.run(_run())


async def _run() -> None:
    from procrastinate.contrib.django import app

    import sizao_web.records.ledger.tasks  # noqa: F401 - what is not imported is no job that can be done

    worker = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with worker.open_async():
        await worker.run_worker_async(
            queues=None, concurrency=1, fetch_job_polling_interval=2.0, shutdown_graceful_timeout=30
        )
