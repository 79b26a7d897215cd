"""Areas above the lowest grade today, for somebody who says whether they were in one."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q

from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.facts import effective
from sizao_web.records.reading.pack import policy_in_use


def areas_above_the_lowest(scope: Scope, known_by: datetime, today: date) -> list[tuple[str, str]]:
    """(area, grade) as announced for today, the gravest first."""
    grades = policy_in_use().grades
    rows = effective(scope, "area_grades", known_by).filter(from_on__lte=today, grade__in=grades[1:])
    lasting = rows.filter(Q(until_on__isnull=True) | Q(until_on__gt=today))
    found = set(lasting.values_list("graded", "grade"))
    return sorted(found, key=lambda one: (-grades.index(one[1]), one[0]))
