"""One run of retention: everything whose time is over goes, and a report says what.

First the database, in one transaction under the locks of the ledger and of the mover; then the lake and the
logs; then the ledger is derived anew, and the tables from which rows went are written anew, because what is
deleted stays legible in the pages of its file until then. Killed in between, the next run does what is left.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection, transaction

from sizao_web.records import audit
from sizao_web.records.access.scope import Scope
from sizao_web.records.ledger import runs, texts
from sizao_web.records.models import RetentionRun, Run
from sizao_web.records.retention.clock import Uptime, check
from sizao_web.records.retention.parts import IN_DATABASE, ON_DISK, When, holds
from sizao_web.records.streams import moving

SCOPE = Scope("sizao-retention", "administrator", "", None, "public_administration")
"""In whose name the audit notes what went."""
OF_THE_LEDGER = (
    "ledger_obligation", "ledger_standing", "ledger_unknown", "ledger_too_late", "ledger_case",
    "person_access",
)  # fmt: skip
STATISTICS = "pg_catalog.pg_statistic"
"""What the planner remembers of every column; written anew last."""
PATIENCE = 20.0  # seconds for which a run waits for sessions that look at an earlier state
_log = logging.getLogger("sizao.retention")


@dataclass(frozen=True)
class Report:
    """What went, by part and table, and how many wait by part. left: tables not yet written anew."""

    removed: Mapping[str, Mapping[str, int]]
    waiting: Mapping[str, int]
    left: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """All that went."""
        return sum(count for counts in self.removed.values() for count in counts.values())


class _OnlyTried(Exception):
    """Ends the transaction of a dry run."""


def report(moment: datetime, logged: datetime) -> Report:
    """What would go now from the database; nothing does. Of the lake and the logs nothing is told."""
    when = _when(moment, logged)
    removed: dict[str, Any] = {}
    waiting: dict[str, int] = {}
    try:
        with transaction.atomic():
            _parts(IN_DATABASE, when, removed, waiting)
            raise _OnlyTried
    except _OnlyTried:
        return Report(removed, waiting)


def purge(moment: datetime, logged: datetime, now: Uptime, *, clock_is_right: bool = False) -> Report:
    """Remove what is over. ClockDoubtful unless somebody says that the clock is right."""
    if not clock_is_right:
        check(moment, now)
    when = _when(moment, logged)
    removed: dict[str, Any] = {}
    waiting: dict[str, int] = {}
    with moving.alone():
        with transaction.atomic():
            _hold_up_the_ledger()
            _parts(IN_DATABASE, when, removed, waiting)
            noted = RetentionRun.objects.create(
                as_of=moment, boot=now.boot, uptime=now.seconds, removed=removed, waiting=waiting
            )
            if removed:
                if _is_of_the_ledger(removed):
                    _let_the_ledger_read_again()
                tables = sorted({table for counts in removed.values() for table in counts})
                for table in tables:
                    audit.note(SCOPE, moment, "purge", table, [f"retention/{noted.pk}"])
        _parts(ON_DISK, when, removed, waiting)
    if _is_of_the_ledger(removed):
        runs.forget()
        runs.whole(moment)
    unfinished = RetentionRun.objects.filter(done=False).exclude(pk=noted.pk)
    every = [removed, *unfinished.values_list("removed", flat=True)]
    left = _written_anew(every) if any(every) else ()
    RetentionRun.objects.filter(pk=noted.pk).update(removed=removed, waiting=waiting, done=not left)
    if not left:
        RetentionRun.objects.filter(done=False).update(done=True)
    found = Report(removed, waiting, left)
    _log.info("retention ran", extra={"outcome": f"{found.rows} rows removed, {sum(waiting.values())} wait"})
    return found


def _when(moment: datetime, logged: datetime) -> When:
    return When(moment, logged, texts.pack().horizon_days, holds(moment))


def _parts(parts: Mapping[str, Any], when: When, removed: dict[str, Any], waiting: dict[str, int]) -> None:
    for name, part in parts.items():
        went = part(when)
        if went.counts:
            removed[name] = dict(went.counts)
        if went.waiting:
            waiting[name] = went.waiting


def _hold_up_the_ledger() -> None:
    """No run of the ledger meanwhile; one at work is waited for."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [runs.LOCK])


