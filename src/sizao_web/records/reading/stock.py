"""Stock: what is there since the last count, for how many days; works; stations without a thermometer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from sizao.capacity.lasting import days_left, used_up
from sizao.terms.time import local_day
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.capacity import Resource, last_told
from sizao_web.records.reading.facts import effective, plain
from sizao_web.records.reading.ledger import obligations
from sizao_web.settings.clock import bare

Row = dict[str, Any]
IN, OUT = ("donated", "received"), ("dispatched", "used")
AHEAD = 14
"""Days that a stock is looked ahead."""
HAVING = ("station", "port")
"""Kinds of places that must have a fixed thermometer: airports, railway and coach stations (D1-59)."""
FINISHED = ("built", "in_use")


@dataclass(frozen=True)
class Shelf:
    """One item of one office. quantity: of the last count with what came and went since."""

    row: Row
    quantity: float
    came: float
    went: float

    @property
    def left(self) -> float | None:
        """For how many days it lasts as it is used; None where nothing is used."""
        return days_left(self.quantity, self.row["daily_use"])

    @property
    def below_reserve(self) -> bool:
        """Whether less is there than should be."""
        return self.row["reserve"] is not None and self.quantity < self.row["reserve"]


def shelves(scope: Scope, known_by: datetime) -> list[Shelf]:
    """Every item that was ever counted, of every office of the scope, what lasts shortest first."""
    rows = last_told(scope, known_by, "stock_counts", ("office", "item"))
    moved: dict[tuple[str, str], list[Row]] = {}
    for row in plain(effective(scope, "movements", known_by)):
        moved.setdefault((row["office"], row["item"]), []).append(row)
    found = []
    for row in rows:
        since = [
            one for one in moved.get((row["office"], row["item"]), ()) if one["moved_at"] > row["counted_at"]
        ]
        came = sum(one["quantity"] for one in since if one["kind"] in IN)
        went = sum(one["quantity"] for one in since if one["kind"] in OUT)
        found.append(Shelf(row, row["quantity"] + came - went, came, went))
    return sorted(
        found, key=lambda one: (one.left is None, one.left or 0.0, one.row["item"], one.row["office"])
    )


def stock(scope: Scope, known_by: datetime, zone: str) -> list[Resource]:
    """The same as something that runs out; what is used at no rate does not."""
    today = local_day(bare(known_by), zone)
    return [
        Resource(
            "stock", one.row["office"], one.row["item"], one.quantity, one.row["reserve"],
            used_up(one.quantity, one.row["daily_use"], today, AHEAD), one.row["office"],
            one.row["counted_at"], {},
        )
        for one in shelves(scope, known_by)
    ]  # fmt: skip


@dataclass(frozen=True)
class Project:
    """Works: how far they are and until when. due_on: the last day, of the pack's rule before their own."""

    row: Row
    stage: str | None
    due_on: date | None
    late: bool


def works(scope: Scope, known_by: datetime, zone: str) -> list[Project]:
    """Works that are not finished, the first limit first."""
    today = local_day(bare(known_by), zone)
    steps: dict[str, set[str]] = {}
    for row in plain(effective(scope, "works_steps", known_by)):
        steps.setdefault(row["works"], set()).add(row["stage"])
    limits: dict[str, date] = {}
    for place, due in obligations(scope).filter(trigger_fact="works").values_list("about", "due_at"):
        day = local_day(bare(due) - timedelta(microseconds=1), zone)
        limits[place] = min(day, limits.get(place, day))
    found = []
    for row in plain(effective(scope, "works", known_by).order_by("works")):
        reached = steps.get(row["works"], set())
        if "in_use" in reached or (row["kind"] != "laboratory_opening" and "built" in reached):
            continue
        due = limits.get(row["place"], row["due_on"])
        stage = next((one for one in ("in_use", "built", "formalities") if one in reached), None)
        found.append(Project(row, stage, due, due is not None and due < today))
    return sorted(found, key=lambda one: (one.due_on or date.max, one.row["works"]))


def without_thermometer(scope: Scope, known_by: datetime, zone: str) -> QuerySet[Any]:
    """Stations and ports of the scope's area without a fixed thermometer."""
    today = local_day(bare(known_by), zone)
    has = effective(scope, "equipment", known_by).filter(place=OuterRef("place"), kind="fixed_thermometer")
    inside = Q(located_in=scope.area) | Q(located_in__gte=f"{scope.area}/", located_in__lt=f"{scope.area}0")
    lasting = Q(until_on__isnull=True) | Q(until_on__gt=today)
    rows = effective(scope, "places", known_by).filter(inside, lasting, kind__in=HAVING)
    return rows.filter(~Exists(has))
