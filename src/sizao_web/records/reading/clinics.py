"""Clinics and pharmacies: who was sent on and came, who was seen, what was sold, which clinic is nearest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.facts import effective, plain
from sizao_web.records.reading.pack import number_on
from sizao_web.records.reading.places import fever_clinics_near

Row = dict[str, Any]
LATE, SEEN_WITHIN = "late.counts_for", "referral.seen_within"
"""Parameters of a pack: days for which what is done late still counts; hours until who was sent is seen."""
USUAL = 2  # days of referrals shown where the pack states nothing
SEEN = "fever_clinic"


@dataclass(frozen=True)
class Near:
    """A fever clinic. common: the smallest area in which it and the asker lie; "" where there is none."""

    place: str
    area: str
    common: str


def near(scope: Scope, known_by: datetime, area: str) -> list[Near]:
    """The fever clinics nearest to an area: of its street before its county before its city."""
    found = fever_clinics_near(scope, known_by, area)
    return [Near(place, there, _common(there, area)) for place, there in found]


def _common(first: str, second: str) -> str:
    parts: list[str] = []
    for one, other in zip(first.split("/"), second.split("/"), strict=False):
        if one != other:
            break
        parts.append(one)
    return "/".join(parts)


def counts_since(moment: datetime, day: date) -> datetime:
    """Since when a referral still counts: what is older is over, by the numbers of the pack."""
    days, hours = number_on(LATE, day), number_on(SEEN_WITHIN, day)
    return moment - timedelta(days=USUAL if days is None else days, hours=hours or 0)


def place_of(scope: Scope, known_by: datetime, name: str) -> Row | None:
    """The place as it stands on record now."""
    rows = effective(scope, "places", known_by).filter(place=name)
    return next(iter(plain(rows.order_by("-from_on")[:1])), None)


def prescribers(scope: Scope, known_by: datetime, area: str) -> list[Row]:
    """Medical institutions around an area: those of its city, with their levels, in order."""
    city = area.split("/", 1)[0]
    rows = effective(scope, "places", known_by).filter(
        Q(located_in=city) | Q(located_in__startswith=f"{city}/"),
        kind__in=("hospital", "fever_clinic", "health_centre"),
    )
    return plain(rows.order_by("place"))


def referrals(scope: Scope, known_by: datetime, since: datetime, **where: str) -> list[Row]:
    """Referrals since a moment, to a place (to_place) or from one (from_place), the oldest first.

    `arrived`: the moment of the visit at a fever clinic that followed, or None. Only such a visit ends a
    referral; who sees no visits is told the arrival that stands in the referral.
    """
    rows = plain(
        effective(scope, "referrals", known_by)
        .filter(referred_at__gte=since, **where)
        .order_by("referred_at")
    )
    visits = seen(scope, known_by, since, [row["person"] for row in rows]) if rows else {}
    for row in rows:
        came = [
            one["seen_at"]
            for one in visits.get(row["person"], ())
            if one["kind"] == SEEN and one["seen_at"] >= row["referred_at"]
        ]
        row["arrived"] = min(came, default=row["arrived_at"])
    return rows


def seen(scope: Scope, known_by: datetime, since: datetime, persons: Collection[str]) -> dict[str, list[Row]]:
    """Person -> their visits since a moment, the last first; nobody for a duty that sees none."""
    if not scope.may_read("encounters"):
        return {}
    rows = effective(scope, "encounters", known_by).filter(person__among=persons, seen_at__gte=since)
    found: dict[str, list[Row]] = {}
    for row in plain(rows.order_by("-seen_at")):
        found.setdefault(row["person"], []).append(row)
    return found


def seen_at(scope: Scope, known_by: datetime, since: datetime, place: str) -> dict[str, list[Row]]:
    """Person -> their visits at a place since a moment, the last first."""
    rows = effective(scope, "encounters", known_by).filter(place=place, seen_at__gte=since)
    found: dict[str, list[Row]] = {}
    for row in plain(rows.order_by("-seen_at")):
        found.setdefault(row["person"], []).append(row)
    return found


def last_visit(scope: Scope, known_by: datetime, since: datetime, place: str, person: str) -> Row | None:
    """Their last visit at a place since a moment."""
    rows = effective(scope, "encounters", known_by).filter(place=place, person=person, seen_at__gte=since)
    return next(iter(plain(rows.order_by("-seen_at"))), None)


def sales_at(scope: Scope, known_by: datetime, since: datetime, place: str) -> list[Row]:
    """What a pharmacy sold since a moment, the last first."""
    rows = effective(scope, "medicine_sales", known_by).filter(place=place, sold_at__gte=since)
    return plain(rows.order_by("-sold_at", "medicine"))


def admitted(scope: Scope, known_by: datetime, since: datetime, persons: Collection[str]) -> set[str]:
    """Who of these was admitted to a hospital since a moment."""
    rows = effective(scope, "admissions", known_by).filter(person__among=persons, admitted_at__gte=since)
    return set(rows.values_list("person", flat=True))


def homes(scope: Scope, known_by: datetime, person: str, day: date) -> list[str]:
    """The areas where somebody lives, as they stand on record."""
    rows = effective(scope, "residences", known_by).filter(
        Q(until_on__isnull=True) | Q(until_on__gt=day), person=person, from_on__lte=day
    )
    return sorted(set(rows.values_list("located_in", flat=True)))
