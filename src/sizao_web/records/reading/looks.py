"""Who read and wrote about whom, for those who may ask: each asking is itself an entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q, QuerySet

from sizao_web.records import audit
from sizao_web.records.access.policies import POLICIES
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import AuditEntry
from sizao_web.records.sealing import pseudonyms
from sizao_web.records.watch.limits import limit

__all__ = ["ASKING", "Reader", "entries", "is_unusual", "limit", "readers", "what_was_read"]

ASKING = frozenset({"supervision", "administrator"})
"""Duties that may ask who did what: supervision in its area, an administrator about accounts."""
LOOKING = ("read", "export")
"""Deeds by which somebody learns something about people."""


@dataclass(frozen=True)
class Reader:
    """What one account read in a time under one duty. people: different subjects; entries: how often."""

    account: str
    role: str
    organisation: str | None
    purpose: str
    people: int
    entries: int
    exports: int
    first: datetime
    last: datetime


def entries(
    scope: Scope,
    moment: datetime,
    *,
    subject: str | None = None,
    account: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    most: int = 500,
) -> list[AuditEntry]:
    """Entries about a person, place or record, of an account, of a time; the last first.

    subject: what is asked about, in clear; it is looked for by its keyed hash and nothing keeps it.
    """
    found = _seen(scope, since, until)
    if subject is not None:
        found = found.filter(subject__in=pseudonyms(subject))
    if account is not None:
        found = found.filter(account=account)
    audit.note(scope, moment, "read", "audit", [subject or account or "audit"])
    return list(found.order_by("-happened_at", "-id")[:most])


def readers(scope: Scope, moment: datetime, since: datetime, until: datetime) -> list[Reader]:
    """Who read about how many people in a time, most people first."""
    found = _seen(scope, since, until).filter(deed__in=LOOKING)
    rows = (
        found.values("account", "role", "organisation", "purpose")
        .annotate(
            people=Count("subject", distinct=True),
            entries=Count("id"),
            exports=Count("id", filter=Q(deed="export")),
            first=Min("happened_at"),
            last=Max("happened_at"),
        )
        .order_by("-people", "account")
    )
    audit.note(scope, moment, "read", "audit", ["audit"])
    return [Reader(**row) for row in rows]


def what_was_read(
    scope: Scope, account: str, since: datetime, until: datetime
) -> Sequence[tuple[str, str, int, int]]:
    """Deed and what, how often and about how many, of one account in a time."""
    rows = (
        _seen(scope, since, until)
        .filter(account=account)
        .values("deed", "what")
        .annotate(entries=Count("id"), people=Count("subject", distinct=True))
        .order_by("-entries", "deed", "what")
    )
    return [(row["deed"], row["what"], row["entries"], row["people"]) for row in rows]


def is_unusual(people: int, usual: int) -> bool:
    """Whether somebody read about more people in a day than their like, by far; limits with their source in
    records/watch/limits.yaml."""
    return people > limit("unusual_people") and people > limit("unusual_times") * usual


def _seen(scope: Scope, since: datetime | None, until: datetime | None) -> QuerySet[AuditEntry]:
    found = AuditEntry.objects.filter(POLICIES["audit_entry"].q(scope))
    if since is not None:
        found = found.filter(happened_at__gte=since)
    if until is not None:
        found = found.filter(happened_at__lt=until)
    return found
