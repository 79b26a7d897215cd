"""Somebody whom nobody here knew yet, recorded together with what they came for.

Their number is made from the number of the form, so that the same form sent again is the same person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sizao_web.records.access.persons import sees_person
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.record_identity import record_identity
from sizao_web.records.writing import Given, NotAllowed, Outcome, write


@dataclass(frozen=True)
class Who:
    """Whom it is about. person: their number where this duty knows them; else who they say they are."""

    person: str | None
    name: str = ""
    document: str | None = None
    telephone: str | None = None


def number_of(scope: Scope, who: Who, form: str) -> str:
    """Their number, or a new one. NotAllowed for a number of somebody whom this duty does not see."""
    if who.person is None:
        return f"C-{form.replace('-', '')[-12:]}"
    if not sees_person(scope, who.person):
        raise NotAllowed("This person is not among those whom this duty sees.")
    return who.person


def write_with(
    scope: Scope, moment: datetime, who: Who, given: Sequence[Given], *, form: str, request: str | None = None
) -> Outcome:
    """Write the facts and, of somebody new, who they are: all or nothing. Refused, Conflict, NotAllowed."""
    person, known = number_of(scope, who, form), who.person is not None
    newcomer = {"person": person, "sex": None, "birth_year": None, "happened_at": moment}
    first = [] if known else [Given("people", newcomer, form)]
    with transaction.atomic():
        outcome = write(scope, moment, [*first, *given], request=request)
        if not known:
            record_identity(
                scope, moment, person, name=who.name, document=who.document, telephone=who.telephone,
                request=request,
            )  # fmt: skip
    return outcome
