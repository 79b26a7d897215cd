"""Offices: which ones a duty works for, what each has to do, for which areas."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.facts import effective, plain
from sizao_web.records.reading.ledger import obligations


def offices_of(scope: Scope, known_by: datetime, tasks: Iterable[str]) -> tuple[str, ...]:
    """Offices with one of these tasks in the area of the duty and below, and the organisation of the duty."""
    inside = Q(covers=scope.area) | Q(covers__gte=f"{scope.area}/", covers__lt=f"{scope.area}0")
    found = effective(scope, "offices", known_by).filter(inside, task__in=tuple(tasks))
    own = {scope.organisation} if scope.organisation else set()
    return tuple(sorted(own.union(found.values_list("office", flat=True))))


def tasks_of(scope: Scope, known_by: datetime, office: str, today: date) -> list[dict[str, Any]]:
    """The tasks of an office that run, each with the area it covers."""
    rows = effective(scope, "offices", known_by).filter(office=office, from_on__lte=today)
    running = rows.filter(Q(until_on__isnull=True) | Q(until_on__gt=today))
    return plain(running.order_by("task", "covers"))


def rows_of(scope: Scope, office: str) -> QuerySet[Any]:
    """The rows of an office, as far as the scope sees them; lists narrow by office in the same way."""
    return obligations(scope).filter(Q(responsible=office) | Q(responsible__isnull=True, done_by=office))


def counts_of(scope: Scope, office: str) -> dict[str, int]:
    """Status -> rows of an office."""
    found = rows_of(scope, office).values("status").annotate(rows=Count("obligation_id"))
    return {one["status"]: one["rows"] for one in found}
