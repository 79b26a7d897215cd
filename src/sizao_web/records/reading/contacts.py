"""Around a case: positive results nobody has decided about, the case as classified, who may be a contact.

Proposals only: who lives in the same household, who was in the same room at a site, whom somebody named. A
person decides (records.actions.designate_contacts).
"""

from __future__ import annotations

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
    found = [
        one
        for one in tubes.taken_since(scope, known_by, since)
        if one.result == "positive" and len(one.people) == 1
    ]
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
    rows = every_obligation(scope).filter(about=person, trigger_fact="classifications", withdrawn_at=None)
    return list(rows.order_by("due_at", "obligation_id"))


def window(scope: Scope, known_by: datetime, case: Row, zone: str) -> tuple[date, date]:
    """First and last day on which contacts count, as the pack in use says, until the case was in hospital."""
    onset = case.get("onset_earliest")
    before = number_on(BEFORE_ONSET if onset else BEFORE_SAMPLING, case["classified_on"]) or 0
    first = (onset or case["classified_on"]) - timedelta(days=int(before))
    today = local_day(bare(known_by), zone)
    stays = effective(scope, "admissions", known_by).filter(person=case["person"])
    admitted = [local_day(bare(at), zone) for at in stays.values_list("admitted_at", flat=True)]
    last = min((day for day in admitted if day >= first), default=today)
    return first, max(first, last)


def candidates(scope: Scope, known_by: datetime, case: Row, zone: str) -> list[Candidate]:
    """Who may be a contact, those first of whom nobody has decided."""
    first, last = window(scope, known_by, case, zone)
    person, found = case["person"], dict[str, Candidate]()
    for one in _household(scope, known_by, zone, person, first):
        found[one] = Candidate(one, HOUSEHOLD, first, last)
    for one in _room(scope, known_by, zone, person, first, last):
        found.setdefault(one, Candidate(one, ROOM, first, last))
    of_case = {"case": case["case"], "case_person": person}
    for row in plain(effective(scope, "exposures", known_by).filter(**of_case).order_by("last_on")):
        kind = row["kind"] if row["kind"] != "unknown" or row["person"] not in found else HOUSEHOLD
        found[row["person"]] = Candidate(row["person"], kind, row["first_on"], row["last_on"], named=True)
    for row in plain(effective(scope, "designations", known_by).filter(**of_case).order_by("known_at")):
        known = found.get(row["person"]) or Candidate(row["person"], "unknown", first, row["last_exposed_on"])
        decided = None if row["class"] == "unclassified" else row["class"]
        found[row["person"]] = Candidate(
            known.person, known.kind, known.first_on, row["last_exposed_on"], known.named, decided
        )
    return sorted(found.values(), key=lambda one: (one.class_ is not None, one.person))


def _household(scope: Scope, known_by: datetime, zone: str, person: str, since: date) -> set[str]:
    lasting = Q(until_on__isnull=True) | Q(until_on__gt=since)
    homes: set[str] = set()
    for fact in ("households", "residences"):
        rows = effective(scope, fact, known_by).filter(lasting, person=person, household__isnull=False)
        homes |= set(rows.values_list("household", flat=True))
    people = members_of(scope, known_by, zone, homes)
    return {one for members in people.values() for one in members} - {person}


def _room(scope: Scope, known_by: datetime, zone: str, person: str, first: date, last: date) -> set[str]:
    """Who shared a room with the person at a site within the window."""
    begins, ends = (midnight(day, zone).replace(tzinfo=UTC) for day in (first, last + timedelta(days=1)))
    in_it = Q(until_at__isnull=True) | Q(until_at__gt=begins)
    stays = effective(scope, "room_stays", known_by).filter(in_it, from_at__lt=ends, room__isnull=False)
    mine = list(stays.filter(person=person).values("place", "room", "from_at", "until_at"))
    found: set[str] = set()
    for one in mine:
        together = stays.filter(place=one["place"], room=one["room"]).exclude(person=person)
        overlap = Q(until_at__isnull=True) | Q(until_at__gt=one["from_at"])
        if one["until_at"] is not None:
            overlap &= Q(from_at__lt=one["until_at"])
        found |= set(together.filter(overlap).values_list("person", flat=True))
    return found
