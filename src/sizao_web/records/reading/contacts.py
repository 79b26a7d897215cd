"""Around a case: positive results nobody has decided about, the case as classified, who may be a contact.

Proposals only: who lives in the same household, who was in the same room at a site, whom somebody named. A
person decides (records.actions.designate_contacts).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Q

from sizao.terms.time import local_day, midnight
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Obligation
from sizao_web.records.reading import tubes
from sizao_web.records.reading.facts import effective, plain
from sizao_web.records.reading.ledger import every_obligation
from sizao_web.records.reading.pack import number_on
from sizao_web.records.reading.visits import members_of
from sizao_web.settings.clock import bare

Row = dict[str, Any]
BEFORE_ONSET, BEFORE_SAMPLING = "tracing.days_before_onset", "tracing.days_before_sampling"
CASES = ("confirmed", "asymptomatic")
HOUSEHOLD, ROOM = "household", "same_quarantine_hotel"
"""Kinds of contact that are proposed."""


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be a contact. named: the exposure is on record; class_: as decided, None while not."""

    person: str
    kind: str
    first_on: date
    last_on: date
    named: bool = False
    class_: str | None = None


def undecided(scope: Scope, known_by: datetime, since: datetime) -> list[tuple[str, tubes.Tube]]:
    """Who was alone in a positive tube taken since a moment, and nobody says whether they are a case."""
    found = [one for one in tubes.found_since(scope, known_by, since, "positive") if len(one.people) == 1]
    people = {one.people[0] for one in found}
    rows = effective(scope, "classifications", known_by).filter(person__in=people)
    decided = set(rows.filter(class_named__in=(*CASES, "excluded")).values_list("person", flat=True))
    return [(one.people[0], one) for one in found if one.people[0] not in decided]


def cases_since(scope: Scope, known_by: datetime, day: date) -> list[Row]:
    """Of each case the last classification, of those confirmed or asymptomatic and classified since a day."""
    rows = plain(effective(scope, "classifications", known_by).order_by("classified_on", "known_at"))
    last = {row["case"]: row for row in rows}
    found = [row for row in last.values() if row["class"] in CASES and row["classified_on"] >= day]
    return sorted(found, key=lambda row: (row["classified_on"], row["case"]), reverse=True)


def case_of(scope: Scope, known_by: datetime, person: str) -> Row | None:
    """How somebody was classified last; None where nobody did."""
    rows = effective(scope, "classifications", known_by).filter(person=person)
    return next(iter(plain(rows.order_by("-classified_on", "-known_at"))), None)


def clocks_of(scope: Scope, person: str) -> list[Obligation]:
    """What the case itself demands: report, investigation, admission."""
    return clocks_among(scope, [person]).get(person, [])


def clocks_among(scope: Scope, persons: Collection[str]) -> dict[str, list[Obligation]]:
    """Person -> what their case itself demands."""
    rows = every_obligation(scope).filter(
        about__in=persons, trigger_fact="classifications", withdrawn_at=None
    )
    found: dict[str, list[Obligation]] = {}
    for row in rows.order_by("due_at", "obligation_id"):
        found.setdefault(row.about, []).append(row)
    return found


def window(scope: Scope, known_by: datetime, case: Row, zone: str) -> tuple[date, date]:
    """First and last day on which contacts count, as the pack in use says, until the case was in hospital."""
    return windows(scope, known_by, [case], zone)[case["case"]]


def windows(
    scope: Scope, known_by: datetime, cases: Collection[Row], zone: str
) -> dict[str, tuple[date, date]]:
    """Case -> its window."""
    today = local_day(bare(known_by), zone)
    stays = effective(scope, "admissions", known_by).filter(person__among={one["person"] for one in cases})
    admitted: dict[str, list[date]] = {}
    for person, at in stays.values_list("person", "admitted_at"):
        admitted.setdefault(person, []).append(local_day(bare(at), zone))
    found = {}
    for one in cases:
        onset = one.get("onset_earliest")
        before = number_on(BEFORE_ONSET if onset else BEFORE_SAMPLING, one["classified_on"]) or 0
        first = (onset or one["classified_on"]) - timedelta(days=int(before))
        last = min((day for day in admitted.get(one["person"], ()) if day >= first), default=today)
        found[one["case"]] = first, max(first, last)
    return found


def candidates(scope: Scope, known_by: datetime, case: Row, zone: str) -> list[Candidate]:
    """Who may be a contact, those first of whom nobody has decided."""
    return candidates_of(scope, known_by, [case], zone)[case["case"]]


