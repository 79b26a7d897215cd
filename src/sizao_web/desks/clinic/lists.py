"""Whom a clinic has before it: sent on and not there, to sample, results awaited, to let go or fetch."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from sizao.terms.words import Words
from sizao_web.desks.clinic.duty import PAGE, day_of
from sizao_web.pages import presenters, urgency
from sizao_web.pages.names import meet
from sizao_web.pages.presenters import length
from sizao_web.records.reading import clinics, sites, tubes
from sizao_web.records.reading.identities import Known, identities_of
from sizao_web.records.reading.pack import rule_label
from sizao_web.records.reading.proofs import verbs_proved_by

SINGLE = "single"  # of the code list of samples
DAYS = 2  # a patient whose result is there stays on the list so long


@dataclass(frozen=True)
class Due:
    """One thing due of somebody: what rule, until when, what happens otherwise."""

    row: dict[str, Any]
    rule: Words
    until: Words
    css: str
    otherwise: Words


@dataclass(frozen=True)
class Patient:
    """Somebody before the clinic. visit: the last one here; tube: the last taken since; due: what is open."""

    person: str
    known: Known | None
    visit: dict[str, Any] | None
    tube: tubes.Tube | None
    due: tuple[Due, ...]
    waits: Words

    @property
    def shared(self) -> bool:
        """Whether a tube of several people has a result, and a sample of this one is due all the same."""
        tube = self.tube
        return bool(self.due) and tube is not None and tube.result is not None and tube.kind != SINGLE

    @property
    def first(self) -> Due | None:
        """The sample that is due first."""
        return self.due[0] if self.due else None


@dataclass
class Lists:
    """The clinic's people, each in one list."""

    referred: list[tuple[dict[str, Any], Known | None, Words, Due | None]] = field(default_factory=list)
    sample: list[Patient] = field(default_factory=list)
    awaited: list[Patient] = field(default_factory=list)
    positive: list[Patient] = field(default_factory=list)
    free: list[Patient] = field(default_factory=list)
    nothing: list[Patient] = field(default_factory=list)


def lists(request: HttpRequest) -> Lists:
    """Everybody before the clinic. Who is where follows from visits, tubes, results and admissions alone."""
    scope, moment, day = request.scope, request.moment, day_of(request)
    place, since = scope.organisation or "", clinics.counts_since(request.moment, day)
    sent = [row for row in clinics.referrals(scope, moment, since, to_place=place) if row["arrived"] is None]
    here = clinics.seen_at(scope, moment, since, place)
    people = {*here, *(row["person"] for row in sent)}
    known = identities_of(scope, moment, people, PAGE)
    owed = due_of(request, people)
    meet(request, sent, offices=["from_place"])
    found = Lists()
    for row in sent:
        coming = next((one for one in owed.get(row["person"], ()) if _is_visit(one)), None)
        found.referred.append((row, known.get(row["person"]), length(moment - row["referred_at"]), coming))
    taken = tubes.of_people(scope, moment, list(here))
    gone = clinics.admitted(scope, moment, since, list(here))
    for person, visits in here.items():
        mine = tuple(one for one in owed.get(person, ()) if not _is_visit(one))
        _place(found, request, _patient(request, person, known.get(person), visits, taken, mine), gone)
    found.sample.sort(key=_due_at)
    found.awaited.sort(key=_due_at)
    return found


def _due_at(one: Patient) -> datetime:
    """When the sample of a patient is due; one of whom none is due comes last."""
    return one.first.row["due_at"] if one.first else datetime.max.replace(tzinfo=UTC)


def _place(found: Lists, request: HttpRequest, one: Patient, gone: set[str]) -> None:
    if one.tube is not None and one.tube.result == "positive":
        if one.person not in gone:
            found.positive.append(one)
    elif one.tube is not None and one.tube.result is None:
        found.awaited.append(one)
    elif one.due:
        found.sample.append(one)
    elif one.visit is not None and request.moment - one.visit["seen_at"] > timedelta(days=DAYS):
        return
    elif one.tube is not None and one.tube.result == "negative":
        found.free.append(one)
    else:
        found.nothing.append(one)


def _patient(
    request: HttpRequest,
    person: str,
    known: Known | None,
    visits: list[dict[str, Any]],
    taken: dict[str, list[tubes.Tube]],
    due: tuple[Due, ...],
) -> Patient:
    last = visits[0] if visits else None
    mine = [one for one in taken.get(person, ()) if last is None or one.taken_at >= last["seen_at"]]
    since = last["seen_at"] if last else request.moment
    return Patient(person, known, last, mine[0] if mine else None, due, length(request.moment - since))


def one_patient(request: HttpRequest, person: str) -> Patient:
    """One of them, as on the lists."""
    scope, moment, day = request.scope, request.moment, day_of(request)
    since, place = clinics.counts_since(moment, day), scope.organisation or ""
    visits = clinics.seen_at(scope, moment, since, place).get(person, [])
    known = identities_of(scope, moment, [person], PAGE).get(person)
    owed = tuple(one for one in due_of(request, {person}).get(person, ()) if not _is_visit(one))
    return _patient(request, person, known, visits, tubes.of_people(scope, moment, [person]), owed)


def due_of(request: HttpRequest, persons: set[str]) -> dict[str, list[Due]]:
    """Person -> the samples and visits due of them, whoever must see to it, the first limit first."""
    wanted = verbs_proved_by("tests", "samplings", "encounters")
    found: dict[str, list[Due]] = {}
    for row in sites.due_about(sorted(persons)) if persons else []:
        if row["verb"] in wanted and row["status"] in ("open", "overdue"):
            found.setdefault(row["about"], []).append(_due(request, row))
    return found


def _due(request: HttpRequest, row: dict[str, Any]) -> Due:
    moment, zone = request.moment, settings.SIZAO.zone
    late = row["status"] == "overdue"
    until = (
        presenters.standing_of("overdue", moment, due_at=row["due_at"])
        if late
        else presenters.limit(row["due_at"], moment, zone)
    )
    return Due(
        row,
        rule_label(row["rule"], row["version"]),
        until,
        "state-overdue" if late else "state-open",
        urgency.consequence(row, moment, zone),
    )


def _is_visit(due: Due) -> bool:
    return due.row["verb"] in verbs_proved_by("encounters")
