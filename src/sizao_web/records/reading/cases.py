"""Confirmed cases counted and listed: the four earlies over the last days, and the curve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from django.db.models import Aggregate, Count, Exists, FloatField, OuterRef, Q

from sizao.indicators.earlies import MILESTONES
from sizao_web.records.reading.answers import Answer
from sizao_web.records.reading.measures import Clock

EARLY_WINDOW_DAYS = 14
LIMIT_DAYS: Mapping[str, int] = MappingProxyType({"sample": 2, "report": 2, "isolation": 2, "admission": 2})
"""Within how many days after onset each milestone counts as early. Of this system, not of a directive."""

EACH = ("decided", "in_limit", "reached", "not_reached")
OF_ALL = ("onset_unknown", "too_late")
"""Of a case, whichever of the milestones is looked at: counted once for all of them."""
WHICH = (*EACH, *OF_ALL)


@dataclass(frozen=True)
class Early:
    """One of the four earlies. median, p90: days from onset, over the cases that reached it."""

    milestone: str
    limit: int
    median: float | None
    p90: float | None
    counts: Mapping[str, int]  # by WHICH

    @property
    def share(self) -> float | None:
        """In the limit, of those decided."""
        return self.counts["in_limit"] / self.counts["decided"] if self.counts["decided"] else None


class Percentile(Aggregate):
    """percentile_cont over the rows that have a value."""

    function = "percentile_cont"
    output_field = FloatField()

    def __init__(self, expression: str, share: float, **extra: Any) -> None:
        template = f"%(function)s({share}) WITHIN GROUP (ORDER BY %(expressions)s)"
        super().__init__(expression, template=template, **extra)


def recent(clock: Clock) -> Q:
    """Cases confirmed in the last EARLY_WINDOW_DAYS days, today among them."""
    return Q(confirmed_at__gte=clock.today_from - timedelta(days=EARLY_WINDOW_DAYS - 1))


def condition(milestone: str, which: str, answer: Answer, clock: Clock) -> Q:
    """Which cases a figure counts; as in sizao.indicators.earlies."""
    days = f"{milestone}_days"
    limit = LIMIT_DAYS[milestone]
    reached = Q(**{f"{days}__isnull": False})
    passed = Q(onset_on__lt=clock.today - timedelta(days=limit))
    decided = Q(onset_on__isnull=False) & (reached | passed)
    match which:
        case "decided":
            return decided
        case "in_limit":
            return decided & Q(**{f"{days}__lte": limit})
        case "reached":
            return reached
        case "not_reached":
            return Q(onset_on__isnull=False) & ~reached
        case "onset_unknown":
            return Q(onset_on__isnull=True)
        case "too_late":
            return Q(Exists(answer.too_late().filter(about=OuterRef("person"))))
    raise KeyError(which)


def earlies(answer: Answer, clock: Clock, area: Q) -> list[Early]:
    """The four earlies of an area."""
    wanted: dict[str, Any] = {
        which: Count("pk", filter=condition(MILESTONES[0], which, answer, clock)) for which in OF_ALL
    }
    for name in MILESTONES:
        wanted |= {
            f"{name}_{which}": Count("pk", filter=condition(name, which, answer, clock)) for which in EACH
        }
        wanted[f"{name}_median"] = Percentile(f"{name}_days", 0.5)
        wanted[f"{name}_p90"] = Percentile(f"{name}_days", 0.9)
    found = answer.cases().filter(area, recent(clock)).aggregate(**wanted)
    return [
        Early(
            name,
            LIMIT_DAYS[name],
            found[f"{name}_median"],
            found[f"{name}_p90"],
            {which: found[f"{name}_{which}" if which in EACH else which] for which in WHICH},
        )
        for name in MILESTONES
    ]
