"""Offer a person to another office. Until it accepts, everything stays with the own one."""

from __future__ import annotations

from datetime import datetime

from sizao.terms.words import Words
from sizao_web.records.access.persons import sees_person
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.choices import on_record
from sizao_web.records.writing import Given, NotAllowed, Outcome, Refused, write

NO_SUCH_OFFICE = Words("没有这个机构；请从列表中选择。", "There is no such office. Choose one of the list.")


def offer_hand_over(
    scope: Scope, moment: datetime, *, person: str, to_office: str, record: str, request: str | None = None
) -> Outcome:
    """Offer the person; `record` is the number that the page made. Refused, NotAllowed."""
    if not scope.organisation or not sees_person(scope, person):
        raise NotAllowed("Only the office that answers for somebody can hand them over.")
    if not on_record(scope, "office", [to_office], moment):
        raise Refused([(0, NO_SUCH_OFFICE)])
    values = {
        "hand_over": record,
        "person": person,
        "from_office": scope.organisation,
        "to_office": to_office,
        "offered_at": moment,
    }
    return write(scope, moment, [Given("hand_overs", values, record)], request=request)
