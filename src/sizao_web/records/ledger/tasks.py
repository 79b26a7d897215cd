"""Jobs of the worker. Each may run twice, or late, or after a kill: the ledger then is what the facts say."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.task(queue="ledger", name="ledger.touch")
def touch() -> None:
    """Bring the ledger up to the facts that arrived since the last run."""
    raise NotImplementedError
