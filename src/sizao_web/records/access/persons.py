"""Whether a person belongs to a scope."""

from __future__ import annotations

from sizao_web.records.access.rules import ACCESS
from sizao_web.records.access.scope import Scope


def sees_person(scope: Scope, person: str) -> bool:
    """Whether this scope answers for the person, in its area or its organisation."""
    from sizao_web.records.models import PersonAccess

    return PersonAccess.objects.filter(ACCESS.q(scope), person=person).exists()
