"""Jobs of the worker. Each may run twice, or late, or after a kill: the ledger then is what the facts say."""

from __future__ import annotations

from django.db import close_old_connections
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

QUEUE = "ledger"
QUESTIONS = "questions"
LOCK = "ledger"  # one job at a time
AGAIN = RetryStrategy(max_attempts=3, wait=2)  # a lost connection; the next tick makes the rest right


@app.task(queue=QUEUE, name="ledger.touch", lock=LOCK, retry=AGAIN)
def touch() -> None:
    """Bring the ledger up to the facts that arrived. Written with each of them, in its transaction."""
    from sizao_web.records.ledger import runs
    from sizao_web.settings.clock import now

    close_old_connections()
    runs.arrived(now())


@app.periodic(cron="* * * * *")
@app.task(queue=QUEUE, name="ledger.tick", lock=LOCK, queueing_lock="ledger.tick")
def tick(timestamp: int) -> None:
    """Every minute: what changes because time goes by; once a night the whole."""
    from sizao_web.records.ledger import runs
    from sizao_web.settings.clock import now

    close_old_connections()
    runs.tick(now())


@app.task(queue=QUESTIONS, name="questions.answer", lock=QUESTIONS, retry=AGAIN)
def answer(question: int) -> None:
    """Answer a question about a past moment."""
    from sizao_web.records.ledger import questions

    close_old_connections()
    questions.answer(question)


@app.task(queue=QUESTIONS, name="proposals.compare", lock=QUESTIONS, retry=AGAIN)
def compare_proposal(proposal: int) -> None:
    """Find out what a proposal would change."""
    from sizao_web.records.ledger import proposed

    close_old_connections()
    proposed.compare_proposal(proposal)
