"""Today at the site: whom to take in, whose temperature, which tests, who goes home, what is asked for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse

from sizao.capacity.outlook import outlook
from sizao.indicators.coverage import SAMPLINGS, proved_by
from sizao.terms.time import local_day, midnight
from sizao.terms.words import Words
from sizao_web.desks.quarantine.here import MANAGING, Here, here, page_of
from sizao_web.desks.quarantine.needs import needs_here
from sizao_web.desks.quarantine.rounds import sheet_of
from sizao_web.pages import presenters, urgency
from sizao_web.pages.names import meet
from sizao_web.pages.routes import page
from sizao_web.records.reading import hand_overs, sites
from sizao_web.records.reading.pack import policy_in_use, rule_label, verb_label
from sizao_web.settings.clock import bare

AHEAD = 7  # days of the outlook
FIELDS = (
    "obligation_id", "rule", "version", "step", "verb", "about", "place", "status", "opens_at", "due_at",
    "closes_at", "household", "responsible", "area", "met_at",
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Somebody on a list: number, name, and the room where they have one."""

    person: str
    name: str
    room: str = ""


@dataclass(frozen=True)
class Party:
    """People of one household (or one alone) who are to come: until when, and what happens otherwise."""

    first: str
    people: tuple[Person, ...]
    group: str
    css: str
    until: Words
    otherwise: Words
    rows: tuple[str, ...]
    rule: Words
    area: str | None
    offered: bool


@dataclass(frozen=True)
class Test:
    """One test that is due of somebody in a room."""

    who: Person
    what: Words
    css: str
    until: Words
    rule: str
    rule_label: Words
    office: str | None


@dataclass(frozen=True)
class End:
    """Somebody who leaves soon. now: nothing binds them any more."""

    who: Person
    now: bool
    until: Words
    open_tests: int


@page(roles=MANAGING)
def today(request: HttpRequest) -> HttpResponse:
    """The first screen: what must be done before noon, in which order, for whom."""
    at = here(request)
    return page_of(request, "quarantine/today.html", at, {} if at is None else _context(at))


def _context(at: Here) -> dict[str, Any]:
    inside = [one.person for one in at.site.stays]
    waiting = list(sites.expected(at.scope, inside).values(*FIELDS))
    due = at.due
    named = at.names([*inside, *(row["about"] for row in waiting)])
    parties, tests = _parties(at, waiting, named), _tests(at, due, named)
    sheet = sheet_of(at, None)
    inside_on = Counter(one.floor for one in sheet)
    due_on = Counter(one.floor for one in sheet if one.due)
    return {
        "parties": parties,
        "coming": len(waiting),
        "floors": [(floor, inside_on[floor], due_on[floor]) for floor in sorted(inside_on)],
        "checks_due": sum(one.due for one in sheet),
        "tests": tests,
        "ends": _ends(at, due, named),
        "needs": needs_here(at, named),
        "free": len(at.site.free),
        "to_disinfect": sum(one.condition == "to_disinfect" for one in at.site.rooms),
        "days": _outlook(at, waiting),
        "morning": presenters.aware(at.moment) < presenters.aware(_noon(at)),
    }


def _parties(at: Here, waiting: list[dict[str, Any]], named: dict[str, str]) -> list[Party]:
    """Who is to come, those of one household together, in the order of the first limit."""
    offered = {one.person for one in hand_overs.offered_to(at.scope, at.moment)}
    meet(at.request, waiting, areas=["area"])
    together: dict[str, list[dict[str, Any]]] = {}
    for row in waiting:
        together.setdefault(row["household"] or row["about"], []).append(row)
    found = []
    for rows in together.values():
        first = rows[0]
        group = urgency.group_of(first["status"] == "overdue", first["due_at"], at.moment, at.zone)
        late = presenters.standing_of(first["status"], at.moment, due_at=first["due_at"])
        limit = presenters.limit(first["due_at"], at.moment, at.zone)
        persons = list(dict.fromkeys(row["about"] for row in rows))
        found.append(
            Party(
                first["about"],
                tuple(Person(one, named.get(one, "")) for one in persons),
                group,
                urgency.GROUPS[group][1],
                late if group == "overdue" else limit,
                urgency.consequence(first, at.moment, at.zone),
                tuple(row["obligation_id"] for row in rows),
                rule_label(first["rule"], first["version"]),
                first["area"],
                any(one in offered for one in persons),
            )
        )
    return found


def _tests(at: Here, due: list[dict[str, Any]], named: dict[str, str]) -> list[Test]:
    """Tests of those inside that are due by the end of today, whoever takes the sample."""
    steps = test_steps()
    tomorrow = presenters.aware(midnight(at.today + timedelta(days=1), at.zone))
    rows = [
        row
        for row in due
        if (row["rule"], row["step"]) in steps
        and row["status"] in ("open", "overdue")
        and row["due_at"] <= tomorrow
    ]
    meet(at.request, rows, offices=["done_by"])
    return [
        Test(
            person_at(at, row["about"], named),
            verb_label(row["verb"]),
            urgency.GROUPS["overdue" if row["status"] == "overdue" else "today"][1],
            presenters.standing_of(row["status"], at.moment, due_at=row["due_at"])
            if row["status"] == "overdue"
            else presenters.limit(row["due_at"], at.moment, at.zone),
            row["rule"],
            rule_label(row["rule"], row["version"]),
            row["done_by"],
        )
        for row in rows
    ]


def _ends(at: Here, due: list[dict[str, Any]], named: dict[str, str]) -> list[End]:
    """Who may go now, and whose last restriction ends today or tomorrow."""
    found, steps = [], test_steps()
    undone = Counter(
        row["about"]
        for row in due
        if (row["rule"], row["step"]) in steps and row["status"] in ("open", "overdue")
    )
    for stay in at.site.stays:
        last = sites.last_day(stay.ends_at, at.zone)
        if last is not None and last > at.today + timedelta(days=1):
            continue
        until = (
            Words("可以解除", "may go now")
            if stay.ends_at is None
            else presenters.limit(stay.ends_at, at.moment, at.zone)
        )
        found.append(End(person_at(at, stay.person, named), stay.ends_at is None, until, undone[stay.person]))
    return sorted(found, key=lambda one: (not one.now, one.who.room))


def test_steps() -> set[tuple[str, str]]:
    """(rule, step) of everything that a sample proves, by the pack in use."""
    return set(proved_by(policy_in_use(), SAMPLINGS))


def person_at(at: Here, person: str, named: dict[str, str]) -> Person:
    """Somebody with name and room."""
    stay = at.site.stay_of(person)
    return Person(person, named.get(person, ""), stay.room if stay else "")


def _outlook(at: Here, waiting: list[dict[str, Any]]) -> tuple[Any, ...]:
    last = [sites.last_day(one.ends_at, at.zone) or at.today - timedelta(days=1) for one in at.site.stays]
    coming = [_day(row["due_at"], at.zone) for row in {row["about"]: row for row in waiting}.values()]
    return outlook(len(at.site.free), last, coming, at.today, AHEAD)


def _day(due_at: datetime, zone: str) -> date:
    return local_day(bare(due_at) - timedelta(microseconds=1), zone)


def _noon(at: Here) -> datetime:
    return midnight(at.today, at.zone) + timedelta(hours=12)
