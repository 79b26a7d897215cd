"""Appointments of a medical institution: the slots of a day, who booked them, who came, what is free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Max

from sizao.terms.identifiers import hex_key
from sizao.terms.time import local_day, midnight
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading import clinics
from sizao_web.records.reading.facts import effective, plain
from sizao_web.settings.clock import bare

Row = dict[str, Any]
ARRIVED, ABSENT, CANCELLED = "arrived", "absent", "cancelled"


@dataclass(frozen=True)
class Booking:
    """One appointment. seen: a visit at this place on that day, which says that they came as well."""

    row: Row
    seen: bool

    @property
    def person(self) -> str:
        """The number."""
        return str(self.row["person"])

    @property
    def outcome(self) -> str | None:
        """What became of it, as recorded or as the visit says; None while they are expected."""
        said: str | None = self.row["outcome"]
        return said or (ARRIVED if self.seen else None)


@dataclass(frozen=True)
class Slot:
    """One slot and its appointments, the cancelled ones among them."""

    row: Row
    bookings: tuple[Booking, ...]

    @property
    def service(self) -> str:
        """What it is for."""
        return str(self.row["service"])

    @property
    def from_at(self) -> datetime:
        """When it begins."""
        at: datetime = self.row["from_at"]
        return at

    @property
    def capacity(self) -> int:
        """How many it takes."""
        return int(self.row["capacity"])

    @property
    def booked(self) -> int:
        """How many hold a place; who cancelled holds none."""
        return sum(1 for one in self.bookings if one.outcome != CANCELLED)

    @property
    def arrived(self) -> int:
        """How many came."""
        return self.with_outcome(ARRIVED)

    @property
    def free(self) -> int:
        """How many more it takes."""
        return max(0, self.capacity - self.booked)

    def with_outcome(self, outcome: str) -> int:
        """Of how many that became."""
        return sum(1 for one in self.bookings if one.outcome == outcome)


def slots_of(scope: Scope, known_by: datetime, place: str, day: date, zone: str) -> list[Slot]:
    """The slots of a day, by service and time."""
    begins, ends = _start(day, zone), _start(day + timedelta(days=1), zone)
    rows = effective(scope, "appointment_slots", known_by).filter(
        place=place, from_at__gte=begins, from_at__lt=ends
    )
    booked = _bookings(scope, known_by, place, begins, ends)
    return [
        Slot(_keyed(row), tuple(booked.get((row["service"], row["from_at"]), ())))
        for row in plain(rows.order_by("service", "from_at", "fact_id"))
    ]


def slot_of(scope: Scope, known_by: datetime, place: str, key: str, zone: str, day: date) -> Slot | None:
    """One of the slots of a day, by the key of its record."""
    return next((one for one in slots_of(scope, known_by, place, day, zone) if one.row["key"] == key), None)


def next_free(
    scope: Scope, known_by: datetime, place: str, service: str, after: datetime, zone: str
) -> Slot | None:
    """The first slot of a service that begins after a moment and takes somebody more."""
    rows = effective(scope, "appointment_slots", known_by).filter(
        place=place, service=service, from_at__gt=after
    )
    begins = rows.order_by("from_at").values_list("from_at", flat=True)
    days = dict.fromkeys(local_day(bare(at), zone) for at in begins)
    for day in days:
        for one in slots_of(scope, known_by, place, day, zone):
            if one.service == service and one.from_at > after and one.free:
                return one
    return None


def last_day_with_slots(scope: Scope, known_by: datetime, place: str, before: date, zone: str) -> date | None:
    """The last day before this one on which the place took appointments."""
    rows = effective(scope, "appointment_slots", known_by).filter(
        place=place, from_at__lt=_start(before, zone)
    )
    last = rows.aggregate(last=Max("from_at"))["last"]
    return None if last is None else local_day(bare(last), zone)


def _start(day: date, zone: str) -> datetime:
    return midnight(day, zone).replace(tzinfo=UTC)


def _bookings(
    scope: Scope, known_by: datetime, place: str, begins: datetime, ends: datetime
) -> dict[tuple[str, datetime], list[Booking]]:
    rows = effective(scope, "appointments", known_by).filter(
        place=place, from_at__gte=begins, from_at__lt=ends
    )
    found = plain(rows.order_by("booked_at", "fact_id"))
    seen = {
        person
        for person, visits in clinics.seen_at(scope, known_by, begins, place).items()
        if any(one["seen_at"] < ends for one in visits)
    }
    of_slot: dict[tuple[str, datetime], list[Booking]] = {}
    for row in found:
        one = Booking(_keyed(row), row["person"] in seen)
        of_slot.setdefault((row["service"], row["from_at"]), []).append(one)
    return of_slot


def _keyed(row: Row) -> Row:
    return {**row, "key": hex_key(row["key_hi"], row["key_lo"])}
