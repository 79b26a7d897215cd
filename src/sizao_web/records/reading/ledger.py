"""The ledger within a scope: obligations, standing, what is not known and what was found too late."""

from __future__ import annotations

from django.db.models import QuerySet, Sum

from sizao_web.records.access.policies import POLICIES
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Count, Obligation, Run, Standing, TooLate, Unknown
from sizao_web.records.models.ledger import RANK

__all__ = ["RANK"]


def obligations(scope: Scope) -> QuerySet[Obligation]:
    """Obligations that derive answers now; withdrawn ones are in `withdrawn`."""
    return Obligation.objects.filter(POLICIES["ledger_obligation"].q(scope), withdrawn_at__isnull=True)


def counts(scope: Scope) -> QuerySet[Count]:
    """How many obligations there are of each kind, without reading them; as kept with every run."""
    return Count.objects.filter(POLICIES["ledger_count"].q(scope))


def total(found: QuerySet[Count]) -> int:
    """How many rows these counts stand for."""
    return int(found.aggregate(total=Sum("rows"))["total"] or 0)


def by_status(found: QuerySet[Count]) -> dict[tuple[str, bool], int]:
    """(status, owned) -> how many rows."""
    rows = found.order_by().values_list("status", "owned").annotate(total=Sum("rows"))
    return {(status, owned): int(total) for status, owned, total in rows}


def withdrawn(scope: Scope) -> QuerySet[Obligation]:
    """Obligations that vanished, with the cause."""
    return Obligation.objects.filter(POLICIES["ledger_obligation"].q(scope), withdrawn_at__isnull=False)


def every_obligation(scope: Scope) -> QuerySet[Obligation]:
    """Live and withdrawn ones, for a page that shows one row whatever became of it."""
    return Obligation.objects.filter(POLICIES["ledger_obligation"].q(scope))


def standing(scope: Scope) -> QuerySet[Standing]:
    """What binds each person now."""
    return Standing.objects.filter(POLICIES["ledger_standing"].q(scope))


def unowned(scope: Scope) -> QuerySet[Obligation]:
    """Obligations for which no office of the task's level was found: the nearest above answers for them."""
    return obligations(scope).filter(owned=False, status__in=("overdue", "open", "upcoming"))


def unknown(scope: Scope) -> QuerySet[Unknown]:
    """Triggers about which a condition is not known."""
    return Unknown.objects.filter(POLICIES["ledger_unknown"].q(scope))


def too_late(scope: Scope) -> QuerySet[TooLate]:
    """Steps that were over before anybody knew."""
    return TooLate.objects.filter(POLICIES["ledger_too_late"].q(scope))


def last_run() -> Run | None:
    """The run that last brought the ledger up to date; it is about nobody."""
    return Run.objects.order_by("-id").first()
