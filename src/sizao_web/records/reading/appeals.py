"""Appeals of the people of a scope: who hears each, since when, by when, and what was decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from sizao.terms.identifiers import hex_key
from sizao.terms.time import local_day
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Obligation
from sizao_web.records.reading.arrivals import office_for
from sizao_web.records.reading.facts import effective, plain
from sizao_web.records.reading.ledger import every_obligation, obligations
from sizao_web.records.reading.pack import number_on, policy_in_use
from sizao_web.settings.clock import bare

Row = dict[str, Any]
WITHIN = "appeal.decided_within"
"""Parameter of a pack: hours within which an appeal is decided."""


@dataclass(frozen=True)
class Appeal:
    """One appeal. due_at: by when it must be decided; None where the pack states no time.

    office: who must decide it, by its row in the ledger; before that row is there, or where the pack has
    none, the office that the text of what is appealed against names, or, where that names none, the only one
    that texts of the pack do name. None where there is no such text, or the area has no such office.
    """

    row: Row
    decision: Row | None
    due_at: datetime | None
    office: str | None


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
    rows_of = _rows_of(scope, found)
    tasks = _tasks(scope, found)
    told = []
    for row in found:
        due, office = rows_of.get(hex_key(row["key_hi"], row["key_lo"]), (_due(row), None))
        office = office or _office(scope, known_by, row, tasks)
        told.append(Appeal(row, said.get(row["appeal"]), due, office))
    return sorted(told, key=lambda one: one.decision is not None)


def _rows_of(scope: Scope, found: Iterable[Row]) -> dict[str, tuple[datetime, str | None]]:
    """Key of an appeal -> by when its row says that it must be decided, and who must."""
    keys = [hex_key(row["key_hi"], row["key_lo"]) for row in found]
    rows = obligations(scope).filter(trigger_fact="appeals", trigger_key__in=keys)
    return {row.trigger_key: (row.due_at, row.responsible or row.done_by) for row in rows}


def _tasks(scope: Scope, found: Iterable[Row]) -> dict[str, str]:
    """Row that is appealed against -> the task of the office to which its text sends an appeal."""
    numbers = [row["obligation"] for row in found if row["obligation"]]
    rows = every_obligation(scope).filter(obligation_id__in=numbers)
    named = {row.obligation_id: _task(row) for row in rows}
    return {number: task for number, task in named.items() if task is not None}


def _task(row: Obligation) -> str | None:
    texts = policy_in_use().rules.get(row.rule, ())
    return next((one.appeal for one in texts if one.number == row.version), None)


def _office(scope: Scope, known_by: datetime, row: Row, tasks: dict[str, str]) -> str | None:
    task = tasks.get(row["obligation"] or "") or _only_task()
    today = local_day(bare(known_by), settings.SIZAO.zone)
    return None if task is None else office_for(scope, known_by, task, row["area"], today)


def _only_task() -> str | None:
    """The task that the texts of the pack send appeals to; None where none does, or they name several."""
    named = {one.appeal for texts in policy_in_use().rules.values() for one in texts} - {None}
    return named.pop() if len(named) == 1 else None


def _due(row: Row) -> datetime | None:
    hours = number_on(WITHIN, local_day(bare(row["appealed_at"]), settings.SIZAO.zone))
    due: datetime | None = None if hours is None else row["appealed_at"] + timedelta(hours=hours)
    return due