def candidates_of(
    scope: Scope, known_by: datetime, cases: Collection[Row], zone: str
) -> dict[str, list[Candidate]]:
    """Case -> who may be a contact of it; as many questions for a hundred cases as for one."""
    if not cases:
        return {}
    during = windows(scope, known_by, cases, zone)
    households = _households(scope, known_by, zone, cases, during)
    rooms = _rooms(scope, known_by, zone, cases, during)
    exposures = _of_cases(scope, known_by, "exposures", cases, "last_on")
    designations = _of_cases(scope, known_by, "designations", cases, "known_at")
    answer = {}
    for one in cases:
        (first, last), found = during[one["case"]], dict[str, Candidate]()
        for person in households[one["case"]]:
            found[person] = Candidate(person, HOUSEHOLD, first, last)
        for person in rooms[one["case"]]:
            found.setdefault(person, Candidate(person, ROOM, first, last))
        for row in exposures[one["case"]]:
            kind = row["kind"] if row["kind"] != "unknown" or row["person"] not in found else HOUSEHOLD
            found[row["person"]] = Candidate(row["person"], kind, row["first_on"], row["last_on"], named=True)
        for row in designations[one["case"]]:
            person, exposed = row["person"], row["last_exposed_on"]
            known = found.get(person) or Candidate(person, "unknown", first, exposed)
            decided = None if row["class"] == "unclassified" else row["class"]
            found[person] = Candidate(person, known.kind, known.first_on, exposed, known.named, decided)
        answer[one["case"]] = sorted(found.values(), key=lambda one: (one.class_ is not None, one.person))
    return answer


def _of_cases(
    scope: Scope, known_by: datetime, fact: str, cases: Collection[Row], order: str
) -> dict[str, list[Row]]:
    """Case -> the rows of a fact that name it with its person, in order."""
    found: dict[str, list[Row]] = {one["case"]: [] for one in cases}
    persons = {one["case"]: one["person"] for one in cases}
    rows = effective(scope, fact, known_by).filter(case__among=found, case_person__among=persons.values())
    for row in plain(rows.order_by(order)):
        if row["case_person"] == persons[row["case"]]:
            found[row["case"]].append(row)
    return found


def _households(
    scope: Scope,
    known_by: datetime,
    zone: str,
    cases: Collection[Row],
    during: Mapping[str, tuple[date, date]],
) -> dict[str, set[str]]:
    """Case -> who lives in a household to which its person belonged within the window or belongs."""
    homes: dict[str, list[tuple[str, date | None]]] = {}
    for fact in ("households", "residences"):
        rows = effective(scope, fact, known_by).filter(
            person__among={one["person"] for one in cases}, household__isnull=False
        )
        for person, household, until in rows.values_list("person", "household", "until_on"):
            homes.setdefault(person, []).append((household, until))
    of_case = {
        one["case"]: {
            household
            for household, until in homes.get(one["person"], ())
            if until is None or until > during[one["case"]][0]
        }
        for one in cases
    }
    members = members_of(scope, known_by, zone, {home for found in of_case.values() for home in found})
    return {
        one["case"]: {who for home in of_case[one["case"]] for who in members[home]} - {one["person"]}
        for one in cases
    }


def _rooms(
    scope: Scope,
    known_by: datetime,
    zone: str,
    cases: Collection[Row],
    during: Mapping[str, tuple[date, date]],
) -> dict[str, set[str]]:
    """Case -> who shared a room with its person at a site within the window."""
    bounds = {
        case: (_marked(midnight(first, zone)), _marked(midnight(last + timedelta(days=1), zone)))
        for case, (first, last) in during.items()
    }
    in_it = Q(until_at__isnull=True) | Q(until_at__gt=min(begins for begins, _ in bounds.values()))
    stays = effective(scope, "room_stays", known_by).filter(
        in_it, from_at__lt=max(ends for _, ends in bounds.values()), room__isnull=False
    )
    mine = list(stays.filter(person__among={one["person"] for one in cases}).values(*_STAY))
    there: dict[tuple[str, str], list[Row]] = {}
    if mine:
        together = stays.filter(place__among={one["place"] for one in mine})
        for row in together.filter(room__among={one["room"] for one in mine}).values(*_STAY):
            there.setdefault((row["place"], row["room"]), []).append(row)
    return {
        one["case"]: {
            other["person"]
            for stay in mine
            if stay["person"] == one["person"] and _overlap(stay, *bounds[one["case"]])
            for other in there.get((stay["place"], stay["room"]), ())
            if other["person"] != one["person"]
            and _overlap(other, *bounds[one["case"]])
            and _overlap(other, stay["from_at"], stay["until_at"])
        }
        for one in cases
    }


_STAY = ("person", "place", "room", "from_at", "until_at")


def _overlap(stay: Row, begins: datetime, ends: datetime | None) -> bool:
    """Whether somebody was in a room between the two moments; ends: None where it goes on."""
    lasts = stay["until_at"] is None or stay["until_at"] > begins
    return lasts and (ends is None or stay["from_at"] < ends)


def _marked(instant: datetime) -> datetime:
    return instant.replace(tzinfo=UTC)
