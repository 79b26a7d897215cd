"""Arrivals as the team at a station sees them: who came, to whom they were handed over, pushed names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.facts import effective, plain
from sizao_web.records.reading.ledger import standing

Row = dict[str, Any]


@dataclass(frozen=True)
class Binding:
    """What binds somebody now: where they must be, and until when."""

    place: str
    until: datetime


def arrived(scope: Scope, known_by: datetime, since: date) -> list[Row]:
    """Who arrived since a day, the last recorded first; of those whom this duty sees."""
    rows = effective(scope, "arrivals", known_by).filter(arrived_on__gte=since)
    return plain(rows.order_by("-known_at", "person"))


def arrivals_of(scope: Scope, known_by: datetime, person: str) -> list[Row]:
    """Every arrival of somebody, the last first."""
    rows = effective(scope, "arrivals", known_by).filter(person=person)
    return plain(rows.order_by("-arrived_on", "-known_at"))


def stays_of(scope: Scope, known_by: datetime, person: str) -> list[Row]:
    """Where somebody stayed, the last first."""
    return plain(effective(scope, "stays", known_by).filter(person=person).order_by("-from_on", "-known_at"))


def declarations_of(scope: Scope, known_by: datetime, person: str) -> list[Row]:
    """What somebody declared, the last first."""
    return plain(effective(scope, "declarations", known_by).filter(person=person).order_by("-declared_at"))


def binding_of(scope: Scope, persons: Iterable[str]) -> dict[str, Binding]:
    """Person -> what binds them now; nobody whom nothing binds."""
    rows = standing(scope).filter(person__among=persons).values_list("person", "place", "until")
    return {person: Binding(place or "", until) for person, place, until in rows}


def offers_of(scope: Scope, known_by: datetime, persons: Iterable[str]) -> list[Row]:
    """Hand-overs of these people, the last first, each with `accepted_at` and its transfer."""
    rows = plain(
        effective(scope, "hand_overs", known_by).filter(person__among=persons).order_by("-offered_at")
    )
    names = [row["hand_over"] for row in rows]
    accepted = {
        (row["hand_over"], row["accepted_office"]): row["accepted_at"]
        for row in plain(effective(scope, "hand_over_acceptances", known_by).filter(hand_over__in=names))
    }
    moved = {
        row["hand_over"]: row
        for row in plain(
            effective(scope, "transfers", known_by).filter(hand_over__in=names).order_by("left_at")
        )
    }
    return [
        {
            **row,
            "accepted_at": accepted.get((row["hand_over"], row["to_office"])),
            "transfer": moved.get(row["hand_over"]),
        }
        for row in rows
    ]


def office_for(scope: Scope, known_by: datetime, task: str, area: str, today: date) -> str | None:
    """The office with a task for an area: the one of the area itself, or of the nearest around it."""
    around = [area.rsplit("/", cut)[0] for cut in range(area.count("/") + 1)]
    rows = effective(scope, "offices", known_by).filter(
        Q(until_on__isnull=True) | Q(until_on__gt=today), task=task, covers__in=around, from_on__lte=today
    )
    found = sorted(rows.values_list("covers", "office"), key=lambda one: (-len(one[0]), one[1]))
    return found[0][1] if found else None


def pushed_open(scope: Scope, known_by: datetime) -> QuerySet[Any]:
    """Pushed names of people whom this duty sees that nobody has settled yet."""
    settled = effective(scope, "dispositions", known_by).filter(entry=OuterRef("entry"))
    return effective(scope, "pushed_entries", known_by).filter(~Exists(settled))


def settled(scope: Scope, known_by: datetime) -> QuerySet[Any]:
    """What pushed people were found to be."""
    return effective(scope, "dispositions", known_by)


def counts_of(scope: Scope, known_by: datetime, places: Iterable[str], since: datetime) -> list[Row]:
    """How many passed the entry posts of these places, and how long the queue was, in order."""
    rows = effective(scope, "place_checks", known_by).filter(
        place__in=tuple(places), kind="entry_screening", checked_at__gte=since
    )
    return plain(rows.order_by("checked_at"))


def stations(scope: Scope, known_by: datetime, today: date) -> list[str]:
    """Stations, ports and airports in the area of the duty."""
    area = scope.area
    inside = Q(located_in=area) | Q(located_in__gte=f"{area}/", located_in__lt=f"{area}0")
    rows = effective(scope, "places", known_by).filter(
        inside, Q(until_on__isnull=True) | Q(until_on__gt=today), kind__in=("station", "port")
    )
    return sorted(set(rows.values_list("place", flat=True)))
