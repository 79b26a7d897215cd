"""Which offices a duty works for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.facts import effective


def offices_of(scope: Scope, known_by: datetime, tasks: Iterable[str]) -> tuple[str, ...]:
    """The organisation of the duty; without one, the offices with these tasks in its area and below."""
    if scope.organisation:
        return (scope.organisation,)
    inside = Q(covers=scope.area) | Q(covers__gte=f"{scope.area}/", covers__lt=f"{scope.area}0")
    found = effective(scope, "offices", known_by).filter(inside, task__in=tuple(tasks))
    return tuple(found.order_by("office").values_list("office", flat=True).distinct())
