"""Jobs of the worker. Each may run twice, or late, or after a kill: the ledger then is what the facts say."""

from __future__ import annotations

import logging

from django.db import close_old_connections
from procrastinate.contrib.django import app

from sizao_web.records import room
from sizao_web.records.retrying import Again

_log = logging.getLogger("sizao.jobs")

QUEUE = "ledger"
QUESTIONS = "questions"
WATCH = "watch"  # what must not wait for a run of the ledger
LOCK = "ledger"  # one job at a time
AGAIN = Again(tries=3, wait=2)  # a lost connection; the next tick makes the rest right


def _room(task: str) -> bool:
    """Whether the disk has room for a run. Without it the ledger waits for the first tick with room."""
    found = room.left()
    if not found:
        _log.warning("no run", extra={"outcome": f"{task} waits: the disk is full"})
    return found


@app.task(queue=QUEUE, name="ledger.touch", lock=LOCK, retry=AGAIN)
def touch() -> None:
    """Bring the ledger up to the facts that arrived. Written with each of them, in its transaction."""
    from sizao_web.records.ledger import runs
    from sizao_web.settings.clock import now

    close_old_connections()
    if _room("ledger.touch"):
        runs.arrived(now)


@app.periodic(cron="* * * * *")
@app.task(queue=QUEUE, name="ledger.tick", lock=LOCK, queueing_lock="ledger.tick")
def tick(timestamp: int) -> None:
    """Every minute: what changes because time goes by; once a night the whole."""
    from sizao_web.records.ledger import runs
    from sizao_web.settings.clock import now

    close_old_connections()
    if _room("ledger.tick"):
        runs.tick(now)


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


@app.task(queue=QUESTIONS, name="results.reopen", lock="results.reopen", retry=AGAIN)
def reopen_results(proposal: int) -> None:
    """Open results again as two persons decided."""
    from sizao_web.records.reopening import reopen
    from sizao_web.settings.clock import now

    close_old_connections()
    reopen(proposal, now())


@app.periodic(cron="7 * * * *")
@app.task(queue=QUESTIONS, name="watch.charts", lock="watch.charts", queueing_lock="watch.charts")
def watch_charts(timestamp: int) -> None:
    """Every hour: the control charts of laboratories and reporters are drawn from what is known now."""
    from sizao_web.records.watch.charts import draw
    from sizao_web.settings.clock import now

    close_old_connections()
    draw(now())


@app.periodic(cron="* * * * *")
@app.task(queue=WATCH, name="watch.minute", lock="watch.minute", queueing_lock="watch.minute")
def watch_minute(timestamp: int) -> None:
    """Every minute: give what was written its place in the audit, tell the witness, raise and end alarms."""
    from sizao_web.records.chain.chaining import chain
    from sizao_web.records.watch.watching import watch
    from sizao_web.settings.clock import now

    close_old_connections()
    watch(now(), chain(now()).trouble)
