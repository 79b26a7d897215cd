"""Try the rejected rows of a delivery once more: after its mapping was mended, a rule, or a missing
office."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
from django.db import connection, transaction

from sizao.intake.problems import IntakeRefused
from sizao.intake.sheets import Sheet
from sizao_web.records import audit
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions import deliver
from sizao_web.records.deliveries.mapped import Named, check_given, mapping_for, prepare_for
from sizao_web.records.deliveries.rows import opened_row
from sizao_web.records.deliveries.settling import settle
from sizao_web.records.deliveries.storing import arriving, store_for
from sizao_web.records.deliveries.taking import keep_outcomes, lines_of
from sizao_web.records.matching.resolving import keep
from sizao_web.records.models import Delivery, DeliveryRow
from sizao_web.records.writing import wake_ledger


def retry_delivery(
    scope: Scope,
    moment: datetime,
    delivery: str,
    *,
    fact: str | None = None,
    mapping: str | None = None,
    request: str | None = None,
) -> bool:
    """Have the rejected rows tried again, by another mapping where one is given; False where there is none
    to try."""
    change, values = "", []
    if fact or mapping:
        change, values = ", fact = %s, mapping = %s", [fact, mapping]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE delivery SET state = 'waiting'{change} WHERE id = %s AND state = 'stored' AND"
            f" rejected > 0"
            " AND undone_at IS NULL AND same_as IS NULL AND account = %s",
            [*values, delivery, scope.account],
        )
        if not cursor.rowcount:
            return False
    audit.note(scope, moment, "retry", "delivery", [delivery], request)
    from sizao_web.records.deliveries.tasks import retry as job

    job.defer(delivery=delivery)
    return True


def try_again(delivery: str, moment: datetime) -> Delivery:
    """In the job: the rows that are kept sealed go the way of new ones; those that are good now leave the
    list. Where they cannot be read so at all, nothing changes, and the delivery says why."""
    try:
        _try_again(delivery, moment)
    except IntakeRefused as refused:
        problems = [problem.record() for problem in refused.problems[:100]]
        Delivery.objects.filter(pk=delivery, state="waiting").update(state="stored", problems=problems)
    return Delivery.objects.get(pk=delivery)


def _try_again(delivery: str, moment: datetime) -> None:
    with transaction.atomic():
        one = Delivery.objects.select_for_update().get(pk=delivery)
        if one.state != "waiting" or not one.receipt:
            return
        scope = deliver.sender_of(one, moment)
        sheet = _sheet_of_rejected(one)
        mapping = mapping_for(one, sheet.columns)
        check_given(one, scope, mapping)
        prepared = prepare_for(one, scope, sheet, mapping, moment, moment)
        lines = sheet.lines.to_pylist()
        DeliveryRow.objects.filter(
            delivery=one, line__in=lines, outcome__in=("rejected", "conflict")
        ).delete()
        stored = store_for(scope, arriving(prepared.fresh))
        keep_outcomes(one, sheet, prepared, stored)
        if isinstance(prepared, Named):
            keep(scope, moment, delivery, prepared.resolved, lines_of(stored))
        settle(one, scope, moment, mapping.name)
        Delivery.objects.filter(pk=one.pk).update(problems=None)
        wake_ledger()


def _sheet_of_rejected(one: Delivery) -> Sheet:
    rows = DeliveryRow.objects.filter(
        delivery=one, outcome__in=("rejected", "conflict"), sealed__isnull=False
    )
    lines, cells = [], []
    for row in rows.order_by("line"):
        found, _ = opened_row(str(one.pk), row.line, row.sealed)
        if found is not None:
            lines.append(row.line)
            cells.append(found)
    columns = tuple(dict.fromkeys(name for row in cells for name in row))
    table = pa.table({name: pa.array([row.get(name) for row in cells], pa.string()) for name in columns})
    return Sheet(
        one.name, columns, table, pa.array(lines, pa.int64()), len(lines), 0, (), one.sha256, None, None
    )
