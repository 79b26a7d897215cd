"""Runs of the ledger: the whole, or only whom something touched; either leaves what derive answers.

One run at a time, in one transaction. A run that fails or is killed leaves the ledger of the run before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from sizao_web.records.ledger.mirror import Mirror
from sizao_web.records.ledger.running import Work, run_touched, run_whole
from sizao_web.records.ledger.texts import in_force
from sizao_web.records.models import Run
from sizao_web.settings.clock import bare

LOCK = 4_242_003

_mirror: Mirror | None = None


def whole(moment: datetime) -> Run:
    """Derive everything as of this moment from the facts known by it, and keep what changed."""
    with _alone(), _transaction(), _work(moment) as work:
        return run_whole(work)


def touched(moment: datetime) -> Run | None:
    """Bring the ledger up to this moment for whom facts or time touched since the last run.

    None when nothing did. Where only a whole run can be right (there was none yet, other texts are in force,
    the clock went back) it is one.
    """
    with _alone(), _transaction(), _work(moment) as work:
        return run_touched(work)


def forget() -> None:
    """Drop the copy of this process; the next run fills it again."""
    global _mirror
    if _mirror is not None:
        _mirror.close()
        _mirror = None


# -- the frame of a run ----------------------------------------------------------------------------


@contextmanager
def _alone() -> Iterator[None]:
    """Wait until no other process runs. Before the transaction: no snapshot may be older than the lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


@contextmanager
def _transaction() -> Iterator[None]:
    nested = connection.in_atomic_block
    with transaction.atomic():
        if not nested:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


@contextmanager
def _work(moment: datetime) -> Iterator[Work]:
    """The copy brought up to now. After any failure it is forgotten: it may be ahead of what was kept."""
    global _mirror
    last = Run.objects.order_by("-pk").first()
    try:
        if _mirror is not None and _mirror.stands_on(last):
            _mirror.bring_up()
        else:
            forget()
            _mirror = Mirror(last)
        as_of = bare(moment)
        yield Work(_mirror, last, as_of, in_force(_mirror.table("adoptions"), as_of))
    except BaseException:
        forget()
        raise
