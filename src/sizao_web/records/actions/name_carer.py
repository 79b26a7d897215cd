"""Record what somebody said who was asked to care for another person; and that they can no longer."""

from __future__ import annotations

from datetime import datetime

from sizao.terms.words import Words
from sizao_web.records.access.persons import sees_person
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.correct_fact import correct_fact
from sizao_web.records.actions.newcomers import Who, number_of, write_with
from sizao_web.records.reading.carers import ACCEPTED, away
from sizao_web.records.reading.history import History
from sizao_web.records.writing import Given, NotAllowed, Outcome, Refused

IS_AWAY = Words(
    "此人自己正在集中隔离或住院，不能照护别人。请另请一人。",
    "This person is in quarantine or hospital themselves and can care for nobody. Ask somebody else.",
)
ENDED = "can no longer care, recorded on the page of carers"


def name_carer(
    scope: Scope,
    moment: datetime,
    *,
    person: str,
    who: Who,
    answer: str,
    form: str,
    request: str | None = None,
) -> tuple[str, Outcome]:
    """The number of who was asked, and what became of the record. Refused, Conflict, NotAllowed."""
    if not sees_person(scope, person):
        raise NotAllowed("This person is not among those whom this duty sees.")
    carer = number_of(scope, who, form)
    if answer == ACCEPTED and away(scope, moment, [carer]):
        raise Refused([(0, IS_AWAY)])
    values = {"person": person, "carer": carer, "answer": answer, "from_at": moment, "until_at": None}
    return carer, write_with(scope, moment, who, [Given("carers", values, form)], form=form, request=request)


def end_care(scope: Scope, moment: datetime, of: History, *, request: str | None = None) -> Outcome:
    """From this moment on who accepted no longer cares: what was due before is due again."""
    names = ("person", "carer", "answer", "from_at")
    values = {**{name: of.last[name] for name in names}, "until_at": moment}
    version = of.last["source_version"]
    return correct_fact(scope, moment, of, version=version, values=values, reason=ENDED, request=request)
