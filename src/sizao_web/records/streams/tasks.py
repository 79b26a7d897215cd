"""Jobs that move the streams and keep the lake tidy. Each may run twice, or late, or after a kill."""

from __future__ import annotations

from django.db import close_old_connections
from procrastinate.contrib.django import app

QUEUE = "streams"


@app.periodic(cron="* * * * *")
@app.task(queue=QUEUE, name="streams.move", lock=QUEUE, queueing_lock="streams.move")
def move(timestamp: int) -> None:
    """Every minute: what is staged goes to the lake."""
    from sizao.facts.dictionary import STREAMS
    from sizao_web.records.streams import moving
    from sizao_web.settings.clock import now

    close_old_connections()
    for stream in STREAMS:
        moving.move(stream, now())


@app.periodic(cron="17 * * * *")
@app.task(queue=QUEUE, name="streams.tidy", lock=QUEUE, queueing_lock="streams.tidy")
def tidy(timestamp: int) -> None:
    """Every hour: small files become large ones, and files that no version names go."""
    from sizao.facts.dictionary import STREAMS
    from sizao_web.records.streams import moving

    close_old_connections()
    for stream in STREAMS:
        moving.tidy(stream)
