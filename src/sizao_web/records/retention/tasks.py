"""The job of retention."""

from __future__ import annotations

import logging

from django.db import close_old_connections
from procrastinate.contrib.django import app

QUEUE = "streams"  # that of the mover, whose lock it needs


@app.periodic(cron="43 * * * *")
@app.task(queue=QUEUE, name="retention.run", lock=QUEUE, queueing_lock="retention.run")
def run(timestamp: int) -> None:
    """Every hour: what is over goes within two hours of its end."""
    from sizao_web.records.retention import purging
    from sizao_web.records.retention.clock import ClockDoubtful, uptime
    from sizao_web.settings.clock import now, real

    close_old_connections()
    try:
        purging.purge(now(), real(), uptime())
    except ClockDoubtful:
        logging.getLogger("sizao.retention").exception("nothing was removed: the clock is in doubt")
        raise
