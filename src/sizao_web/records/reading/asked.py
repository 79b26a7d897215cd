"""What people of a scope asked for and nobody has answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.facts import effective, plain

Row = dict[str, Any]


def open_requests(scope: Scope, known_by: datetime) -> list[Row]:
    """Requests that nobody has answered, urgent care first, then the oldest."""
    rows = plain(effective(scope, "requests", known_by).order_by("asked_at"))
    answered = effective(scope, "request_outcomes", known_by).values_list("request", flat=True)
    done = set(answered)
    return sorted(
        (row for row in rows if row["request"] not in done),
        key=lambda row: (row["kind"] != "urgent_care", row["asked_at"]),
    )
