"""Take back what a delivery stored: each of its facts is retracted, with the reason. Nothing is deleted."""

from __future__ import annotations

import os
from datetime import datetime

import pyarrow as pa
from django.db import connection, transaction

from sizao.facts.dictionary import fact as declared
from sizao.facts.schemas import stored_columns
from sizao.intake.pieces import LINE
from sizao.terms.identifiers import uuid7
from sizao.terms.words import Words
from sizao_web.records import audit, bulk
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions import deliver
from sizao_web.records.deliveries.storing import PART, arriving, store_for
from sizao_web.records.models import Delivery
from sizao_web.records.writing import Refused, wake_ledger
from sizao_web.settings.clock import bare

WITHOUT_REASON = Words("撤回须写明理由。", "Taking back must say why: fill in the reason.")


def undo_delivery(
    scope: Scope, moment: datetime, delivery: str, *, reason: str, request: str | None = None
) -> bool:
    """Have a stored delivery taken back; False when there is none to take back. Refused without a reason."""
    if not reason.strip():
        raise Refused([(0, WITHOUT_REASON)])
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE delivery SET undone_reason = %s WHERE id = %s AND state = 'stored' AND account = %s"
            " AND same_as IS NULL AND undone_reason IS NULL"
            # What became of its rows is kept for a while only; afterwards each is retracted by itself.
            " AND (EXISTS (SELECT 1 FROM delivery_stored WHERE delivery_id = delivery.id)"
            " OR EXISTS (SELECT 1 FROM delivery_row WHERE delivery_id = delivery.id))",
            [reason.strip(), delivery, scope.account],
        )
        if not cursor.rowcount:
            return False
    audit.note(scope, moment, "undo", "delivery", [delivery], request)
    from sizao_web.records.deliveries.tasks import undo as job

    job.defer(delivery=delivery)
    return True


def retract_rows(delivery: str, moment: datetime) -> int:
    """In the job: how many facts were retracted. Those that somebody corrected or retracted since stay as
    they are."""
    with transaction.atomic():
        one = Delivery.objects.select_for_update().get(pk=delivery)
        if one.undone_at is not None or not one.undone_reason:
            return 0
        scope = deliver.sender_of(one, moment)
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT fact FROM delivery_stored WHERE delivery_id = %s", [one.pk])
            facts = [fact for (fact,) in cursor.fetchall()]
        tables = {fact: _retractions(one, fact, scope, moment) for fact in facts}
        found = store_for(scope, arriving(tables))
        Delivery.objects.filter(pk=one.pk).update(undone_at=moment)
        audit.note(scope, moment, "retract", "delivery", [str(one.pk)], one.request)
        wake_ledger()
    return sum(len(places) for places in found.stored.values())


def _retractions(one: Delivery, fact: str, scope: Scope, moment: datetime) -> pa.Table:
    rows = bulk.of_delivery(fact, str(one.pk))
    count, now = rows.num_rows, bare(moment)
    milliseconds = int(moment.timestamp() * 1000)
    said = {
        "fact_id": pa.array([uuid7(milliseconds, os.urandom(10)) for _ in range(count)], pa.string()),
        "source_version": pa.repeat(pa.scalar(2, pa.int64()), count),
        "action": pa.repeat(pa.scalar("retract"), count),
        "reason": pa.repeat(pa.scalar(one.undone_reason), count),
        "known_at": pa.repeat(pa.scalar(now, pa.timestamp("us")), count),
        "recorded_at": pa.repeat(pa.scalar(now, pa.timestamp("us")), count),
        "recorded_by": pa.repeat(pa.scalar(scope.account), count),
    }
    names = [column.name for column in stored_columns(declared(fact).name)]
    whole = pa.table({name: said.get(name, rows[name]) for name in names})
    return whole.append_column(LINE, rows[LINE]).append_column(PART, rows[PART])
