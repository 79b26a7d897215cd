"""Record what a pharmacy or a clinic does with one person, in one write.

It is who they are, the sale or the visit, and the referral that follows from it.

The number of a person whom nobody knew is made from the number of the form, so that the same form sent again
is the same person.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sizao_web.records.access.persons import sees_person
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.record_identity import record_identity
from sizao_web.records.writing import Given, NotAllowed, Outcome, write


@dataclass(frozen=True)
class Who:
    """Whom it is about. person: their number where this place knows them; else who they say they are."""

    person: str | None
    name: str = ""
    document: str | None = None
    telephone: str | None = None


@dataclass(frozen=True)
class Sale:
    """What was sold. refer_to: the fever clinic to which a buyer with symptoms is sent."""

    medicines: tuple[str, ...]
    prescribed_by: str | None
    guided_to: str | None
    refer_to: str | None


@dataclass(frozen=True)
class Visit:
    """Somebody was seen. kind: of the visit; refer_to: where they are sent on to."""

    kind: str
    temperature: float | None
    code_scanned: bool | None
    refer_to: str | None


def sold(place: str, at: datetime, person: str, medicine: str, sale: Sale) -> dict[str, object]:
    """One medicine of a sale as the fact has it."""
    return {
        "person": person, "place": place, "sold_at": at, "medicine": medicine,
        "guided_to": sale.guided_to, "prescribed_by": sale.prescribed_by,
    }  # fmt: skip


def seen(place: str, at: datetime, person: str, visit: Visit) -> dict[str, object]:
    """A visit as the fact has it."""
    return {
        "person": person, "place": place, "seen_at": at, "kind": visit.kind,
        "temperature": visit.temperature, "code_scanned": visit.code_scanned,
    }  # fmt: skip


def record_sale(
    scope: Scope, moment: datetime, who: Who, sale: Sale, *, form: str, request: str | None = None
) -> tuple[str, Outcome]:
    """The number of the buyer, and what became of the facts. Refused, Conflict, NotAllowed."""
    person, place = _number(scope, who, form), _place(scope)
    given = [
        Given("medicine_sales", sold(place, moment, person, one, sale), f"{form}/{one}")
        for one in sale.medicines
    ]
    given += _referred(place, person, moment, sale.refer_to, form)
    return person, _write(scope, moment, who, given, form, request)


def record_patient(
    scope: Scope, moment: datetime, who: Who, visit: Visit, *, form: str, request: str | None = None
) -> tuple[str, Outcome]:
    """The number of the patient, and what became of the facts. Refused, Conflict, NotAllowed."""
    person, place = _number(scope, who, form), _place(scope)
    given = [Given("encounters", seen(place, moment, person, visit), form)]
    given += _referred(place, person, moment, visit.refer_to, form)
    return person, _write(scope, moment, who, given, form, request)


def _number(scope: Scope, who: Who, form: str) -> str:
    if who.person is None:
        return f"C-{form.replace('-', '')[-12:]}"
    if not sees_person(scope, who.person):
        raise NotAllowed("This person is not among those whom this duty sees.")
    return who.person


def _place(scope: Scope) -> str:
    if not scope.organisation:
        raise NotAllowed("Only a place records what it did.")
    return scope.organisation


def _referred(place: str, person: str, at: datetime, to: str | None, form: str) -> Iterator[Given]:
    if to is not None:
        sent = {"person": person, "from_place": place, "to_place": to, "referred_at": at, "arrived_at": None}
        yield Given("referrals", sent, form)


def _write(
    scope: Scope, moment: datetime, who: Who, given: Sequence[Given], form: str, request: str | None
) -> Outcome:
    person = str(given[0].values["person"])
    known = who.person is not None
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
