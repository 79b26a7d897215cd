"""Answer a request that bears an Idempotency-Key once, and so again whenever it comes again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from sizao_web.records.access.scope import Scope
from sizao_web.records.models import PartnerAnswer, PartnerParcel, PartnerReceipt, PartnerUse

KEPT = timedelta(days=30)
"""Answers and receipts are kept so long: laboratories send again after weeks."""


@dataclass(frozen=True)
class Answered:
    """What stands under a request key. same: it was the very same request; record: what it was about."""

    same: bool
    status: int
    body: str
    record: Mapping[str, Any] | None


def begin(scope: Scope, moment: datetime, request_key: str, digest: bytes) -> Answered | None:
    """None where this request is the first of its key: do it, then `keep` the answer, in one transaction.

    A second one that comes meanwhile waits here until the first has ended; where that one failed it is the
    first itself.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO partner_answer (account, request_key, digest, answered_at) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            [scope.account, request_key, digest, moment],
        )
        if cursor.rowcount:
            return None
    found = PartnerAnswer.objects.get(account=scope.account, request_key=request_key)
    same = bytes(found.digest) == digest
    return Answered(same, found.status or 0, found.body or "", found.record)


def keep(scope: Scope, request_key: str, *, status: int, body: str, record: Mapping[str, Any]) -> None:
    """The answer of a request that `begin` let through."""
    rows = PartnerAnswer.objects.filter(account=scope.account, request_key=request_key)
    rows.update(status=status, body=body, record=dict(record))


def forget(moment: datetime) -> int:
    """Remove answers, receipts and counts that need not be kept; how many. By the jobs' role."""
    before = moment - KEPT
    gone = PartnerAnswer.objects.filter(answered_at__lt=before).delete()[0]
    gone += PartnerReceipt.objects.filter(received_at__lt=before).delete()[0]
    gone += PartnerParcel.objects.filter(received_at__lt=before).delete()[0]
    return gone + PartnerUse.objects.filter(minute__lt=moment - timedelta(days=2)).delete()[0]
