"""Admit somebody to hospital and record who stays with them; let either go; take the last step back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from django.db import transaction

from sizao.terms.words import Words
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.newcomers import Who, number_of, write_with
from sizao_web.records.actions.place_in_room import changed, is_own, retracted
from sizao_web.records.reading import wards
from sizao_web.records.writing import Given, NotAllowed, Outcome, Refused, write

Row = dict[str, Any]
LEFT, REOPENED, MISTAKE = "left the ward", "left by mistake", "entered by mistake, taken back in the wards"
IS_IN = Words("此人已在本院住院。", "This person is an inpatient here already.")
IS_SAME = Words("陪护的人不能是患者本人。", "Who stays with a patient cannot be the patient.")
IS_PATIENT = Words(
    "陪护的人自己正在本院住院，请另选一人。", "Who is to stay with the patient is an inpatient here."
)
STAYS = Words("此人已在陪护这名患者。", "This person stays with this patient already.")


def admit_patient(
    scope: Scope, moment: datetime, who: Who, *, reason: str, form: str, request: str | None = None
) -> str:
    """The number of the patient, who is admitted from now on. Refused, Conflict, NotAllowed."""
    place, person = _place(scope), number_of(scope, who, form)
    if wards.inpatient(scope, moment, place, person) is not None:
        raise Refused([(0, IS_IN)])
    values = {"person": person, "place": place, "admitted_at": moment, "admitted_for": reason}
    write_with(scope, moment, who, [Given("admissions", values, form)], form=form, request=request)
    return person


def accompany(
    scope: Scope,
    moment: datetime,
    who: Who,
    *,
    patient: str,
    kind: str,
    form: str,
    request: str | None = None,
) -> str:
    """The number of whoever stays with the patient, or visits, from now on. Refused, Conflict, NotAllowed."""
    place = _place(scope)
    own = str(uuid5(NAMESPACE_OID, f"{form}/escort"))  # else two newcomers of one form were one person
    person = number_of(scope, who, own)
    if person == patient:
        raise Refused([(0, IS_SAME)])
    if wards.inpatient(scope, moment, place, person) is not None:
        raise Refused([(0, IS_PATIENT)])
    if any(row["patient"] == patient for row in wards.stays_of(scope, moment, place, person)):
        raise Refused([(0, STAYS)])
    values = {
        "person": person, "patient": patient, "place": place, "kind": kind, "from_at": moment,
        "until_at": None,
    }  # fmt: skip
    write_with(scope, moment, who, [Given("escorts", values, own)], form=own, request=request)
    return person


def admit_both(
    scope: Scope,
    moment: datetime,
    who: Who,
    escort: Who | None,
    *,
    reason: str,
    kind: str,
    form: str,
    request: str | None = None,
) -> tuple[str, str | None]:
    """The numbers of the patient and of who stays with them: both are recorded, or neither."""
    with transaction.atomic():
        patient = admit_patient(scope, moment, who, reason=reason, form=form, request=request)
        if escort is None:
            return patient, None
        other = accompany(scope, moment, escort, patient=patient, kind=kind, form=form, request=request)
    return patient, other


def leave(scope: Scope, moment: datetime, row: Row, *, request: str | None = None) -> Outcome:
    """Who stayed with a patient is gone from now on."""
    return write(scope, moment, [changed("escorts", row, LEFT, until_at=moment)], request=request)


def discharge(
    scope: Scope, moment: datetime, row: Row, *, outcome: str, form: str, request: str | None = None
) -> Outcome:
    """The patient is discharged now; whoever stayed with them is gone with them."""
    place = _place(scope)
    values = {
        "person": row["person"], "place": place, "discharged_at": moment, "outcome": outcome
    }  # fmt: skip
    given = [Given("discharges", values, form)]
    given += [
        changed("escorts", one, LEFT, until_at=moment)
        for one in wards.staying(scope, moment, place)
        if one["patient"] == row["person"] and is_own(scope, one)
    ]
    return write(scope, moment, given, request=request)


def take_back(scope: Scope, moment: datetime, fact: str, row: Row, *, request: str | None = None) -> Outcome:
    """Take back the last step of a record: who left with a patient stays again, the rest never was.

    With a discharge everybody stays again who left with it, except who is an inpatient there by now.
    """
    if fact == "escorts" and row["until_at"] is not None:
        given = [changed(fact, row, REOPENED, until_at=None)]
    else:
        given = [retracted(fact, row, MISTAKE)]
    if fact == "discharges":
        place = _place(scope)
        given += [
            changed("escorts", one, REOPENED, until_at=None)
            for one in wards.left_with(scope, moment, place, row["person"], row["discharged_at"])
            if is_own(scope, one) and wards.inpatient(scope, moment, place, one["person"]) is None
        ]
    return write(scope, moment, given, request=request)


def _place(scope: Scope) -> str:
    if scope.organisation is None:
        raise NotAllowed("Who admits somebody does so at a place.")
    return scope.organisation
