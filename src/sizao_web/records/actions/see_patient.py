"""Record what a pharmacy or a clinic does with one person, in one write.

It is who they are, the sale or the visit, and the referral that follows from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.newcomers import Who, number_of, write_with
from sizao_web.records.writing import Given, NotAllowed, Outcome


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
    person, place = number_of(scope, who, form), _place(scope)
    given = [
        Given("medicine_sales", sold(place, moment, person, one, sale), f"{form}/{one}")
        for one in sale.medicines
    ]
    given += _referred(place, person, moment, sale.refer_to, form)
    return person, write_with(scope, moment, who, given, form=form, request=request)


def record_patient(
    scope: Scope, moment: datetime, who: Who, visit: Visit, *, form: str, request: str | None = None
) -> tuple[str, Outcome]:
    """The number of the patient, and what became of the facts. Refused, Conflict, NotAllowed."""
    person, place = number_of(scope, who, form), _place(scope)
    given = [Given("encounters", seen(place, moment, person, visit), form)]
    given += _referred(place, person, moment, visit.refer_to, form)
    return person, write_with(scope, moment, who, given, form=form, request=request)


def _place(scope: Scope) -> str:
    if not scope.organisation:
        raise NotAllowed("Only a place records what it did.")
    return scope.organisation


def _referred(place: str, person: str, at: datetime, to: str | None, form: str) -> Iterator[Given]:
    if to is not None:
        sent = {"person": person, "from_place": place, "to_place": to, "referred_at": at, "arrived_at": None}
        yield Given("referrals", sent, form)
