"""Runs of the ledger: the whole, or only whom something touched; either leaves what derive answers.

One run at a time, in one transaction. A run that fails or is killed leaves the ledger of the run before it,
and the next one makes it right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import OperationalError, connection, transaction
from psycopg.errors import SerializationFailure

from sizao.terms.time import local_day, midnight
from sizao_web.records.deliveries.waiting import wake_deliveries
from sizao_web.records.ledger.mirror import Mirror
from sizao_web.records.ledger.running import Work, run_touched, run_whole
from sizao_web.records.ledger.texts import in_force
from sizao_web.records.models import Run
from sizao_web.settings.clock import bare

LOCK = 4_242_010  # other than that of the worker, who holds its own while it runs
NIGHTLY = timedelta(hours=2)  # after midnight in the city, when the fewest people wait for a row
TRIES = 3  # somebody records a newcomer in the very moment in which a run writes who may see them

_mirror: Mirror | None = None
_Answer = TypeVar("_Answer")
Clock = Callable[[], datetime]
"""Says the moment, UTC with a zone mark."""


def whole(moment: datetime) -> Run:
    """Derive everything as of this moment from the facts known by it, and keep what changed."""
    return _run(lambda: moment, run_whole)


def touched(moment: datetime) -> Run | None:
    """Bring the ledger up to this moment for whom facts or time touched since the last run.

    None when nothing did. Where only a whole run can be right (there was none yet, other texts are in force,
    the clock went back) it is one.
    """
    return _run(lambda: moment, run_touched)


def arrived(clock: Clock) -> Run | None:
    """As `touched`, but None at once when no fact arrived: what changes by time alone waits for `tick`.

    As of when the facts are read, so that none of them is ahead of the run: the clock is asked after the
    wait for another run.
    """
    return _run(clock, lambda work: run_touched(work) if work.anything_arrived else None)


def tick(clock: Clock) -> Run | None:
    """As `touched`; once a night a whole run, which also makes right what a touched one might have missed.

    The night's run looks at the rows of the ledger as they are in PostgreSQL and not at the copy: what
    anything but a run wrote there is found beside the answer, and goes. The clock is asked as `arrived` does.
    """
    if _is_due(Run.objects.order_by("-pk").first(), clock()):
        forget()
    return _run(
        clock,
        lambda work: (
            run_whole(work) if _is_due(work.last, work.as_of.replace(tzinfo=UTC)) else run_touched(work)
        ),
    )


def _is_due(last: Run | None, moment: datetime) -> bool:
    """Whether tonight's whole run is still to be made."""
    zone = settings.SIZAO.zone
    tonight = (midnight(local_day(bare(moment), zone), zone) + NIGHTLY).replace(tzinfo=UTC)
    if last is None or moment < tonight:
        return False
    return not Run.objects.filter(kind="whole", as_of__gte=tonight).exists()


def forget() -> None:
    """Drop the copy of this process; the next run fills it again."""
    global _mirror
    if _mirror is not None:
        _mirror.close()
        _mirror = None


# -- the frame of a run ----------------------------------------------------------------------------


def _run(clock: Clock, what: Callable[[Work], _Answer]) -> _Answer:
    """One run, again where PostgreSQL could not put two transactions into an order."""
    for again in reversed(range(TRIES)):
        try:
            with _alone():
                with _transaction(), _work(clock) as work:
                    waiting = _waiting()
                    answer = what(work)
                    assert work.mirror.snapshot is not None
                    wake_deliveries(work.mirror.snapshot)
                _done(waiting)
                return answer
        except OperationalError as cause:
            if (
                again == 0
                or connection.in_atomic_block
                or not isinstance(cause.__cause__, SerializationFailure)
            ):
                raise
    raise AssertionError("unreachable")


@contextmanager
def _alone() -> Iterator[None]:
    """Wait until no other process runs. Before the transaction: no snapshot may be older than the lock."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute("RESET lock_timeout")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
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
def _work(clock: Clock) -> Iterator[Work]:
    """The copy brought up to now. After any failure it is forgotten: it may be ahead of what was kept.

    The clock is asked once the snapshot is there: a fact that became known between a moment taken before it
    and the snapshot would be read as arrived and passed over as not known yet, and would wait for the tick.
    """
    global _mirror
    last = Run.objects.order_by("-pk").first()  # the first question of the transaction takes its snapshot
    as_of = bare(clock())
    try:
        if _mirror is not None and _mirror.stands_on(last):
            _mirror.bring_up()
        else:
            forget()
            _mirror = Mirror(last)
        yield Work(_mirror, last, as_of, in_force(_mirror.table("adoptions"), as_of))
    except BaseException:
        forget()
        raise


# -- jobs that a run makes unnecessary -------------------------------------------------------------


def _waiting() -> list[int]:
    """Jobs that wait to bring the ledger up to facts which this transaction sees: they came with them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM procrastinate_jobs WHERE task_name = 'ledger.touch' AND status = 'todo'"
        )
        return [number for (number,) in cursor.fetchall()]


def _done(waiting: list[int]) -> None:
    if waiting:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = ANY(%s) AND status = 'todo'", [waiting])
