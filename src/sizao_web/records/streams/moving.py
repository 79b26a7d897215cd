"""Moving staged rows to the lake, exactly once through a kill at any point.

    plan     a row of stream_move and the batches that belong to it            committed in PostgreSQL
    append   their rows in one commit of the lake that bears the plan's number  the lake
    sync     every file of the lake forced to disk                              the disk
    drop     the rows out of staging, the plan done                             committed in PostgreSQL

Killed before the append: the plan is open and the lake does not know its number, so it is appended. Killed
after it: the lake knows the number, so nothing is appended, and the rest is done. Whoever reads takes what
is staged and leaves out of the lake the batches that are staged too.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import pyarrow as pa
from django.db import OperationalError, connection, transaction
from django.db.models import F

from sizao.facts.dictionary import STREAMS
from sizao.terms.queries import literal
from sizao_web.records.ledger.reading_facts import copied_out
from sizao_web.records.models import StreamBatch, StreamMove
from sizao_web.records.streams.lake import lake_schema, made
from sizao_web.records.streams.tables import slot_of, staged_in

LOCK = 4_242_020
MOST_ROWS = 2_000_000  # of one step; beyond it batches wait for the next
TRIES = 5  # of one batch alone, before it is parked
_log = logging.getLogger("sizao.streams")


def move(stream: str, moment: datetime) -> int:
    """Move what is staged of a stream; how many rows. Waits until no other process moves."""
    with alone():
        moved, failed = 0, frozenset[int]()
        while (plan := _open_plan(stream) or planned(stream, moment, without=failed)) is not None:
            try:
                moved += carry_out(plan, moment)
            except Exception:
                bad = _without_the_bad(plan, moment)
                if not bad:
                    raise
                failed |= bad
        return moved


@contextmanager
def alone() -> Iterator[None]:
    """Nobody else changes the lake meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute("RESET lock_timeout")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _open_plan(stream: str) -> StreamMove | None:
    """What a mover that was killed left undone."""
    return StreamMove.objects.filter(stream=stream, done_at=None).first()


def planned(stream: str, moment: datetime, *, without: frozenset[int] = frozenset()) -> StreamMove | None:
    """A plan for what is staged now, committed; None when nothing is."""
    with transaction.atomic():
        waiting = StreamBatch.objects.filter(stream=stream, move=None, parked_at=None)
        staged = waiting.exclude(pk__in=without).order_by("pk")
        chosen, rows = [], 0
        for number, counted in staged.values_list("pk", "rows")[:50_000]:
            if chosen and rows + counted > MOST_ROWS:
                break
            chosen.append(number)
            rows += counted
        if not chosen:
            return None
        plan = StreamMove.objects.create(stream=stream, begun_at=moment)
        StreamBatch.objects.filter(pk__in=chosen).update(move=plan)
    return plan


def carry_out(plan: StreamMove, moment: datetime) -> int:
    """Do what is left of a plan; how many rows it moved."""
    table, application = made(plan.stream), _application()
    batches = list(plan.batches.values_list("pk", "day", "rows"))
    expected = sum(rows for _, _, rows in batches)
    if table.last_step(application) < plan.pk:
        rows = _staged_rows(plan.stream, batches)
        if rows.num_rows != expected:
            raise RuntimeError(f"{rows.num_rows} rows are staged where the batches announced {expected}.")
        table.append(rows, application=application, step=plan.pk)
    table.make_durable()
    _drop(plan, batches, moment, expected)
    return expected


