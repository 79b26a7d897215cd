"""Whether there is room to record. The last of the disk is kept for the log of the database, audit, sessions.

A database whose log finds no room stops, and with it all reading. So recording is refused while there is
still room for what reading needs; it goes on by itself when there is room again.
"""

from __future__ import annotations

import shutil

from django.conf import settings

KEPT = 192 * 1024**2  # bytes, our own value: twelve files of the database's log


class NoRoom(Exception):
    """Nothing was written: the disk of the records is full but for what is kept."""


def left() -> bool:
    """Whether there is room. A database that DATABASE_URL names says itself when it has none."""
    if settings.SIZAO.database_url:
        return True
    return shutil.disk_usage(settings.SIZAO.data).free >= KEPT


def need() -> None:
    """NoRoom when there is none."""
    if not left():
        raise NoRoom("The disk of the records is full: nothing is recorded until there is room again.")
