"""Appeals as the person who made them reads them: who hears each, since when, by when, whom to call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from sizao_web.pages.names import meet
from sizao_web.records.reading import public
from sizao_web.records.reading.appeals import Appeal


def heard(request: HttpRequest, found: Sequence[Appeal]) -> list[dict[str, Any]]:
    """Appeals as a resident reads them: who hears each, whether its time is over, whom to call."""
    meet(request, [one.decision for one in found if one.decision], offices=["decided_office"])
    meet(request, found, offices=["office"])
    calls = public.contacts(request.moment)
    return [
        {
            "one": one,
            "late": one.decision is None and one.due_at is not None and one.due_at <= request.moment,
            "call": calls.get(one.office or ""),
        }
        for one in found
    ]