def _application() -> str:
    """Who moves: this cluster. In another one, filled from a backup, numbers of plans mean other plans."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT system_identifier FROM pg_control_system()")
        return f"sizao-{cursor.fetchone()[0]}"


def _staged_rows(stream: str, batches: Sequence[tuple[int, object, int]]) -> pa.Table:
    schema = lake_schema(stream)
    own = [column.name for column in STREAMS[stream].columns]
    columns = []
    for field in schema:
        of = "s" if field.name in (*own, "source_record", "batch") else "b"
        at = " AT TIME ZONE 'UTC'" if pa.types.is_timestamp(field.type) else ""
        columns.append(f"{of}.{field.name}{at} AS {field.name}")
    numbers = ", ".join(str(number) for number, _, _ in batches)
    slots = ", ".join(str(slot) for slot in sorted({slot_of(day) for _, day, _ in batches}))  # type: ignore[arg-type]
    return copied_out(
        f"SELECT {', '.join(columns)} FROM stream_{stream} AS s JOIN stream_batch AS b ON b.id = s.batch"
        f" WHERE s.slot IN ({slots}) AND b.stream = {literal(stream)} AND s.batch IN ({numbers})",
        schema,
    )


def _drop(plan: StreamMove, batches: Sequence[tuple[int, object, int]], moment: datetime, rows: int) -> None:
    """Take the rows out of staging. Where nothing else is staged in a day's table it is emptied at once."""
    with transaction.atomic():
        for slot in sorted({slot_of(day) for _, day, _ in batches}):  # type: ignore[arg-type]
            if not _emptied(plan, slot):
                with connection.cursor() as cursor:
                    cursor.execute(
                        f"DELETE FROM {staged_in(plan.stream, slot)} AS s USING stream_batch AS b"
                        " WHERE b.id = s.batch AND b.move_id = %s",
                        [plan.pk],
                    )
        StreamMove.objects.filter(pk=plan.pk).update(done_at=moment, rows=rows)


def _emptied(plan: StreamMove, slot: int) -> bool:
    """Whether the table of a day held nothing but this plan's rows, and was emptied.

    Under a lock that nobody who sends or reads holds; so it is asked for and not waited for.
    """
    table = staged_in(plan.stream, slot)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE NOWAIT")
            cursor.execute(
                f"SELECT EXISTS (SELECT 1 FROM {table} AS s JOIN stream_batch AS b ON b.id = s.batch"
                " WHERE b.move_id IS DISTINCT FROM %s)",
                [plan.pk],
            )
            if cursor.fetchone()[0]:
                return False
            cursor.execute(f"TRUNCATE {table}")
            return True
    except OperationalError:  # somebody is sending or reading
        return False


# -- what cannot be moved ----------------------------------------------------------------------------


def _without_the_bad(plan: StreamMove, moment: datetime) -> frozenset[int]:
    """After a step that failed: the batches that cannot even be read by themselves, taken out of the plan.

    One of them holds up no other. Where all fail, or none does, it is the lake or the disk that is at fault
    and no batch is blamed: the answer is then empty.
    """
    if made(plan.stream).last_step(_application()) >= plan.pk:
        return frozenset()  # the rows are there; what is left to do has nothing to do with them
    bad = []
    batches = list(plan.batches.order_by("pk"))
    for batch in batches:
        try:
            rows = _staged_rows(plan.stream, [(batch.pk, batch.day, batch.rows)])
            _check(plan.stream, batch, rows)
        except Exception:
            bad.append(batch.pk)
    if not bad or len(bad) == len(batches) > 1:
        return frozenset()
    with transaction.atomic():
        blamed = StreamBatch.objects.filter(pk__in=bad)
        blamed.update(tries=F("tries") + 1, move=None)
        parked = blamed.filter(tries__gte=TRIES).update(parked_at=moment)
        if len(bad) == len(batches):
            plan.delete()
    if parked:
        _log.error("a batch is parked", extra={"outcome": f"{parked} batches of {plan.stream}"})
    return frozenset(bad)


def _check(stream: str, batch: StreamBatch, rows: pa.Table) -> None:
    if rows.num_rows != batch.rows:
        raise RuntimeError(f"{rows.num_rows} rows are staged where the batch announced {batch.rows}.")
    rows.validate(full=True)


def release(batch: int) -> bool:
    """Let the mover try a parked batch again; whether there was one."""
    return bool(StreamBatch.objects.filter(pk=batch).exclude(parked_at=None).update(parked_at=None, tries=0))


# -- upkeep ------------------------------------------------------------------------------------------


def tidy(stream: str) -> tuple[int, int]:
    """Make large files of small ones and remove what no version names: days made one, files gone."""
    with alone():
        table = made(stream)
        return table.compact(), table.sweep()
