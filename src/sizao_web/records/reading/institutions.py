"""A place that reports: which reports it owes, what it last said, absences without a cause, closures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Obligation
from sizao_web.records.reading.facts import effective, plain
from sizao_web.records.reading.ledger import obligations
from sizao_web.records.reading.proofs import verbs_proved_by

Row = dict[str, Any]


def owed(scope: Scope, known_by: datetime, place: str, today: date) -> list[Row]:
    """Enrolments of the place that run today."""
    rows = effective(scope, "enrolments", known_by).filter(
        Q(until_on__isnull=True) | Q(until_on__gt=today), place=place, from_on__lte=today
    )
    return plain(rows.order_by("duty"))


CHECKED = frozenset({"school_checks", "hospital_gates", "entry_post", "bed_report"})
"""Duties that are met by checks or counts, which are recorded one by one: there is no report to give."""


def reports_owed(scope: Scope, known_by: datetime, place: str, today: date) -> list[Row]:
    """Of the enrolments that run today those for which the place gives a report."""
    return [row for row in owed(scope, known_by, place, today) if row["duty"] not in CHECKED]


def reports(scope: Scope, known_by: datetime, place: str) -> QuerySet[Any]:
    """Every report of the place."""
    return effective(scope, "institution_reports", known_by).filter(place=place)


def last_report(scope: Scope, known_by: datetime, place: str, duty: str, before: date) -> Row | None:
    """The last report about an earlier day."""
    rows = reports(scope, known_by, place).filter(duty=duty, for_on__lt=before)
    return next(iter(plain(rows.order_by("-for_on", "-reported_at")[:1])), None)


def report_of(scope: Scope, known_by: datetime, place: str, duty: str, day: date) -> Row | None:
    """The report about a day, where it was given."""
    rows = reports(scope, known_by, place).filter(duty=duty, for_on=day)
    return next(iter(plain(rows.order_by("-reported_at")[:1])), None)


def untraced(scope: Scope, known_by: datetime, place: str) -> list[Row]:
    """Absences whose cause nobody has found yet, the oldest first."""
    causes = effective(scope, "absence_causes", known_by).filter(absence=OuterRef("absence"))
    rows = effective(scope, "absences", known_by).filter(~Exists(causes), place=place)
    return plain(rows.order_by("absent_on", "absence"))


def absences_of(scope: Scope, known_by: datetime, place: str, day: date) -> int:
    """How many absences of a day are on record one by one."""
    return effective(scope, "absences", known_by).filter(place=place, absent_on=day).count()


def absences_entered(
    scope: Scope, known_by: datetime, place: str, day: date, who: Iterable[str]
) -> list[tuple[Row, list[Row]]]:
    """Absences of a day of these kinds of people, the oldest record first, each with the causes on record."""
    rows = effective(scope, "absences", known_by).filter(place=place, absent_on=day, who__in=tuple(who))
    absences = plain(rows.order_by("known_at", "absence"))
    traced = effective(scope, "absence_causes", known_by).filter(
        place=place, absence__in=[row["absence"] for row in absences]
    )
    causes: dict[str, list[Row]] = {}
    for row in plain(traced.order_by("known_at", "fact_id")):
        causes.setdefault(row["absence"], []).append(row)
    return [(row, causes.get(row["absence"], [])) for row in absences]


def absent_by_cause(scope: Scope, known_by: datetime, place: str, since: date) -> list[tuple[date, str, int]]:
    """(day, cause, how many) of the absences since a day, by day; "" where the cause is not known yet."""
    rows = plain(effective(scope, "absences", known_by).filter(place=place, absent_on__gte=since))
    causes = {
        row["absence"]: row["cause"]
        for row in plain(effective(scope, "absence_causes", known_by).filter(place=place))
    }
    found: dict[tuple[date, str], int] = {}
    for row in rows:
        key = (row["absent_on"], causes.get(row["absence"], ""))
        found[key] = found.get(key, 0) + 1
    return [(day, cause, number) for (day, cause), number in sorted(found.items())]


def closures(scope: Scope, known_by: datetime, place: str, today: date) -> list[Row]:
    """Closures that run or come."""
    rows = effective(scope, "closures", known_by).filter(place=place, until_on__gt=today)
    return plain(rows.order_by("from_on"))


def duties_of(scope: Scope, place: str, statuses: Iterable[str]) -> QuerySet[Obligation]:
    """What the place itself must do."""
    mine = Q(responsible=place) | Q(responsible__isnull=True, done_by=place)
    return obligations(scope).filter(mine, status__in=tuple(statuses)).order_by("due_at", "obligation_id")


def visits_to(scope: Scope, place: str) -> QuerySet[Obligation]:
    """What others must come to the place for: who checks there, until when."""
    coming = obligations(scope).filter(about=place, verb__in=verbs_proved_by("inspections"))
    return coming.filter(status__in=("open", "overdue")).order_by("due_at", "obligation_id")
