"""Two who ask at once: whether the second has come to the place where it waits for the first."""

from __future__ import annotations

from threading import Thread
from time import sleep

from django.db import connection


def somebody_waits_for_a_lock(asking: Thread, *, advisory: bool = False) -> bool:
    """Whether a session of this database comes to wait for a lock while somebody asks.

    advisory: only for a lock that the application takes by itself.
    """
    which = " AND wait_event = 'advisory'" if advisory else ""
    while asking.is_alive():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                f" WHERE datname = current_database() AND wait_event_type = 'Lock'{which}"
            )
            if cursor.fetchone() != (0,):
                return True
        sleep(0.02)
    return False
