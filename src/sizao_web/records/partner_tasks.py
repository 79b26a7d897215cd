"""Jobs about partners."""

from __future__ import annotations

from django.db import close_old_connections
from procrastinate.contrib.django import app

from sizao_web.records.ledger.tasks import QUESTIONS


@app.periodic(cron="17 3 * * *")
@app.task(queue=QUESTIONS, name="partners.forget", lock="partners.forget", queueing_lock="partners.forget")
def forget_answers(timestamp: int) -> None:
    """Once a night: answers, receipts and counts that need not be kept any more."""
    from sizao_web.records.actions.answer_once import forget
    from sizao_web.settings.clock import now

    close_old_connections()
    forget(now())
