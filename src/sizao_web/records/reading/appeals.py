"""Appeals of the people of a scope, each with what was decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from sizao.terms.time import local_day
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.facts import effective, plain
from sizao_web.records.reading.pack import number_on
from sizao_web.settings.clock import bare

Row = dict[str, Any]
WITHIN = "appeal.decided_within"
"""Parameter of a pack: hours within which an appeal is decided."""


@dataclass(frozen=True)
class Appeal:
    """One appeal. due_at: by when it must be decided; None where the pack states no time."""

    row: Row
    decision: Row | None
    due_at: datetime | None


def appeals(scope: Scope, known_by: datetime, persons: Iterable[str] | None = None) -> list[Appeal]:
    """Those of these people, or of everybody in the scope: what waits first, the oldest first."""
    rows = effective(scope, "appeals", known_by)
    if persons is not None:
        rows = rows.filter(person__in=tuple(persons))
    found = plain(rows.order_by("appealed_at"))
    decided = effective(scope, "appeal_decisions", known_by).filter(
        appeal__in=[row["appeal"] for row in found]
    )
    # The last word counts: what was decided again replaces what was decided first.
    said = {row["appeal"]: row for row in plain(decided.order_by("decided_at", "known_at"))}
    told = [Appeal(row, said.get(row["appeal"]), _due(row)) for row in found]
    return sorted(told, key=lambda one: one.decision is not None)


def _due(row: Row) -> datetime | None:
    hours = number_on(WITHIN, local_day(bare(row["appealed_at"]), settings.SIZAO.zone))
    due: datetime | None = None if hours is None else row["appealed_at"] + timedelta(hours=hours)
    return due
