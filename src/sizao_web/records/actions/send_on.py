"""Hand people over to another office and put them into a vehicle: one write, and a receipt for both sides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sizao_web.records.access.persons import sees_person
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.offer_hand_over import NO_SUCH_OFFICE
from sizao_web.records.reading.choices import on_record
from sizao_web.records.writing import Given, NotAllowed, Outcome, Refused, write


def send_on(
    scope: Scope,
    moment: datetime,
    *,
    persons: Sequence[str],
    to_office: str,
    vehicle: str | None,
    form: str,
    request: str | None = None,
) -> Outcome:
    """Offer these people to the office; with a vehicle, record that they left in it. Refused, NotAllowed."""
    if not scope.organisation or not all(sees_person(scope, one) for one in persons):
        raise NotAllowed("Only the office that answers for somebody can hand them over.")
    if not on_record(scope, "office", [to_office], moment):
        raise Refused([(0, NO_SUCH_OFFICE)])
    given = []
    for person in persons:
        hand_over = f"{form}/{person}"
        offer = {"hand_over": hand_over, "person": person, "from_office": scope.organisation}
        given.append(Given("hand_overs", {**offer, "to_office": to_office, "offered_at": moment}, hand_over))
        if vehicle:
            ride = {"hand_over": hand_over, "person": person, "vehicle": vehicle}
            given.append(Given("transfers", {**ride, "left_at": moment, "arrived_at": None}, hand_over))
    return write(scope, moment, given, request=request)
