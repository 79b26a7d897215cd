"""The clock of a tube: until when its result is due by the pack, in words and colours."""

from __future__ import annotations

from datetime import datetime

from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.pages import presenters
from sizao_web.records.reading import tubes

RESULT_CSS = {"negative": "state-met", "positive": "state-overdue"}
"""Colour of a result; what is neither is doubtful or invalid and must be repeated."""


def standing(tube: tubes.Tube, now: datetime, zone: str) -> tuple[Words, str]:
    """What to say of a tube, and the colour."""
    if tube.result is not None and tube.resulted_at is not None:
        label, when = (
            CODE_LISTS["test_results"].label_of(tube.result),
            presenters.at(tube.resulted_at, now, zone),
        )
        return Words(f"{label.zh} {when.zh}", f"{label.en} {when.en}"), RESULT_CSS.get(
            tube.result, "state-unknown"
        )
    return awaited(tube.taken_at, tube.kind, now, zone)


def awaited(taken_at: datetime, kind: str, now: datetime, zone: str) -> tuple[Words, str]:
    """Until when the result is due, or by how much it is late."""
    until = tubes.result_due(taken_at, kind, tubes.day_of(taken_at, zone))
    if until is None:
        return Words("等结果（规则包没有规定时限）", "awaited (the pack states no time)"), "state-upcoming"
    if presenters.aware(until) <= presenters.aware(now):
        late = presenters.length(presenters.aware(now) - presenters.aware(until))
        return Words(f"出结果逾期 {late.zh}", f"result late by {late.en}"), "state-overdue"
    limit = presenters.limit(until, now, zone)
    return Words(f"{limit.zh}出结果", f"result {limit.en}"), "state-open"
