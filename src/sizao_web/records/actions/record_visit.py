"""Record what somebody found at a door: for each person the facts that prove what was due, and nothing else.

Every fact of a visit has the number of the visit's form in its source record. The form sent again is the same
facts again, however often and however late.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from sizao.terms.words import Words
from sizao_web.records.access.persons import sees_person
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.proofs import Way
from sizao_web.records.writing import Given, NotAllowed, Refused, write

FINDINGS = {"well": "well", "symptoms": "symptoms", "help": "needs_help"}
"""Answer at the door -> code of what a visit found."""

DEPENDING = ("child", "older", "disabled")
"""Why somebody depends on another person for care."""

NOT_SEEN = Words(
    "此人不在您负责的范围内，未记录。", "You do not answer for this person; nothing was recorded."
)
NOT_ALLOWED = Words("您的职责不能记录这项事实。", "Your duty may not record this fact.")


@dataclass(frozen=True)
class Answer:
    """What was found of one person. ways: what was due and how it is proved."""

    person: str
    found: str  # well | symptoms | help; empty when the person was not met
    ways: tuple[Way, ...]
    temperature: float | None = None
    tube: str | None = None
    nobody_depends: bool = False
    dependants: tuple[tuple[str, str], ...] = ()  # (who depends on the person, why: of DEPENDING)


@dataclass(frozen=True)
class Visit:
    """One knock at the door. form: the UUID its page made; at: when; on: its civil day; office: who went.

    shared_tubes: tubes that hold more than one person's sample.
    """

    form: str
    at: datetime
    on: date
    household: str | None
    office: str | None
    answers: tuple[Answer, ...]
    shared_tubes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Entry:
    """What became of one person's answer: stored, merged (it was there already) or refused, and then why."""

    person: str
    outcome: str
    why: Words | None = None


def record_visit(scope: Scope, moment: datetime, visit: Visit, *, request: str | None = None) -> list[Entry]:
    """Record each person's answer by itself, so that one that is refused does not undo the others."""
    return [_one(scope, moment, visit, answer, request) for answer in visit.answers]


def _one(scope: Scope, moment: datetime, visit: Visit, answer: Answer, request: str | None) -> Entry:
    if not sees_person(scope, answer.person):
        return Entry(answer.person, "refused", NOT_SEEN)
    try:
        with transaction.atomic():
            outcome = write(scope, moment, list(_facts(visit, answer)), request=request)
    except Refused as refused:
        return Entry(answer.person, "refused", refused.problems[0][1])
    except NotAllowed:
        return Entry(answer.person, "refused", NOT_ALLOWED)
    return Entry(answer.person, "stored" if outcome.stored else "merged")


def _facts(visit: Visit, answer: Answer) -> Iterator[Given]:
    """The facts of one answer, in an order that never changes."""
    person, ways, ill = answer.person, {str(way): way for way in answer.ways}, answer.found == "symptoms"
    purposes = {way.code for way in answer.ways if way.reading == "visits" and way.code}
    if answer.found and ("health_checks" in ways or ill or answer.temperature is not None):
        values = {"checked_at": visit.at, "temperature": answer.temperature, "symptoms": ill}
        yield _given(visit, "health_checks", person, "", {"person": person, **values})
    if not answer.found:
        purposes = set()
    for purpose in sorted(purposes or ({"welfare"} if answer.found == "help" else ())):
        values = {"visited_at": visit.at, "purpose": purpose, "by": visit.office}
        found = {"findings": FINDINGS[answer.found]}
        yield _given(visit, "visits", person, purpose, {"person": person, **values, **found})
    for way in ways.values():
        if way.reading == "room_stays" and answer.found:
            place = f"home/{(visit.household or person).removeprefix('household/')}"
            stay = {"person": person, "place": place, "kind": way.code, "from_at": visit.at}
            yield _given(visit, "room_stays", person, way.code or "", stay)
    if answer.nobody_depends:
        nobody = {"person": person, "dependant": person, "kind": "none", "from_on": visit.on}
        yield _given(visit, "dependants", person, "", nobody)
    for dependant, kind in answer.dependants:
        values = {"person": person, "dependant": dependant, "kind": kind, "from_on": visit.on}
        yield _given(visit, "dependants", person, dependant, values)
    if answer.tube:
        # Several people of one tube are one sample: the first of them brings it, the others merge.
        kind = "household" if answer.tube in visit.shared_tubes else "single"
        sample = {"sample": answer.tube, "taken_at": visit.at, "kind": kind}
        yield _given(visit, "samples", answer.tube, "", sample)
        member = {"sample": answer.tube, "person": person, "happened_at": visit.at}
        yield _given(visit, "sample_members", person, answer.tube, member)


def _given(visit: Visit, fact: str, subject: str, detail: str, values: dict[str, object]) -> Given:
    return Given(fact, values, f"{visit.form}/{fact}/{subject}/{detail}")
