"""Rows of the streams for whoever opened a register: what is staged and what is in the lake, each once.

First what is staged, in one statement; then the newest version of the lake without the batches that are
staged. A batch enters the lake before it leaves staging, so none is missed, and none is told twice.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings
from django.db import connection

from sizao.facts.dictionary import STREAMS
from sizao.facts.schemas import own_columns
from sizao.facts.streams import RECORD
from sizao.terms.time import local_day
from sizao_web.records import audit
from sizao_web.records.access.policies import POLICIES
from sizao_web.records.access.rules import ACCESS
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.open_register import Opening
from sizao_web.records.models import PersonAccess, StreamBatch, StreamConflict, StreamOpening
from sizao_web.records.streams.lake import lake_table
from sizao_web.settings.clock import bare

KEPT_OPEN = 8 * 3600  # seconds for which an opening may be looked through; a working day, a value of ours


def opening(scope: Scope, number: int, moment: datetime) -> Opening | None:
    """An opening of this account and purpose that is still open; None for any other."""
    found = (
        StreamOpening.objects.filter(POLICIES["stream_opening"].q(scope), pk=number)
        .filter(opened_by=scope.account, purpose=scope.purpose)
        .first()
    )
    if found is None or (moment - found.opened_at).total_seconds() > KEPT_OPEN:
        return None
    return Opening(found.pk, found.case, found.place, found.from_at, found.until_at)


def opened(scope: Scope, moment: datetime, one: Opening, stream: str) -> pa.Table:
    """The rows of the place (or of the case's person) in the window: own columns, source_system,
    source_record; in the order of the event. An audit row for the place and for everybody named."""
    staged = _staged(one, stream)
    lake = _in_lake(one, stream, staged)
    columns = [*(column.name for column in own_columns(STREAMS[stream])), "source_system", RECORD]
    found = pa.concat_tables([staged.select(columns), lake.select(columns)])
    found = found.sort_by(
        [(STREAMS[stream].event, "ascending"), ("person", "ascending"), (RECORD, "ascending")]
    )
    persons = pc.unique(found["person"]).to_pylist()
    audit.note(scope, moment, "read", stream, [one.place or one.case, *persons])
    return found


def _staged(one: Opening, stream: str) -> pa.Table:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM sizao_stream_staged(%s, %s)", [one.number, stream])
        rows = cursor.fetchall()
    batch, person, place, at, celsius, system, record = zip(*rows, strict=True) if rows else ((),) * 7
    event = STREAMS[stream].event
    table = {
        "batch": pa.array(batch, pa.int64()),
        "person": pa.array(person, pa.string()),
        "place": pa.array(place, pa.string()),
        event: pa.array([bare(one) for one in at], pa.timestamp("us")),
        "source_system": pa.array(system, pa.string()),
        RECORD: pa.array(record, pa.string()),
    }
    if stream == "temperatures":
        table["celsius"] = pa.array(celsius, pa.float64())
    return pa.table(table)


def _in_lake(one: Opening, stream: str, staged: pa.Table) -> pa.Table:
    table, event = lake_table(stream), STREAMS[stream].event
    if not table.exists:
        return staged.slice(0, 0)
    first, last = bare(one.from_at), bare(one.until_at)
    where = (pc.field(event) >= pa.scalar(first, pa.timestamp("us"))) & (
        pc.field(event) < pa.scalar(last, pa.timestamp("us"))
    )
    where &= pc.field("place") == one.place if one.place else pc.field("person").isin(_persons(one.case))
    if staged.num_rows:
        where &= ~pc.field("batch").isin(pc.unique(staged["batch"]))
    zone = settings.SIZAO.zone
    return table.rows(
        first=local_day(first, zone),
        last=local_day(last, zone),
        where=where,
        columns=[*staged.column_names],
    )


def _persons(case: str) -> pa.Array:
    with connection.cursor() as cursor:
        cursor.execute('SELECT DISTINCT person FROM fact_classifications WHERE "case" = %s', [case])
        return pa.array([person for (person,) in cursor.fetchall()], pa.string())


def seen_among(scope: Scope, persons: Collection[str]) -> set[str]:
    """Those of these persons whom this scope answers for."""
    found = PersonAccess.objects.filter(ACCESS.q(scope), person__in=persons)
    return set(found.values_list("person", flat=True))


@dataclass(frozen=True)
class Coming:
    """What came in of a stream in the asker's area. conflicts: rows that contradict, and count nowhere."""

    stream: str
    rows: int
    last_at: datetime | None
    parked: int
    conflicts: int


def coming(scope: Scope) -> list[Coming]:
    """How much of each stream is on record for the area."""
    found = []
    for stream in STREAMS:
        batches = StreamBatch.objects.filter(POLICIES["stream_batch"].q(scope), stream=stream)
        conflicts = StreamConflict.objects.filter(POLICIES["stream_conflict"].q(scope), stream=stream)
        last = batches.order_by("-recorded_at").first()
        found.append(
            Coming(
                stream,
                sum(batches.values_list("rows", flat=True)),
                last.recorded_at.astimezone(UTC) if last else None,
                batches.exclude(parked_at=None).count(),
                conflicts.count(),
            )
        )
    return found


def conflicts(scope: Scope, number: int = 200) -> list[StreamConflict]:
    """The last rows that contradict what is on record."""
    found = StreamConflict.objects.filter(POLICIES["stream_conflict"].q(scope))
    return list(found.order_by("-recorded_at", "-pk")[:number])
