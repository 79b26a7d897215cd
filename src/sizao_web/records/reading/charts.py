"""Control charts for who watches, and the rows of a day on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Max

from sizao.surveillance.charts import REPORTERS
from sizao.terms.identifiers import hex_key
from sizao.terms.time import midnight
from sizao_web.records import audit
from sizao_web.records.access.policies import POLICIES
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import ControlDay
from sizao_web.records.reading.facts import effective, links, plain
from sizao_web.records.watch.charts import CHARTS, SHOWN, VERDICTS
from sizao_web.records.writing import TYPED

__all__ = ["CHARTS", "SHOWN", "VERDICTS", "ControlDay", "Row", "days_of", "latest", "rows_of"]

MOST = 2_000
"""So many rows of a day are shown."""


@dataclass(frozen=True)
class Row:
    """One record behind a number: its fact, key and moment, and what it found where it is a result."""

    fact: str
    key: str
    record: str
    happened_at: Any
    result: str | None


def latest(scope: Scope) -> list[ControlDay]:
    """The last day of each subject on each chart, and every later day with a signal: signals first."""
    rows = ControlDay.objects.filter(POLICIES["watch_chart"].q(scope))
    last = dict(rows.values_list("kind").annotate(Max("day")))
    found: dict[tuple[str, str], ControlDay] = {}
    for one in rows.order_by("kind", "subject", "day"):
        if one.day > last[one.kind] - timedelta(days=7):
            before = found.get((one.kind, one.subject))
            if before is None or one.verdict or not before.verdict:
                found[one.kind, one.subject] = one
    return sorted(found.values(), key=lambda one: (one.verdict is None, one.kind, one.subject))


def days_of(scope: Scope, kind: str, subject: str) -> list[ControlDay]:
    """The days of one chart, the first first."""
    rows = ControlDay.objects.filter(POLICIES["watch_chart"].q(scope), kind=kind, subject=subject)
    return list(rows.order_by("day"))


def rows_of(scope: Scope, moment: Any, kind: str, subject: str, day: date) -> list[Row] | None:
    """The records behind a day, as far as the duty sees them; None where it reads no such fact."""
    facts = REPORTERS if kind == "reports" else ("results",)
    read = [fact for fact in facts if scope.may_read(fact)]
    if not read:
        return None
    found = [row for fact in read for row in _rows(scope, moment, kind, (fact, subject), day)]
    audit.note(scope, moment, "read", "chart", [f"{kind}/{subject}/{day.isoformat()}"])
    return sorted(found, key=lambda one: (one.happened_at, one.key))[:MOST]


def _rows(scope: Scope, moment: Any, kind: str, of: tuple[str, str], day: date) -> list[Row]:
    fact, subject = of
    zone = settings.SIZAO.zone
    begins, ends = (midnight(one, zone).replace(tzinfo=UTC) for one in (day, day + timedelta(days=1)))
    if kind == "reports":
        rows = links(scope, fact).filter(recorded_at__gte=begins, recorded_at__lt=ends, history=False)
        typed = rows.filter(source_system=TYPED, recorded_by=subject)
        rows = rows.filter(source_system=subject) | typed
    else:
        rows = effective(scope, fact, moment).filter(
            resulted_at__gte=begins, resulted_at__lt=ends, laboratory=subject
        )
    return [
        Row(
            fact,
            hex_key(row["key_hi"], row["key_lo"]),
            row["source_record"],
            row["happened_at"],
            row.get("result"),
        )
        for row in plain(rows[:MOST])
    ]
