"""Two contents under one key of a partner: what is open, and both contents of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from sizao.terms.identifiers import hex_key, natural_key
from sizao_web.records.access.policies import POLICIES
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import PartnerConflict
from sizao_web.records.reading.history import history, may_correct


@dataclass(frozen=True)
class Both:
    """A conflict with what is recorded, where the scope sees that, and whether it may take the second."""

    conflict: PartnerConflict
    key: str
    first: dict[str, Any] | None
    may_take: bool


def conflicts(scope: Scope, *, state: str | None = None) -> QuerySet[PartnerConflict]:
    """The conflicts of the scope, the open ones first, then the latest."""
    rows = PartnerConflict.objects.filter(POLICIES["partner_conflict"].q(scope), fact__in=scope.duty.reads)
    if state is not None:
        rows = rows.filter(state=state)
    return rows.order_by("-received_at", "-pk")


def both(scope: Scope, number: int) -> Both | None:
    """One conflict; None where the scope does not see it."""
    found = conflicts(scope).filter(pk=number).first()
    if found is None:
        return None
    key = hex_key(*natural_key(found.fact, found.account, found.source_record))
    of = history(scope, found.fact, key)
    may_take = of is not None and found.kind == "record" and may_correct(scope, of)
    return Both(found, key, of.last if of else None, may_take)
