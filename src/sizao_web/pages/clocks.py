"""A row of the ledger as a clock on a page: its status, until when, who must act, what happens otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sizao.terms.words import Words
from sizao_web.pages import presenters
from sizao_web.pages.addresses import WHY, address
from sizao_web.pages.telling import Telling
from sizao_web.pages.urgency import consequence
from sizao_web.records.reading.ledger_rows import Plain, plainly
from sizao_web.records.reading.pack import verb_label


@dataclass(frozen=True)
class Clock:
    """One row. otherwise: None for what is over; why: the address of its reasons."""

    what: Words
    status: Words
    css: str
    until: Words
    who: str
    otherwise: Words | None
    due_at: datetime
    why: str | None


def clocks(telling: Telling, rows: Sequence[Any]) -> list[Clock]:
    """These rows in words, in their order."""
    told = [plainly(row) for row in rows]
    telling.meet(told, offices=("about", "responsible", "done_by"))
    return [clock(telling, row) for row in told]


def clock(telling: Telling, row: Plain) -> Clock:
    """One row in words; what it names must have been met."""
    now, zone, withdrawn = telling.moment, telling.zone, row["withdrawn_at"]
    live = withdrawn is None and row["status"] in ("overdue", "open", "upcoming")
    return Clock(
        what=verb_label(row["verb"]),
        status=presenters.standing_of(row["status"], now, due_at=row["due_at"], withdrawn_at=withdrawn),
        css=presenters.status(row["status"], withdrawn).css,
        until=presenters.due(
            row["status"], now, zone, opens_at=row["opens_at"], due_at=row["due_at"], met_at=row["met_at"]
        ),
        who=telling.office(row["responsible"] or row["done_by"]),
        otherwise=consequence(row, now, zone) if live else None,
        due_at=row["due_at"],
        why=address(WHY, row["obligation_id"]),
    )
