"""Jobs of the worker. Each may run twice, or late, or after a kill: the ledger then is what the facts say."""

from __future__ import annotations

from procrastinate.contrib.django import app

QUEUE = "ledger"


@app.task(queue=QUEUE, name="ledger.touch")
def touch() -> None:
    """Bring the ledger up to the facts that arrived since the last run."""
    from sizao_web.records.ledger import runs
    from sizao_web.settings.clock import now

    runs.touched(now())
