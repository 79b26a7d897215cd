"""The wards of a hospital: who is a patient there, who stays with whom, who left lately."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from sizao.terms.identifiers import hex_key
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.facts import effective, plain

Row = dict[str, Any]


def inpatients(scope: Scope, known_by: datetime, place: str) -> list[Row]:
    """Whoever was admitted there and not discharged since, the last first; `key` names the record."""
    left = effective(scope, "discharges", known_by).filter(
        person=OuterRef("person"), discharged_at__gte=OuterRef("admitted_at")
    )
    rows = effective(scope, "admissions", known_by).filter(~Exists(left), place=place)
    return [_keyed(row) for row in plain(rows.order_by("-admitted_at", "person"))]


def inpatient(scope: Scope, known_by: datetime, place: str, person: str) -> Row | None:
    """The admission of somebody who is a patient there now."""
    return next((row for row in inpatients(scope, known_by, place) if row["person"] == person), None)


def staying(scope: Scope, known_by: datetime, place: str) -> list[Row]:
    """Whoever stays with a patient or visits one there now, the first first; `key` names the record."""
    now = Q(until_at__isnull=True) | Q(until_at__gt=known_by)
    rows = effective(scope, "escorts", known_by).filter(now, place=place)
    return [_keyed(row) for row in plain(rows.order_by("from_at", "person"))]


def stays_of(scope: Scope, known_by: datetime, place: str, person: str) -> list[Row]:
    """The stays of somebody with a patient there that run."""
    return [row for row in staying(scope, known_by, place) if row["person"] == person]


def left(scope: Scope, known_by: datetime, place: str, since: datetime) -> tuple[list[Row], list[Row]]:
    """(discharges, ended stays with a patient) there since a moment, the last first."""
    gone = effective(scope, "discharges", known_by).filter(place=place, discharged_at__gte=since)
    ended = effective(scope, "escorts", known_by).filter(
        place=place, until_at__gte=since, until_at__lte=known_by
    )
    return (
        [_keyed(row) for row in plain(gone.order_by("-discharged_at", "person"))],
        [_keyed(row) for row in plain(ended.order_by("-until_at", "person"))],
    )


def left_with(scope: Scope, known_by: datetime, place: str, patient: str, at: datetime) -> list[Row]:
    """The stays with a patient there that ended at the moment at which the patient was discharged."""
    rows = effective(scope, "escorts", known_by).filter(place=place, patient=patient, until_at=at)
    return plain(rows.order_by("from_at", "person"))


def _keyed(row: Row) -> Row:
    return {**row, "key": hex_key(row["key_hi"], row["key_lo"])}