def _let_the_ledger_read_again() -> None:
    """A run of its own, so that every copy of the facts that a process holds is of an older one and is
    forgotten: what went must not come back from there."""
    last = Run.objects.order_by("-pk").first()
    if last is not None:
        last.pk, last.facts_until = None, ""
        last.rows_changed = last.rows_withdrawn = last.rows_sealed = 0
        last.save(force_insert=True)


def _is_of_the_ledger(removed: Mapping[str, Mapping[str, int]]) -> bool:
    """Whether facts went, so that the ledger must be derived without them."""
    return any(table.startswith("fact_") for counts in removed.values() for table in counts)


def _forgotten(cursor: Any, table: str) -> None:
    """Let the planner forget a table, and the one of which it is a part; servers before 18 cannot."""
    cursor.execute("SHOW server_version_num")
    if int(cursor.fetchone()[0]) >= 180000 and table != STATISTICS:
        cursor.execute(
            """SELECT pg_clear_attribute_stats('public', c.relname, a.attname, inherited)
               FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid,
                 (VALUES (true), (false)) AS i (inherited)
               WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relnamespace = 'public'::regnamespace
                 AND (c.relname = %s OR c.oid IN (
                   SELECT inhparent FROM pg_inherits WHERE inhrelid = to_regclass(%s)))""",
            [table, table],
        )


def _written_anew(removed: Sequence[Mapping[str, Mapping[str, int]]]) -> tuple[str, ...]:
    """Write the files of these tables anew, without what was deleted; those that are in use are answered.

    Such a table is at least swept. Not inside a transaction: there it is left to the next run.
    """
    named = [table for one in removed for counts in one.values() for table in counts if "/" not in table]
    derived = OF_THE_LEDGER if any(_is_of_the_ledger(one) for one in removed) else ()
    tables = dict.fromkeys([*named, *derived, STATISTICS])
    if connection.in_atomic_block:
        return tuple(tables)
    until = time.monotonic() + PATIENCE
    return tuple(table for table in tables if not _is_written_anew(table, until))


def _is_written_anew(table: str, until: float) -> bool:
    """Whether nothing that was deleted is left in the files of this table.

    While a session looks at an earlier state PostgreSQL keeps what was there: it is waited for, and then
    left to the next run.
    """
    while True:
        try:
            with connection.cursor() as cursor:
                # What the planner remembers of a column are values that stood there; of a table that became
                # empty it would remember them for ever.
                _forgotten(cursor, table)
                kept = _kept_for_others(
                    f"(FULL, VERBOSE{'' if table == STATISTICS else ', ANALYZE'}) {table}"
                )
        except DatabaseError:
            with connection.cursor() as cursor:
                cursor.execute(f"VACUUM {table}")
            return False
        if not kept:
            return True
        if time.monotonic() > until:
            _log.warning("deleted rows stay legible", extra={"outcome": f"{table}: {kept} rows"})
            return False
        time.sleep(1)


def _kept_for_others(what: str) -> int:
    """Do this VACUUM; how many deleted rows it had to leave, because a session may still look at them."""
    details: list[str] = []

    def heard(said: Any) -> None:
        details.append(said.message_detail or "")

    with connection.cursor() as cursor:
        cursor.connection.add_notice_handler(heard)
        try:
            cursor.execute(f"VACUUM {what}")
        finally:
            cursor.connection.remove_notice_handler(heard)
    # Of the table that is written anew the detail begins with that number, in whatever language.
    found = [re.match(r"\d+", one) for one in details]
    return sum(int(one.group()) for one in found if one)
