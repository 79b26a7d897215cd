"""What is to be done about findings: by whom, until when, and what follows otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sizao.terms.words import Words
from sizao_web.desks.supervision import presenters as words
from sizao_web.pages.addresses import address
from sizao_web.pages.clocks import Clock, clock
from sizao_web.pages.presenters import Status
from sizao_web.pages.telling import Telling
from sizao_web.pages.urgency import GROUPS, group_of
from sizao_web.records.reading.findings import found_by_key
from sizao_web.records.reading.ledger_rows import Plain, plainly


@dataclass(frozen=True)
class Card:
    """One thing to do. ours: this office or place must do it."""

    group: str
    clock: Clock
    finding: str
    place: str
    where: str
    kind: Words
    severity: Status
    note: str
    page: str | None
    ours: bool


def cards(telling: Telling, rows: Sequence[Any]) -> list[Card]:
    """The cards of these rows, in the order in which somebody must act."""
    found = found_by_key(telling.scope, telling.moment, {row.trigger_key for row in rows})
    told = [plainly(row) for row in rows if row.trigger_key in found]
    telling.meet(told, areas=("area",), offices=("about", "responsible", "done_by"))
    made = [_card(telling, row, found[row["trigger_key"]]) for row in told]
    order = list(GROUPS)
    return sorted(made, key=lambda one: order.index(one.group))


def _card(telling: Telling, row: Plain, found: dict[str, Any]) -> Card:
    group = group_of(row["status"] == "overdue", row["due_at"], telling.moment, telling.zone)
    ours = telling.scope.organisation is not None and telling.scope.organisation in (
        row["responsible"],
        row["done_by"],
    )
    return Card(
        group=group,
        clock=clock(telling, row),
        finding=found["finding"],
        place=telling.office(found["place"]),
        where=telling.area(row["area"]),
        kind=words.kind(found["kind"]),
        severity=words.severity(found["severity"]),
        note=found["note"] or "",
        page=address("supervision:finding", found["finding"]),
        ours=ours,
    )
