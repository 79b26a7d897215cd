"""Record a follow-up of somebody who recovered, and hand them to a family doctor.

The tube and the visit have the number of their form in the source record: the form sent again is the same
facts. The hand-over names the hospital that discharged them, and not the office that must do something about
them: what a hospital owes (tests, and to isolate whoever is positive again) does not fall to the doctor.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from sizao.terms.words import Words
from sizao_web.records.access.persons import sees_person
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.fill_tube import Filled, fill_tube
from sizao_web.records.reading.choices import every_office
from sizao_web.records.writing import Given, NotAllowed, Outcome, Refused, write

NO_DOCTOR = Words("请从列表中选择家庭医生机构。", "Choose the office of a family doctor from the list.")


@dataclass(frozen=True)
class FollowUp:
    """What was found of one person. tube: empty where no sample was taken; on: the civil day."""

    form: str
    person: str
    findings: str
    on: date
    tube: str = ""
    laboratory: str | None = None


def record_follow_up(
    scope: Scope, moment: datetime, found: FollowUp, *, request: str | None = None
) -> Outcome:
    """Record the visit, and the tube where one was filled: both or nothing. Refused, Conflict, NotAllowed."""
    if not sees_person(scope, found.person):
        raise NotAllowed("This person is not among those whom this duty sees.")
    visit = {
        "person": found.person, "visited_at": moment, "purpose": "follow_up", "by": scope.organisation,
        "findings": found.findings,
    }  # fmt: skip
    with transaction.atomic():
        if found.tube:
            filled = Filled(
                found.form, found.tube, moment, found.on, (found.person,), None, found.laboratory, anyway=True
            )
            answer = fill_tube(scope, moment, filled, request=request)
            if answer.outcome == "refused":
                raise Refused([(0, words) for words in answer.why])
        return write(
            scope, moment, [Given("visits", visit, f"{found.form}/visits/{found.person}/")], request=request
        )


def hand_to_doctor(
    scope: Scope,
    moment: datetime,
    *,
    person: str,
    to_office: str,
    hospital: str | None,
    record: str,
    request: str | None = None,
) -> Outcome:
    """Offer somebody to a family doctor. hospital: whose patient they were, where the hospital hands over;
    None where another family doctor does. Refused, NotAllowed."""
    if not scope.organisation or not sees_person(scope, person):
        raise NotAllowed("Only the office that answers for somebody can hand them over.")
    sender = hospital or scope.organisation
    if to_office == sender or to_office not in every_office(scope, moment, "family_doctor"):
        raise Refused([(0, NO_DOCTOR)])
    values = {
        "hand_over": record, "person": person, "from_office": sender, "to_office": to_office,
        "offered_at": moment,
    }  # fmt: skip
    return write(scope, moment, [Given("hand_overs", values, record)], request=request)
