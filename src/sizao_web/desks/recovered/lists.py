"""Whom this office follows: what is due of each and how soon, tubes that wait, hand-overs, positives."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from sizao.terms.words import Words
from sizao_web.desks.recovered.duty import HOSPITAL, PAGE, day_of
from sizao_web.pages import presenters, urgency
from sizao_web.pages.names import meet
from sizao_web.records.reading import recovered, tubes
from sizao_web.records.reading.identities import Known, identities_of
from sizao_web.records.reading.pack import number_on, rule_label
from sizao_web.records.reading.proofs import verbs_proved_by


@dataclass(frozen=True)
class Due:
    """One thing due of somebody: by which rule, until when, how soon, what happens otherwise."""

    row: dict[str, Any]
    rule: Words
    until: Words
    group: str
    css: str
    otherwise: Words
    test: bool


@dataclass(frozen=True)
class Patient:
    """Somebody who is followed. tube: the last one, while its result is awaited; last: the last follow-up."""

    one: recovered.Followed
    known: Known | None
    due: tuple[Due, ...]
    tube: tubes.Tube | None
    last: dict[str, Any] | None
    day: int

    @property
    def person(self) -> str:
        """Their number."""
        return self.one.person

    @property
    def first(self) -> Due | None:
        """What is due first."""
        return self.due[0] if self.due else None

    @property
    def visits(self) -> tuple[Due, ...]:
        """Follow-ups that are due."""
        return tuple(one for one in self.due if not one.test)

    @property
    def tests(self) -> tuple[Due, ...]:
        """Tests that are due."""
        return tuple(one for one in self.due if one.test)


@dataclass
class Lists:
    """Everybody whom the office follows, each in the lists they belong to."""

    everybody: list[Patient] = field(default_factory=list)
    see: list[tuple[str, Words, str, list[Patient]]] = field(default_factory=list)
    tests: list[Patient] = field(default_factory=list)
    awaited: list[Patient] = field(default_factory=list)
    positive: list[tuple[Patient, tubes.Tube]] = field(default_factory=list)
    not_handed: list[tuple[Patient, bool, Words]] = field(default_factory=list)
    to_us: list[tuple[Patient, dict[str, Any]]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Group -> people of whom a follow-up is due so soon."""
        return {name: len(people) for name, _, _, people in self.see}


def lists(request: HttpRequest) -> Lists:
    """The first screen. Who stands where follows from visits, tubes, results and hand-overs alone."""
    scope, moment = request.scope, request.moment
    listed = recovered.followed(scope, moment, settings.SIZAO.zone)
    found = Lists(everybody=patients(request, listed))
    again = recovered.positive_again(scope, moment, listed)
    found.positive = [(one, again[one.person]) for one in found.everybody if one.person in again]
    seen = [one for one in found.everybody if one.visits]
    for name, (words, css) in urgency.GROUPS.items():
        here = [one for one in seen if one.visits[0].group == name]
        found.see.append((name, words, css, sorted(here, key=partial(_limit, test=False))))
    tested = [one for one in found.everybody if one.tests and one.tube is None]
    found.tests = sorted(tested, key=partial(_limit, test=True))
    found.awaited = [one for one in found.everybody if one.tube is not None]
    for one in found.everybody:
        _place(request, found, one)
    meet(request, [row for _, row in found.to_us], offices=["from_office"])
    return found


def _limit(one: Patient, *, test: bool) -> tuple[datetime, str]:
    return min(due.row["due_at"] for due in one.due if due.test == test), one.person


def _place(request: HttpRequest, found: Lists, one: Patient) -> None:
    """Whether somebody was handed over: to nobody yet, to us who have not accepted, to somebody."""
    waiting = one.one.waiting
    if waiting is not None and waiting["to_office"] == request.scope.organisation:
        found.to_us.append((one, waiting))
    elif one.one.accepted_at is None and one.one.hospital is not None:
        hours = number_on(recovered.HANDED_WITHIN, day_of(request))
        since = request.moment - one.one.since
        late = hours is not None and since > timedelta(hours=hours)
        found.not_handed.append((one, late, presenters.length(since)))


def patients(request: HttpRequest, listed: list[recovered.Followed]) -> list[Patient]:
    """These people with what is due of them; each reading of a name leaves its audit row."""
    scope, moment = request.scope, request.moment
    people = [one.person for one in listed]
    known = identities_of(scope, moment, people, PAGE)
    owed: dict[str, list[Due]] = {}
    for row in recovered.due_of(scope, people):
        owed.setdefault(row["about"], []).append(_due(request, row))
    taken, visits = tubes.of_people(scope, moment, people), recovered.visits_of(scope, moment, people)
    today = day_of(request)
    return [
        Patient(
            one, known.get(one.person), tuple(owed.get(one.person, ())), _awaited(taken.get(one.person, [])),
            next(iter(visits.get(one.person, ())), None), (today - one.since_on).days,
        )
        for one in listed
    ]  # fmt: skip


def _awaited(taken: list[tubes.Tube]) -> tubes.Tube | None:
    return next((one for one in taken if one.result is None and len(one.people) == 1), None)


def _due(request: HttpRequest, row: dict[str, Any]) -> Due:
    moment, zone = request.moment, settings.SIZAO.zone
    late = row["status"] == "overdue"
    group = urgency.group_of(late, row["due_at"], moment, zone)
    until = (
        presenters.standing_of("overdue", moment, due_at=row["due_at"])
        if late
        else presenters.limit(row["due_at"], moment, zone)
    )
    return Due(
        row,
        rule_label(row["rule"], row["version"]),
        until,
        group,
        urgency.GROUPS[group][1],
        urgency.consequence(row, moment, zone),
        row["verb"] in verbs_proved_by("tests", "samplings"),
    )


def hands_over(request: HttpRequest) -> bool:
    """Whether this duty hands patients from the hospital to a family doctor."""
    return bool(request.scope.role == HOSPITAL)
