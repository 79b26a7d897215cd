"""Deliveries as those see them who sent them, and what became of their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Func, IntegerField, QuerySet, Value

from sizao.intake.problems import Problem
from sizao_web.records.access.policies import POLICIES
from sizao_web.records.access.scope import Scope
from sizao_web.records.deliveries.receipts import public_key as public_key
from sizao_web.records.deliveries.rows import opened_row
from sizao_web.records.models import Delivery, DeliveryRow, DeliveryStored, SheetMapping

PAGE = 50


@dataclass(frozen=True)
class Outcome:
    """What became of one row. cells and problems: of a row that was not taken, while it is kept."""

    line: int
    outcome: str
    fact: str | None
    cells: dict[str, str | None] | None
    problems: Sequence[Problem]


def deliveries(scope: Scope, **narrowed: Any) -> QuerySet[Delivery]:
    """What this scope sees, the last first."""
    return Delivery.objects.filter(POLICIES["delivery"].q(scope), **narrowed).order_by("-received_at", "-id")


def delivery(scope: Scope, number: str) -> Delivery | None:
    """One delivery; None for one that this scope does not see."""
    return deliveries(scope, pk=number).first()


def outcomes(scope: Scope, number: str, page: int = 1, *, size: int = PAGE) -> list[Outcome]:
    """A page of the rows of a delivery by line."""
    first = (max(page, 1) - 1) * size
    new = DeliveryStored.objects.filter(POLICIES["delivery_stored"].q(scope), delivery_id=number)
    stored = new.values(line=Unnest("lines"), part=Unnest("parts"), said=Value("stored"), of=F("fact"))
    others = _rows(scope, number).values("line", "part", said=F("outcome"), of=F("fact"))
    listed = list(others.union(stored, all=True).order_by("line", "part")[first : first + size])
    kept = {
        (row.line, row.part): row
        for row in _rows(scope, number).filter(line__in={one["line"] for one in listed}, sealed__isnull=False)
    }
    return [
        _outcome(kept[place])
        if (place := (one["line"], one["part"])) in kept
        else Outcome(one["line"], one["said"], one["of"], None, ())
        for one in listed
    ]


def not_taken(scope: Scope, number: str) -> list[Outcome]:
    """Every row of a delivery that was rejected or in conflict, by line."""
    rows = _rows(scope, number).filter(outcome__in=("rejected", "conflict"))
    return [_outcome(row) for row in rows.order_by("line")]


def waiting(scope: Scope, number: str) -> list[int]:
    """The lines of a delivery that wait for the ledger."""
    rows = _rows(scope, number).filter(outcome="waiting")
    return list(rows.order_by("line").values_list("line", flat=True))


def mappings(scope: Scope) -> QuerySet[SheetMapping]:
    """The mappings that this scope may use: of each name the last version."""
    seen = SheetMapping.objects.filter(POLICIES["sheet_mapping"].q(scope))
    return seen.order_by("area", "organisation", "name", "-version").distinct("area", "organisation", "name")


def mapping(scope: Scope, number: int) -> SheetMapping | None:
    """One version of a mapping."""
    return SheetMapping.objects.filter(POLICIES["sheet_mapping"].q(scope), pk=number).first()


class Unnest(Func):  # type: ignore[misc]
    """The elements of an array, each a row of its own."""

    function = "unnest"
    set_returning = True
    output_field = IntegerField()


def _rows(scope: Scope, number: str) -> QuerySet[DeliveryRow]:
    return DeliveryRow.objects.filter(POLICIES["delivery_row"].q(scope), delivery_id=number)


def _outcome(row: DeliveryRow) -> Outcome:
    cells, problems = opened_row(str(row.delivery_id), row.line, row.sealed)
    return Outcome(row.line, row.outcome, row.fact, cells, problems)
