"""Rows about one person or place in the groups of the ledger's lists, the most needed first."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from sizao.terms.words import Words
from sizao_web.pages.names import meet

GROUPS: tuple[tuple[str, tuple[str, ...], Words], ...] = (
    ("to-do", ("overdue", "open"), Words("待办", "To do")),
    ("upcoming", ("upcoming",), Words("将到", "Coming")),
    ("waived", ("waived",), Words("已豁免", "Waived")),
    ("met", ("met", "met_late"), Words("已完成", "Done")),
    ("missed", ("missed",), Words("漏做", "Missed")),
)
"""List of the ledger, the statuses of its rows, what it is called."""

UNFOLDED = ("to-do", "upcoming")


def grouped(request: HttpRequest, rows: list[Any]) -> list[dict[str, Any]]:
    """The groups that have rows; each has the name of the list that shows the same rows."""
    meet(request, rows, offices=["about", "responsible"])
    live = [row for row in rows if row.withdrawn_at is None]
    gone = [row for row in rows if row.withdrawn_at is not None]
    groups = [
        (name, label, [row for row in live if row.status in statuses]) for name, statuses, label in GROUPS
    ]
    groups.append(("withdrawn", Words("已撤销", "Withdrawn"), gone))
    return [
        {"list": name, "label": label, "rows": mine, "folded": name not in UNFOLDED}
        for name, label, mine in groups
        if mine
    ]
