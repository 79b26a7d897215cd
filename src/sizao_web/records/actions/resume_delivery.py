"""Take in the rows of a delivery that waited for the ledger: once, for good, and without anybody's doing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from sizao.intake.loading import Prepared
from sizao.intake.problems import IntakeRefused, Problem
from sizao.intake.receipts import Rejected
from sizao.intake.sheets import Sheet
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions import deliver
from sizao_web.records.deliveries.mapped import check_given, mapping_for
from sizao_web.records.deliveries.preparing import CHUNK
from sizao_web.records.deliveries.rows import sheet_of_kept
from sizao_web.records.deliveries.settling import settle
from sizao_web.records.deliveries.storing import Overtaken, Stored
from sizao_web.records.deliveries.taking import AGAIN, forget_rows, keep_outcomes, take_kept
from sizao_web.records.deliveries.wording import TAKEN_BACK, problem
from sizao_web.records.models import Delivery, DeliveryRow

WAITING = ("waiting",)


def resume(delivery: str, until: str, moment: datetime) -> Delivery:
    """In the job: the rows that wait go the way of new ones, as known when the file came; who is not the
    sender's now is rejected by name. The delivery as it then is.

    until: the transaction since which they wait; where they wait since another one, another job comes. Some
    rows at a time: a job that is killed goes on with those that still wait.
    """
    left = AGAIN
    while left:
        try:
            if not _some(delivery, until, moment):
                break
        except Overtaken:
            left -= 1
            if not left:
                raise
    return Delivery.objects.get(pk=delivery)


def _some(delivery: str, until: str, moment: datetime) -> bool:
    """Take in the next rows that wait; whether there may be more. With the last of them the receipt is
    written."""
    with transaction.atomic():
        one = Delivery.objects.select_for_update().get(pk=delivery)
        if not one.waiting or str(one.waits_in) != until:
            return False
        sheet = sheet_of_kept(one, WAITING, CHUNK)
        mapping_name = _take(one, sheet, moment) if sheet.sent else _mapping_told(one)
        left = DeliveryRow.objects.filter(delivery=one, outcome__in=WAITING)
        if sheet.sent and left.exists():
            return True
        left.update(outcome="rejected")  # what nobody can open any more
        settle(one, _as_sent(one), moment, mapping_name)
        # A clerk may have asked to try what was rejected: that job is still to come.
        Delivery.objects.filter(pk=one.pk).update(state=one.state)
        return False


def _take(one: Delivery, sheet: Sheet, moment: datetime) -> str:
    """Answers the name of the mapping. Rows that cannot be read so any more, or of a delivery that was taken
    back, are rejected: nothing waits for ever."""
    try:
        if one.undone_reason:
            raise IntakeRefused([problem(one, "taken_back", None, *TAKEN_BACK)])
        scope = deliver.sender_of(one, moment)
        mapping = mapping_for(one, sheet.columns)
        check_given(one, scope, mapping)
        take_kept(one, scope, sheet, mapping, moment, known_at=one.received_at, were=WAITING)
    except IntakeRefused as refused:
        _reject(one, sheet, refused.problems)
        return _mapping_told(one)
    return mapping.name


def _reject(one: Delivery, sheet: Sheet, problems: Sequence[Problem]) -> None:
    forget_rows(one, sheet, WAITING)
    wrong = tuple(
        Rejected(line, tuple(replace(found, line=line) for found in problems))
        for line in sheet.lines.to_pylist()
    )
    keep_outcomes(one, sheet, Prepared({}, {}, wrong), Stored())


def _mapping_told(one: Delivery) -> str:
    """The name of the mapping in the receipt before."""
    return str(json.loads(one.receipt or "{}").get("mapping", ""))


def _as_sent(one: Delivery) -> Scope:
    """The scope of who sent it, whether the duty is still in force or not."""
    return Scope(one.account, one.role, one.area, one.organisation, one.purpose)
