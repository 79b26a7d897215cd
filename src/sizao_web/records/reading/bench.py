"""A laboratory's bench: tubes on their way to it, tubes without a result, results it gave, and how fast."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import median
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from sizao.terms.identifiers import hex_key
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.facts import effective
from sizao_web.records.reading.tubes import result_due

Row = dict[str, Any]
OLDEST = timedelta(days=7)
"""A tube that has been on its way for longer does not come any more: the team is asked, not the bench."""


@dataclass(frozen=True)
class Waiting:
    """One tube without a result. taken_at, kind: as far as a team has told; received_at: None on the way.

    receipt: the page of the record that says it came, where that is taken back; None on the way.
    """

    sample: str
    taken_at: datetime | None
    received_at: datetime | None
    kind: str | None
    receipt: str | None = None

    def due(self, zone_day: Any) -> datetime | None:
        """Until when its result is due: from sampling on, or from its coming where nobody told of it."""
        began = self.taken_at or self.received_at
        return None if began is None else result_due(began, self.kind or "single", zone_day(began))


@dataclass(frozen=True)
class Given:
    """One result. key: of its page, where it is corrected; taken_at: None where no team told of the tube."""

    sample: str
    result: str
    resulted_at: datetime
    key: str
    kind: str | None
    taken_at: datetime | None


@dataclass(frozen=True)
class Speed:
    """How fast results of one kind of tube came: hours from sampling, how many within the pack's time."""

    kind: str
    count: int
    half: float
    nine_tenths: float
    in_time: int | None


def on_the_way(scope: Scope, known_by: datetime) -> list[Waiting]:
    """Tubes sent to this laboratory that have not come and have no result, the oldest first."""
    sent = effective(scope, "samples", known_by).filter(
        laboratory=scope.organisation, taken_at__gte=known_by - OLDEST
    )
    rows = sent.filter(~_has(scope, "sample_receipts", known_by), ~_has(scope, "results", known_by))
    found = rows.order_by("taken_at", "sample").values_list("sample", "taken_at", "kind")
    return [Waiting(sample, taken_at, None, kind) for sample, taken_at, kind in found]


def without_result(scope: Scope, known_by: datetime) -> list[Waiting]:
    """Tubes that this laboratory has received and given no result for, the oldest first."""
    came = effective(scope, "sample_receipts", known_by).filter(laboratory=scope.organisation)
    waits = came.filter(~_has(scope, "results", known_by)).order_by("received_at", "sample")
    rows = list(waits.values_list("sample", "received_at", "key_hi", "key_lo"))
    told = _told(scope, known_by, [sample for sample, *_ in rows])
    found = {
        sample: Waiting(
            sample,
            told.get(sample, {}).get("taken_at"),
            received_at,
            told.get(sample, {}).get("kind"),
            hex_key(hi, lo),
        )
        for sample, received_at, hi, lo in rows
    }
    return sorted(found.values(), key=lambda one: (one.taken_at or one.received_at or known_by, one.sample))


def received(scope: Scope, known_by: datetime, samples: Collection[str]) -> dict[str, datetime]:
    """Tube -> when it came, of those that came."""
    rows = effective(scope, "sample_receipts", known_by).filter(sample__among=samples)
    return dict(rows.order_by("-received_at").values_list("sample", "received_at"))


def results_of(scope: Scope, known_by: datetime, samples: Collection[str]) -> dict[str, list[Given]]:
    """Tube -> every result that counts, the last first; two that differ contradict each other."""
    return _given(scope, known_by, effective(scope, "results", known_by).filter(sample__among=samples))


def given_since(scope: Scope, known_by: datetime, since: datetime) -> list[Given]:
    """The results of this laboratory since a moment, the last first."""
    rows = effective(scope, "results", known_by).filter(laboratory=scope.organisation, resulted_at__gte=since)
    found = [one for several in _given(scope, known_by, rows).values() for one in several]
    return sorted(found, key=lambda one: (one.resulted_at, one.sample), reverse=True)


def contradicting(scope: Scope, known_by: datetime, given: Iterable[Given]) -> list[list[Given]]:
    """Of the tubes of these results, those with two that differ."""
    rows = effective(scope, "results", known_by).filter(sample__among={one.sample for one in given})
    found: dict[str, set[str]] = {}
    for sample, result in rows.values_list("sample", "result"):
        found.setdefault(sample, set()).add(result)
    differing = [sample for sample, results in found.items() if len(results) > 1]
    return list(results_of(scope, known_by, differing).values())


def speeds(given: Iterable[Given], day_of: Any) -> list[Speed]:
    """By kind of tube, over results whose sampling is on record."""
    hours: dict[str, list[float]] = {}
    kept: dict[str, list[bool]] = {}
    for one in given:
        if one.taken_at is None or one.kind is None:
            continue
        hours.setdefault(one.kind, []).append((one.resulted_at - one.taken_at).total_seconds() / 3600)
        until = result_due(one.taken_at, one.kind, day_of(one.taken_at))
        if until is not None:
            kept.setdefault(one.kind, []).append(one.resulted_at <= until)
    return [
        Speed(
            kind,
            len(took),
            median(took),
            sorted(took)[ceil(0.9 * len(took)) - 1],
            sum(kept[kind]) if kind in kept else None,
        )
        for kind, took in sorted(hours.items())
    ]


def _has(scope: Scope, fact: str, known_by: datetime) -> Exists:
    return Exists(effective(scope, fact, known_by).filter(sample=OuterRef("sample")))


def _told(scope: Scope, known_by: datetime, samples: Collection[str]) -> dict[str, Row]:
    """Tube -> what a team told of it, as far as the laboratory sees it."""
    rows = effective(scope, "samples", known_by).filter(sample__among=samples)
    return {row["sample"]: row for row in rows.values("sample", "taken_at", "kind")}


def _given(scope: Scope, known_by: datetime, rows: QuerySet[Any]) -> dict[str, list[Given]]:
    found = list(
        rows.order_by("-resulted_at", "-known_at").values(
            "sample", "result", "resulted_at", "key_hi", "key_lo"
        )
    )
    told = _told(scope, known_by, [row["sample"] for row in found])
    made: dict[str, list[Given]] = {}
    for row in found:
        of = told.get(row["sample"], {})
        key = hex_key(row["key_hi"], row["key_lo"])
        one = Given(row["sample"], row["result"], row["resulted_at"], key, of.get("kind"), of.get("taken_at"))
        made.setdefault(row["sample"], []).append(one)
    return made
