"""The job that takes a delivery in. It may run twice, or late, or after a kill: rows are stored once."""

from __future__ import annotations

from django.db import close_old_connections
from procrastinate.contrib.django import app

from sizao_web.records.retrying import Again

QUEUE = "deliveries"
AGAIN = Again(tries=5, wait=2, growing=2)


@app.task(queue=QUEUE, name="deliveries.take_in", lock=QUEUE, retry=AGAIN)
def take_in(delivery: str) -> None:
    """Read, check and store the rows of a delivery, and write its receipt."""
    from sizao_web.records.actions import deliver
    from sizao_web.settings.clock import now

    close_old_connections()
    deliver.take_in(delivery, now())


@app.task(queue=QUEUE, name="deliveries.retry", lock=QUEUE, retry=AGAIN)
def retry(delivery: str) -> None:
    """Try the rejected rows of a delivery once more."""
    from sizao_web.records.actions import retry_delivery
    from sizao_web.settings.clock import now

    close_old_connections()
    retry_delivery.try_again(delivery, now())


@app.task(queue=QUEUE, name="deliveries.resume", lock=QUEUE, retry=AGAIN)
def resume(delivery: str, until: str) -> None:
    """Take in the rows that waited for the ledger. Written by the run that saw the transaction `until`."""
    from sizao_web.records.actions import resume_delivery
    from sizao_web.settings.clock import now

    close_old_connections()
    resume_delivery.resume(delivery, until, now())


@app.task(queue=QUEUE, name="deliveries.undo", lock=QUEUE, retry=AGAIN)
def undo(delivery: str) -> None:
    """Retract what a delivery stored."""
    from sizao_web.records.actions import undo_delivery
    from sizao_web.settings.clock import now

    close_old_connections()
    undo_delivery.retract_rows(delivery, now())
