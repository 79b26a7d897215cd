"""Control charts of laboratories and reporters, drawn from the facts once an hour and kept for who watches.

The counting is the library's SQL, run where the facts are; what comes back are counts of days, and the
library judges them. Today is not over and is not drawn: what is still to come would look like silence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.db import connection, transaction

from sizao.facts.schemas import arrow_schema
from sizao.surveillance import discordance, limits, positivity, reports
from sizao.surveillance.charts import SCHEMA
from sizao.terms.queries import KernelStep, Query, SqlStep
from sizao.terms.time import local_day, midnight
from sizao.terms.words import Words
from sizao_web.records.ledger.reading_facts import selected
from sizao_web.records.models import ControlDay
from sizao_web.records.writing import TYPED
from sizao_web.settings.clock import bare

SHOWN = timedelta(days=60)
WARNS = timedelta(days=2)
"""A signal of the last days is an alarm; later it stands on the chart only."""
_COUNTED = pa.schema([SCHEMA.field(name) for name in ("subject", "day", "tested", "found")])


@dataclass(frozen=True)
class Chart:
    """One kind of chart. tested, found: what its two counts are called; dated: the column by which a fact
    belongs to a day."""

    label: Words
    tells: Words
    tested: Words | None
    found: Words
    query: Callable[..., Query]
    dated: str


CHARTS: Mapping[str, Chart] = MappingProxyType(
    {
        "positivity": Chart(
            Words("实验室阳性数", "positives of laboratories"),
            Words(
                "与本实验室以往的阳性率相比，并扣除同期其他实验室的共同变化。",
                "Against the laboratory's own past share of positives, moved by what the others found.",
            ),
            Words("检测", "tested"),
            Words("阳性", "positive"),
            positivity,
            "resulted_at",
        ),
        "discordance": Chart(
            Words("复检不一致数", "results that disagree"),
            Words(
                "同一样本两次结果，一阳一阴。偏少不算异常。",
                "Two results of one sample, positive beside negative. Too few is no signal.",
            ),
            Words("成对结果", "pairs"),
            Words("不一致", "disagree"),
            discordance,
            "resulted_at",
        ),
        "reports": Chart(
            Words("报送行数", "rows of reporters"),
            Words(
                "与该来源同类日子（平日、周末）以往的行数相比。",
                "Against the source's own past days of the same sort (weekdays, weekends).",
            ),
            None,
            Words("行", "rows"),
            reports,
            "recorded_at",
        ),
    }
)
"""Name -> chart."""
VERDICTS: Mapping[str, Words] = MappingProxyType(
    {
        "low": Words("偏低", "too low"),
        "high": Words("偏高", "too high"),
        "silent": Words("无报送", "silent"),
        "jump": Words("突增", "a jump"),
    }
)


def draw(moment: datetime) -> int:
    """Draw every chart anew; how many days have a signal. Works as the jobs' role."""
    signals = 0
    for kind in CHARTS:
        rows = _drawn(kind, moment)
        with transaction.atomic():
            ControlDay.objects.filter(kind=kind).delete()
            ControlDay.objects.bulk_create(
                (ControlDay(kind=kind, drawn_at=moment, **row) for row in rows), batch_size=5_000
            )
        signals += sum(row["verdict"] is not None for row in rows)
    return signals


def _drawn(kind: str, moment: datetime) -> list[dict[str, Any]]:
    zone = settings.SIZAO.zone
    last = local_day(bare(moment), zone) - timedelta(days=1)
    first = last - SHOWN + timedelta(days=1)
    words: dict[str, Any] = {"known_by": bare(moment)}
    words |= {"zone": zone, "limits": limits()} | ({"typed": TYPED} if kind == "reports" else {})
    query = CHARTS[kind].query(first, last, **words)
    counted = _counted(query, CHARTS[kind].dated, _since(kind, first))
    kernel = next(step for step in query.steps if isinstance(step, KernelStep))
    found: list[dict[str, Any]] = kernel.kernel({"counted": counted}).to_pylist()
    return found


def _since(kind: str, first: date) -> str:
    """SQL: rows that a chart from this day on rests on, of facts that have the column of its day."""
    margin = timedelta(days=limits().baseline_days + max(limits().windows) + 2)
    begins = midnight(first - margin, settings.SIZAO.zone).isoformat(sep=" ")
    return f"\"{CHARTS[kind].dated}\" >= TIMESTAMPTZ '{begins}+00'"


def _counted(query: Query, dated: str, since: str) -> pa.Table:
    """What the query counts, counted by PostgreSQL: a table of facts for each name, then its steps."""
    tables = {}
    for fact in query.inputs:
        has = any(field.name == dated for field in arrow_schema(fact))
        tables[fact] = selected(fact, since if has else "TRUE")
    steps = {step.name: step.sql for step in query.steps if isinstance(step, SqlStep)}
    listed = ", ".join(f"{name} AS ({sql})" for name, sql in {**tables, **steps}.items())
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {listed} SELECT subject, day, tested, found FROM counted")
        rows = [dict(zip(_COUNTED.names, row, strict=True)) for row in cursor.fetchall()]
    return pa.Table.from_pylist(rows, schema=_COUNTED)
