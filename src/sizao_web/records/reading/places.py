"""Places of the city as the facts in force say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from sizao.facts.dictionary import FACTS
from sizao_web.accounts.roles import OF_PLACES
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Obligation
from sizao_web.records.reading.facts import effective, plain
from sizao_web.records.reading.ledger import every_obligation

Row = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """A place as the facts in force describe it. row: None for one that is on no record."""

    place: str
    row: Row | None
    owes: tuple[Row, ...]  # enrolments that run
    closed: tuple[Row, ...]  # closures that run or come
    inside: tuple[Row, ...]  # room stays that have not ended, of people whom the scope sees


def place(scope: Scope, known_by: datetime, name: str, today: date) -> Place | None:
    """A place; None where neither a record nor a row of the scope speaks of it."""
    rows = sorted(_at(scope, "places", name, known_by), key=lambda row: row["from_on"], reverse=True)
    if not rows and not every_obligation(scope).filter(about=name).exists():
        return None
    running = [row for row in rows if row["from_on"] <= today and not _over(row, today)]
    inside = [row for row in _at(scope, "room_stays", name, known_by) if row["until_at"] is None]
    return Place(
        name,
        next(iter(running or rows), None),
        tuple(row for row in _at(scope, "enrolments", name, known_by) if not _over(row, today)),
        tuple(row for row in _at(scope, "closures", name, known_by) if not _over(row, today)),
        tuple(sorted(inside, key=lambda row: (row["room"] or "", row["person"]))),
    )


def obligations_of_place(scope: Scope, name: str) -> list[Obligation]:
    """Every row about the place."""
    return list(every_obligation(scope).filter(about=name).order_by("due_at", "obligation_id"))


def recorded_of_place(scope: Scope, name: str, known_by: datetime, most: int = 30) -> list[tuple[str, Row]]:
    """What was recorded of the place itself, the last event first: reports, inspections, findings …"""
    found = [
        (fact, row)
        for fact in sorted(OF_PLACES)
        if scope.may_read(fact)
        for row in plain(_rows(scope, fact, name, known_by).order_by("-happened_at")[:most])
    ]
    return sorted(found, key=lambda one: one[1]["happened_at"], reverse=True)[:most]


def _at(scope: Scope, fact: str, name: str, known_by: datetime) -> list[Row]:
    return plain(_rows(scope, fact, name, known_by)) if scope.may_read(fact) else []


def _rows(scope: Scope, fact: str, name: str, known_by: datetime) -> Any:
    assert "place" in {column.name for column in FACTS[fact].columns}
    return effective(scope, fact, known_by).filter(place=name)


def _over(row: Row, today: date) -> bool:
    return row["until_on"] is not None and row["until_on"] <= today


def fever_clinics_near(scope: Scope, known_by: datetime, area: str, most: int = 3) -> list[tuple[str, str]]:
    """(place, its area) of fever clinics, those that share most of the path with this area first."""
    rows = effective(scope, "places", known_by).filter(Q(kind="fever_clinic") | Q(fever_clinic=True))
    found = list(rows.values_list("place", "located_in"))
    return sorted(found, key=lambda one: (-_shared(one[1] or "", area), one[0]))[:most]


def _shared(first: str, second: str) -> int:
    """How many parts two paths begin with alike."""
    parts = zip(first.split("/"), second.split("/"), strict=False)
    return next(
        (n for n, (one, other) in enumerate(parts) if one != other),
        min(first.count("/"), second.count("/")) + 1,
    )
