"""The ledger within a scope: obligations, standing, what is not known and what was found too late."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet, Sum
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from sizao_web.records.access.policies import POLICIES
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Count, Obligation, Run, Standing, TooLate, Unknown
from sizao_web.records.models.ledger import RANK, RANKED

IN_ORDER = (RANK, "due_at", "obligation_id")
"""Overdue before open before upcoming before what is over, then the earlier due, then the number."""
_SORTING = "SELECT set_config('enable_sort', %s, true), set_config('enable_bitmapscan', %s, true)"


def obligations(scope: Scope) -> QuerySet[Obligation]:
    """Obligations that derive answers now; withdrawn ones are in `withdrawn`."""
    return Obligation.objects.filter(POLICIES["ledger_obligation"].q(scope), withdrawn_at__isnull=True)


def of_status(statuses: Iterable[str]) -> Q:
    """Rows, or counts, of these statuses.

    Their places in the order are stated too: what is read along the order then begins where they begin.
    """
    wanted = sorted(statuses)
    places = [RANKED.index(one) if one in RANKED else len(RANKED) for one in wanted]
    if not places:
        return Q(pk__in=())
    between = Q(GreaterThanOrEqual(RANK, min(places))) & Q(LessThanOrEqual(RANK, max(places)))
    return Q(status__in=wanted) & between


@contextmanager
def along_the_order() -> Iterator[None]:
    """Rows are read along the index of their order until the page is full, and not all of them sorted.

    The planner cannot know how many rows a policy lets through: it guesses a few, and would sort a city.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SORTING, ["off", "off"])
        yield
        cursor.execute(_SORTING, ["on", "on"])


def counts(scope: Scope) -> QuerySet[Count]:
    """How many obligations there are of each kind, without reading them; as kept with every run."""
    return Count.objects.filter(POLICIES["ledger_count"].q(scope))


def total(found: QuerySet[Count]) -> int:
    """How many rows these counts stand for."""
    return int(found.aggregate(total=Sum("rows"))["total"] or 0)


def by_status(found: QuerySet[Count]) -> dict[tuple[str, bool], int]:
    """(status, owned) -> how many rows."""
    rows = found.order_by().values_list("status", "owned").annotate(total=Sum("rows"))
    return {(status, owned): int(total) for status, owned, total in rows}


def withdrawn(scope: Scope) -> QuerySet[Obligation]:
    """Obligations that vanished, with the cause."""
    return Obligation.objects.filter(POLICIES["ledger_obligation"].q(scope), withdrawn_at__isnull=False)


def every_obligation(scope: Scope) -> QuerySet[Obligation]:
    """Live and withdrawn ones, for a page that shows one row whatever became of it."""
    return Obligation.objects.filter(POLICIES["ledger_obligation"].q(scope))


def standing(scope: Scope) -> QuerySet[Standing]:
    """What binds each person now."""
    return Standing.objects.filter(POLICIES["ledger_standing"].q(scope))


def unowned(scope: Scope) -> QuerySet[Obligation]:
    """Obligations for which no office of the task's level was found: the nearest above answers for them."""
    return obligations(scope).filter(owned=False, status__in=("overdue", "open", "upcoming"))


def unknown(scope: Scope) -> QuerySet[Unknown]:
    """Triggers about which a condition is not known."""
    return Unknown.objects.filter(POLICIES["ledger_unknown"].q(scope))


def too_late(scope: Scope) -> QuerySet[TooLate]:
    """Steps that were over before anybody knew."""
    return TooLate.objects.filter(POLICIES["ledger_too_late"].q(scope))


def last_run() -> Run | None:
    """The run that last brought the ledger up to date; it is about nobody."""
    return Run.objects.order_by("-id").first()


def has_followed(row: Mapping[str, Any] | None) -> bool:
    """Whether the ledger says what follows from this row of a fact (`facts.plain`); nothing is followed."""
    return row is None or not not_followed([row])


def not_followed(rows: Iterable[Mapping[str, Any]]) -> set[UUID]:
    """Which of these rows of facts (`facts.plain`) the last run did not have before it, by `fact_id`.

    Ask before reading the ledger: a run that ends between the two then only makes true what was not said yet.
    The moments alone do not tell: a row bears that of the request that recorded it, and a run that began
    after that, but before the request ended, has not seen it.
    """
    asked, last = list(rows), last_run()
    if last is None or not last.facts_until:
        return {row["fact_id"] for row in asked}
    snapshot, _, own = last.facts_until.partition("+")
    brought = {str(row["arrived_in"]) for row in asked}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT one FROM unnest(%s::text[]) AS one"
            " WHERE pg_visible_in_snapshot(one::xid8, %s::pg_snapshot)",
            [sorted(brought), snapshot],
        )
        seen = {one for (one,) in cursor.fetchall()} - {own}
    return {
        row["fact_id"]
        for row in asked
        if row["known_at"] > last.known_by or str(row["arrived_in"]) not in seen
    }
