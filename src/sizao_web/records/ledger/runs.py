"""Runs of the ledger: the whole, or only whom something touched; either leaves what derive answers.

One run at a time, in one transaction. A run that fails or is killed leaves the ledger of the run before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter

import pyarrow as pa
from django.db import connection, transaction

from sizao.obligations.derive import derive
from sizao.obligations.touched import touched_by_arrivals
from sizao_web.records.ledger import keeping
from sizao_web.records.ledger.changes import changes_of_touched, changes_of_whole
from sizao_web.records.ledger.mirror import Mirror
from sizao_web.records.ledger.tables import KEPT
from sizao_web.records.ledger.texts import InForce, in_force
from sizao_web.records.models import Run
from sizao_web.settings.clock import bare, now

LOCK = 4_242_002
OF_PERSONS = ("residences", "stays", "households", "room_stays", "hand_overs", "hand_over_acceptances")
"""Facts of which the ledger itself makes something: who may see a person, households, who is responsible."""

_mirror: Mirror | None = None


@dataclass(frozen=True)
class _Work:
    """One run while it works."""

    mirror: Mirror
    last: Run | None
    as_of: datetime
    policy: InForce


def whole(moment: datetime) -> Run:
    """Derive everything as of this moment from the facts known by it, and keep what changed."""
    with _alone(), _transaction(), _work(moment) as work:
        return _whole(work)


def touched(moment: datetime) -> Run | None:
    """Bring the ledger up to this moment for whom facts or time touched since the last run.

    None when nothing did. Where only a whole run can be right (there was none yet, other texts are in force,
    the clock went back) it is one.
    """
    with _alone(), _transaction(), _work(moment) as work:
        last = work.last
        if last is None or last.texts != work.policy.digest or bare(last.as_of) > work.as_of:
            return _whole(work)
        subjects = _subjects(work, last)
        if not subjects.num_rows:
            return None
        work.mirror.session.bind("touched_subjects", subjects)
        return _kept(work, touched=True, subjects=subjects.num_rows)


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
def _work(moment: datetime) -> Iterator[_Work]:
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
        yield _Work(_mirror, last, as_of, in_force(_mirror.table("adoptions"), as_of))
    except BaseException:
        forget()
        raise


# -- what a run does -------------------------------------------------------------------------------


def _subjects(work: _Work, last: Run) -> pa.Table:
    """Whom facts that arrived or time that passed since the last run may touch."""
    query = touched_by_arrivals(
        work.policy.policy,
        known_from=bare(last.known_by),
        known_to=work.as_of,
        as_of_from=bare(last.as_of),
        as_of_to=work.as_of,
        beside=OF_PERSONS,
    )
    work.mirror.session.bind("arrived", work.mirror.arrived)
    return work.mirror.session.run(query, ordered=False)["touched_subjects"]


def _whole(work: _Work) -> Run:
    return _kept(work, touched=False, subjects=None)


def _kept(work: _Work, *, touched: bool, subjects: int | None) -> Run:
    began, clock = now(), perf_counter()
    session = work.mirror.session
    query = derive(
        work.policy.policy,
        as_of=work.as_of,
        known_by=work.as_of,
        touched=touched,
        empty=work.mirror.empty,
        uncorrected=work.mirror.uncorrected,
    )
    after = session.run(query, ordered=False)
    for name, kept in KEPT.items():
        session.bind(f"{name}_after", _complete(after[name], kept.schema))
    found = session.run(changes_of_touched() if touched else changes_of_whole(), ordered=False)
    gone = {name: found[f"gone_{name}"] for name in KEPT}
    new = {name: found[f"new_{name}"].cast(kept.schema) for name, kept in KEPT.items()}
    causes = _causes(gone["obligations"])
    moment = work.as_of.replace(tzinfo=UTC)
    run = Run.objects.create(
        kind="touched" if touched else "whole",
        as_of=moment,
        known_by=moment,
        facts_until=str(work.mirror.snapshot),
        pack=work.policy.policy.pack,
        pack_digest=work.policy.policy.digest,
        texts=work.policy.digest,
        subjects=subjects,
        rows_changed=sum(rows.num_rows for rows in new.values()),
        rows_withdrawn=gone["obligations"].num_rows,
        began_at=began,
        seconds=0.0,
    )
    keeping.keep(run, gone, new, causes)
    run.seconds = perf_counter() - clock
    run.save(update_fields=["seconds"])
    work.mirror.keep(run, {name: gone[name].select(kept.key) for name, kept in KEPT.items()}, new)
    return run


def _complete(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    if "responsible" in schema.names:
        rows = rows.append_column("responsible", rows["done_by"])
        rows = rows.append_column("household", pa.nulls(rows.num_rows, pa.string()))
    return rows.select(schema.names).cast(schema)


def _causes(gone: pa.Table) -> pa.Table:
    number = gone.num_rows
    return pa.table(
        {
            "obligation_id": gone["obligation_id"],
            "why": pa.array(["other_fact"] * number, pa.string()),
            "by": pa.nulls(number, pa.string()),
        }
    )
