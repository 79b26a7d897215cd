"""Who is on duty at an office, what the last shift left, incidents and assignments with their rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from sizao.terms.identifiers import hex_key
from sizao.terms.words import Words
from sizao_web.accounts.models import Account, Assignment
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Obligation
from sizao_web.records.reading.facts import effective, plain
from sizao_web.records.reading.ledger import every_obligation, obligations

Row = dict[str, Any]
KEEPING = ("keep_duty", "keep_leader")
"""Verbs of rows that a running shift proves."""


@dataclass(frozen=True)
class Followed:
    """An incident or an assignment: its row, what was reported of it in order, its rows of the ledger."""

    row: Row
    reports: tuple[Row, ...]
    rows: tuple[Obligation, ...]

    @property
    def key(self) -> str:
        """Its key, for addresses."""
        return hex_key(self.row["key_hi"], self.row["key_lo"])


def running_shifts(scope: Scope, moment: datetime, office: str, kind: str) -> list[Row]:
    """The shifts of a kind that are going on at an office."""
    rows = effective(scope, "shifts", moment).filter(office=office, kind=kind, from_at__lte=moment)
    return plain(rows.filter(Q(until_at__isnull=True) | Q(until_at__gt=moment)).order_by("from_at"))


def left_at(scope: Scope, moment: datetime, office: str, kind: str) -> datetime | None:
    """When the last shift of this kind ended; None where none has."""
    over = effective(scope, "shifts", moment).filter(office=office, kind=kind, until_at__lte=moment)
    found: datetime | None = over.aggregate(last=Max("until_at"))["last"]
    return found


def notes_left(scope: Scope, moment: datetime, office: str, most: int = 5) -> list[Row]:
    """What shifts of the office said to the next, the last first."""
    rows = effective(scope, "shifts", moment).filter(office=office, note__isnull=False)
    return plain(rows.order_by("-from_at")[:most])


def planned(scope: Scope, moment: datetime, office: str) -> list[Row]:
    """The roster from now on."""
    rows = effective(scope, "rosters", moment).filter(office=office, until_at__gt=moment)
    return plain(rows.order_by("from_at", "kind", "holder"))


def duty_rows(scope: Scope, office: str) -> list[Obligation]:
    """What the office owes about its own duty: that somebody is on duty, that somebody leads."""
    return list(obligations(scope).filter(about=office, verb__in=KEEPING).order_by("verb", "obligation_id"))


def colleagues(moment: datetime, office: str) -> dict[str, Words]:
    """The accounts that work for an office now, by name: who may be on duty is no secret."""
    now = Q(until_at__isnull=True) | Q(until_at__gt=moment)
    works = Assignment.objects.filter(now, account=OuterRef("pk"), organisation=office, from_at__lte=moment)
    found = Account.objects.filter(Exists(works), is_active=True).order_by("username")
    return {one.username: one.name for one in found}


def incidents(scope: Scope, moment: datetime) -> QuerySet[Any]:
    """Incidents that count; is_closed: whether their end was reported."""
    ended = effective(scope, "incident_reports", moment).filter(
        incident=OuterRef("incident"), office=OuterRef("office"), stage="final"
    )
    return effective(scope, "incidents", moment).annotate(is_closed=Exists(ended))


def assignments(scope: Scope, moment: datetime) -> QuerySet[Any]:
    """Assignments that count; is_done: whether the office reported them done, with what proves it."""
    done = effective(scope, "assignment_reports", moment).filter(
        assignment=OuterRef("assignment"), office=OuterRef("office"), state="done", evidence__isnull=False
    )
    return effective(scope, "assignments", moment).annotate(is_done=Exists(done))


def followed(scope: Scope, moment: datetime, fact: str, rows: Iterable[Row]) -> list[Followed]:
    """Incidents or assignments with their reports and rows. fact: incidents or assignments."""
    rows = list(rows)
    name, reports = (
        ("incident", "incident_reports")
        if fact == "incidents"
        else (
            "assignment",
            "assignment_reports",
        )
    )
    said: dict[tuple[str, str], list[Row]] = {}
    wanted = effective(scope, reports, moment).filter(**{f"{name}__in": [row[name] for row in rows]})
    for one in plain(wanted.order_by("reported_at")):
        said.setdefault((one[name], one["office"]), []).append(one)
    keys = {hex_key(row["key_hi"], row["key_lo"]): row for row in rows}
    due: dict[str, list[Obligation]] = {}
    for one in every_obligation(scope).filter(trigger_fact=fact, trigger_key__in=keys).order_by("due_at"):
        due.setdefault(one.trigger_key, []).append(one)
    return [
        Followed(row, tuple(said.get((row[name], row["office"]), ())), tuple(due.get(key, ())))
        for key, row in keys.items()
    ]


def one(scope: Scope, moment: datetime, fact: str, name: str) -> Followed | None:
    """One incident or assignment by its number; None where the scope sees none."""
    rows = incidents(scope, moment) if fact == "incidents" else assignments(scope, moment)
    found = plain(rows.filter(**{fact.removesuffix("s"): name}).order_by("-known_at"))
    return next(iter(followed(scope, moment, fact, found[:1])), None)
