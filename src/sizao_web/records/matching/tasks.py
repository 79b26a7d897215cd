"""The job that compares people. It may run twice, or late: of a pair one doubt is kept."""

from __future__ import annotations

from django.db import close_old_connections
from procrastinate.contrib.django import app

from sizao_web.records.ledger.tasks import QUESTIONS


@app.periodic(cron="* * * * *")
@app.task(queue=QUESTIONS, name="persons.compare", lock="persons.compare", queueing_lock="persons.compare")
def compare_waiting(timestamp: int) -> None:
    """Every minute: whoever was recorded since, and after an upgrade everybody, is compared."""
    from sizao_web.records.matching.comparing import compare_all
    from sizao_web.settings.clock import now

    close_old_connections()
    compare_all(now())
