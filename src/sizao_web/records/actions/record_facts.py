"""Record one or several facts of one occasion: all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sizao_web.records.access.scope import Scope
from sizao_web.records.writing import Conflict, Given, NotAllowed, Outcome, Refused, write

__all__ = ["Conflict", "Given", "NotAllowed", "Outcome", "Refused", "record_facts"]


def record_facts(
    scope: Scope, moment: datetime, given: Sequence[Given], *, request: str | None = None
) -> Outcome:
    """Record these facts; sent again with the same source_record they count once.

    Refused, Conflict, NotAllowed.
    """
    return write(scope, moment, given, request=request)
