"""Places of the city as the facts in force say."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.facts import effective


def fever_clinics_near(scope: Scope, known_by: datetime, area: str, most: int = 3) -> list[tuple[str, str]]:
    """(place, its area) of fever clinics, those that share most of the path with this area first."""
    rows = effective(scope, "places", known_by).filter(Q(kind="fever_clinic") | Q(fever_clinic=True))
    found = list(rows.values_list("place", "located_in"))
    return sorted(found, key=lambda one: (-_shared(one[1] or "", area), one[0]))[:most]


def _shared(first: str, second: str) -> int:
    """How many parts two paths begin with alike."""
    parts = zip(first.split("/"), second.split("/"), strict=False)
    return next(
        (n for n, (one, other) in enumerate(parts) if one != other),
        min(first.count("/"), second.count("/")) + 1,
    )
