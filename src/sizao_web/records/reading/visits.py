"""One knock at the door: what an office must do on a day at one household, as in sizao.worklists.visits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Min, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Greatest, TruncDate

from sizao.terms.time import local_day, midnight
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Obligation
from sizao_web.records.reading.facts import effective, links
from sizao_web.records.reading.ledger import obligations
from sizao_web.records.reading.proofs import verbs_at_the_door
from sizao_web.settings.clock import bare

FIELDS = (
    "obligation_id", "rule", "version", "step", "verb", "about", "place", "status", "opens_at", "due_at",
    "closes_at", "household", "responsible", "area",
)  # fmt: skip
BY_HAND = ("health_checks", "visits", "room_stays", "dependants")
"""Facts about one person that a visit leaves."""


@dataclass(frozen=True)
class Door:
    """One visit: the household (or the person who belongs to none) on the day on which to go there."""

    door: str
    household: str | None
    office: str
    area: str | None
    visit_on: date
    persons: int
    rows: int
    overdue: int
    due_at: datetime


def due_at_doors(scope: Scope, offices: Iterable[str]) -> QuerySet[Obligation]:
    """Overdue and open rows about persons that these offices prove at the door."""
    return obligations(scope).filter(
        responsible__in=tuple(offices),
        about_kind="person",
        status__in=("overdue", "open"),
        verb__in=verbs_at_the_door(),
    )


def doors(scope: Scope, offices: Iterable[str], moment: datetime, zone: str) -> list[Door]:
    """The visits, in the order in which somebody must go: the day, the overdue first, the earlier due.

    What is overdue is done on the next visit, not in the past: it belongs to today.
    """
    today = local_day(bare(moment), zone)
    # A limit at midnight belongs to the day that it ends.
    due_day = TruncDate(F("due_at") - Value(timedelta(microseconds=1)), tzinfo=ZoneInfo(zone))
    merged = (
        due_at_doors(scope, offices)
        .annotate(door=Coalesce("household", "about"), visit_on=Greatest(due_day, Value(today)))
        .values("visit_on", "responsible", "household", "door")
        .annotate(
            persons=Count("about", distinct=True),
            row_count=Count("obligation_id"),
            overdue=Count("obligation_id", filter=Q(status="overdue")),
            first_due=Min("due_at"),
            in_area=Min("area"),
        )
    )
    found = [
        Door(
            door=row["door"],
            household=row["household"],
            office=row["responsible"],
            area=row["in_area"],
            visit_on=row["visit_on"],
            persons=row["persons"],
            rows=row["row_count"],
            overdue=row["overdue"],
            due_at=row["first_due"],
        )
        for row in merged
    ]
    return sorted(found, key=lambda one: (one.visit_on, one.overdue == 0, one.due_at, one.office, one.door))


def rows_of(scope: Scope, offices: Iterable[str], doors: Sequence[str]) -> list[dict[str, Any]]:
    """What is due at these doors, in order of its limit."""
    at_home = Q(household__in=doors) | Q(household__isnull=True, about__in=doors)
    found = due_at_doors(scope, offices).filter(at_home).order_by("due_at", "obligation_id")
    return list(found.values(*FIELDS))


def members_of(scope: Scope, moment: datetime, zone: str, households: Iterable[str]) -> dict[str, list[str]]:
    """Household -> the people in it today whom the scope sees, as `households` and `residences` say."""
    today, wanted = local_day(bare(moment), zone), tuple(households)
    found: dict[str, set[str]] = {household: set() for household in wanted}
    for fact in ("households", "residences"):
        if not scope.may_read(fact):
            continue
        rows = effective(scope, fact, moment).filter(household__in=wanted, from_on__lte=today)
        lasting = rows.filter(Q(until_on__isnull=True) | Q(until_on__gt=today))
        for household, person in lasting.values_list("household", "person"):
            found[household].add(person)
    return {household: sorted(people) for household, people in found.items()}


def recorded_today(
    scope: Scope, moment: datetime, zone: str, persons: Iterable[str]
) -> dict[str, list[tuple[datetime, str, dict[str, Any]]]]:
    """Person -> the checks and visits of today, in order of their moment: (moment, fact, its values)."""
    since = midnight(local_day(bare(moment), zone), zone)
    found: dict[str, list[tuple[datetime, str, dict[str, Any]]]] = {}
    wanted = tuple(persons)
    for fact, at in (("health_checks", "checked_at"), ("visits", "visited_at")):
        rows = effective(scope, fact, moment).filter(person__among=wanted, **{f"{at}__gte": _aware(since)})
        for row in rows.values():
            found.setdefault(row["person"], []).append((row[at], fact, row))
    return {person: sorted(rows, key=lambda row: row[:2]) for person, rows in found.items()}


def recorded_in(scope: Scope, visit: str, persons: Iterable[str]) -> list[tuple[str, dict[str, Any]]]:
    """(fact, values) of every row this visit left that still counts, in the order it was recorded."""
    wanted, found = tuple(persons), []
    for fact in (*BY_HAND, "sample_members"):
        if scope.may_read(fact):
            found += [(fact, row) for row in _kept(links(scope, fact).filter(person__among=wanted), visit)]
    tubes = [row["sample"] for fact, row in found if fact == "sample_members"]
    if tubes:
        found += [("samples", row) for row in _kept(links(scope, "samples").filter(sample__in=tubes), visit)]
    return sorted(found, key=lambda one: one[1]["recorded_at"])


def _kept(rows: QuerySet[Any], visit: str) -> list[dict[str, Any]]:
    """Of each record the last link, unless it retracts."""
    last: dict[str, dict[str, Any]] = {}
    for row in rows.filter(source_record__startswith=f"{visit}/").order_by("source_version").values():
        last[row["source_record"]] = row
    return [row for row in last.values() if row["action"] != "retract"]


def _aware(instant: datetime) -> datetime:
    return instant.replace(tzinfo=ZoneInfo("UTC"))
