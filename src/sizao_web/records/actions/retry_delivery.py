"""Try the rejected rows of a delivery once more: after its mapping was mended, a rule, or a missing
office."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from sizao.intake.problems import IntakeRefused
from sizao_web.records import audit
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions import deliver
from sizao_web.records.deliveries.mapped import check_given, mapping_for
from sizao_web.records.deliveries.rows import sheet_of_kept
from sizao_web.records.deliveries.settling import settle
from sizao_web.records.deliveries.taking import take_kept
from sizao_web.records.models import Delivery

NOT_TAKEN = ("rejected", "conflict")


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
        sheet = sheet_of_kept(one, NOT_TAKEN)
        mapping = mapping_for(one, sheet.columns)
        check_given(one, scope, mapping)
        take_kept(one, scope, sheet, mapping, moment, known_at=moment, were=NOT_TAKEN)
        settle(one, scope, moment, mapping.name)
        Delivery.objects.filter(pk=one.pk).update(problems=None)
