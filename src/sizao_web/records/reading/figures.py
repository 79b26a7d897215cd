"""Counts of rows within a scope. Whoever shows one links to the list of the same filter."""

from __future__ import annotations

from django.db.models import Count

from sizao_web.records.access.scope import Scope
from sizao_web.records.reading import ledger

TO_DO = ("overdue", "open")


def by_status(scope: Scope, *, rule: str) -> dict[str, int]:
    """How many rows of a rule there are of each status."""
    rows = ledger.obligations(scope).filter(rule=rule).order_by().values_list("status")
    return dict(rows.annotate(Count("obligation_id")))


def to_do_by_rule(scope: Scope) -> dict[str, int]:
    """How many rows of each rule are overdue or open."""
    rows = ledger.obligations(scope).filter(status__in=TO_DO).order_by().values_list("rule")
    return dict(rows.annotate(Count("obligation_id")))
