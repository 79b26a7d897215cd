"""The worker of the ledger: does the jobs of PostgreSQL one after the other until it is told to stop."""

from __future__ import annotations

from procrastinate import App
from procrastinate.contrib.django import app as deferring

from sizao_web.records.ledger.tasks import QUEUE


def work() -> None:
    """Do the jobs of the ledger until SIGTERM or SIGINT; the run at work is finished first.

    For a process under SIZAO_ROLE=worker. Jobs are announced by the database, so that one begins within
    milliseconds of the commit that wrote it.
    """
    app: App = deferring.with_connector(deferring.connector.get_worker_connector())
    app.run_worker(queues=[QUEUE], concurrency=1, delete_jobs="successful")
