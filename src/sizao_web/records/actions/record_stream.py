"""Record rows of a stream: durable when this returns and its transaction commits, each once for ever."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyarrow as pa
from django.conf import settings
from django.db import connection
from psycopg.errors import InsufficientPrivilege

from sizao.facts.dictionary import STREAMS
from sizao.facts.schemas import own_columns
from sizao.facts.streams import RECORD, checked
from sizao.terms.time import local_day, midnight
from sizao.terms.words import Words
from sizao_web.records import audit, room
from sizao_web.records.access.scope import Scope
from sizao_web.records.streams.keeping import kept_days
from sizao_web.records.streams.staging import Part, Sender, by_day, stage
from sizao_web.records.writing import TYPED, NotAllowed, Refused
from sizao_web.settings.clock import bare

__all__ = ["NotAllowed", "Refused", "Streamed", "record_stream"]

SYSTEM = "source_system"
AHEAD = timedelta(hours=1)  # by which a device's clock may be fast; a value of this project


@dataclass(frozen=True)
class Streamed:
    """What became of the rows: sent = stored + merged + conflicts.

    merged: rows that were there already. conflicts: records whose key was there with other contents; they are
    kept apart and listed, and count nowhere. batches: under which the stored ones lie.
    """

    stored: int
    merged: int
    conflicts: tuple[str, ...] = ()
    batches: tuple[int, ...] = ()


def record_stream(
    scope: Scope, moment: datetime, fact: str, rows: pa.Table, *, request: str | None = None
) -> Streamed:
    """Take in these rows, all that are right or none. KeyError for what is no stream; Refused, NotAllowed.

    rows: the own columns of the fact, source_record and, where it is not this system, source_system, of which
    one call has one. Rows whose day is no longer kept are refused: they would be dropped at once.
    """
    declared = STREAMS[fact]
    if not scope.may_give(fact):
        raise NotAllowed(f"{scope.role} may not send {fact}.")
    source_system, sent = _system(rows)
    room.need()
    now = bare(moment)
    zone = settings.SIZAO.zone
    first = midnight(local_day(now, zone) - timedelta(days=kept_days(fact)), zone)
    table, problems = checked(declared, sent, first=first, last=now + AHEAD)
    if problems:
        raise Refused(problems)
    sender = Sender(source_system, scope.area, scope.account, moment.astimezone(UTC))
    if not table.num_rows:
        return Streamed(0, 0)
    try:
        done = [one for part in by_day(fact, table, source_system, zone) for one in stage(part, sender)]
    except InsufficientPrivilege as cause:
        raise NotAllowed("Rows are of a place that this duty does not answer for.") from cause
    for one in done:
        _keep_conflicts(one.conflicts, sender)
    batches = tuple(batch for one in done for batch in one.batches)
    conflicts = tuple(record for one in done for record in one.conflicts.rows[RECORD].to_pylist())
    if batches or conflicts:
        audit.note(
            scope, moment, "send", fact, [f"{source_system}/{batch}" for batch in batches or (0,)], request
        )
    return Streamed(sum(one.stored for one in done), sum(one.merged for one in done), conflicts, batches)


def _system(rows: pa.Table) -> tuple[str, pa.Table]:
    """The system that the rows come from, and the rows without it."""
    if SYSTEM not in rows.column_names:
        return TYPED, rows
    named = rows[SYSTEM].unique().to_pylist()
    if len(named) > 1 or named == [None] or named == [""]:
        words = Words("一次只收同一来源系统的行。", "All rows of one call come from one source_system.")
        raise Refused([(0, words)])
    return (named[0] if named else TYPED), rows.drop_columns([SYSTEM])


def _keep_conflicts(part: Part, sender: Sender) -> None:
    """Keep what contradicts, once however often it is sent."""
    if not part.rows.num_rows:
        return
    names = [column.name for column in own_columns(STREAMS[part.stream])]
    keys, bodies = part.names(sender.source_system), part.bodies().tolist()
    rows = zip(part.rows.to_pylist(), keys, bodies, strict=True)
    common = [sender.source_system, sender.area, sender.account, sender.recorded_at]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO stream_conflict (stream, day, key, body, source_record, row, source_system, area,"
            " recorded_by, recorded_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            [
                [
                    part.stream, part.day, key, body, row[RECORD],
                    json.dumps({name: row[name] for name in names}, default=str), *common,
                ]
                for row, key, body in rows
            ],
        )  # fmt: skip
