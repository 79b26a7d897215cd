"""In which order something must be done, and what happens when nobody does it: the same at every desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from sizao.terms.codes import CODE_LISTS
from sizao.terms.time import instant_at, local_day
from sizao.terms.words import Words
from sizao_web.pages import presenters
from sizao_web.records.reading.pack import verb_label
from sizao_web.records.reading.proofs import after_limit
from sizao_web.settings.clock import bare

GROUPS: Mapping[str, tuple[Words, str]] = MappingProxyType(
    {
        "overdue": (Words("逾期，先办", "Overdue: first of all"), "state-overdue"),
        "noon": (Words("中午前", "Before noon"), "state-open"),
        "today": (Words("今天内", "Today"), "state-open"),
        "later": (Words("以后", "Later"), "state-upcoming"),
    }
)
"""Group -> its heading and colour, in the order in which somebody must act."""


def group_of(overdue: bool, due_at: datetime, moment: datetime, zone: str, *, on: date | None = None) -> str:
    """Which of the groups something belongs to. on: the day on which it is done; else that of its limit.

    A limit at midnight belongs to the day that it ends.
    """
    if overdue:
        return "overdue"
    today = local_day(bare(moment), zone)
    day = on or local_day(bare(due_at) - timedelta(microseconds=1), zone)
    if day > today:
        return "later"
    return "noon" if bare(due_at) <= instant_at(today, time(12), zone) else "today"


def consequence(row: Mapping[str, Any], now: datetime, zone: str) -> Words:
    """What happens if nobody goes: when another office must act, until when it can still be done."""
    parts: list[Words] = []
    escalated = after_limit(row["rule"], row["version"], row["step"])
    if escalated is not None:
        after, task, verb = escalated
        when = presenters.at(row["due_at"] + after, now, zone)
        office, label = CODE_LISTS["office_tasks"].label_of(task), verb_label(verb)
        parts.append(
            Words(
                f"不办则 {when.zh} 起转{office.zh}（{label.zh}）",
                f"otherwise {office.en} must act from {when.en} ({label.en})",
            )
        )
    closes = row["closes_at"]
    if closes is None:
        parts.append(Words("一直算逾期，办了才销", "stays overdue until it is done"))
    elif closes - row["due_at"] < timedelta(minutes=1):
        end = presenters.limit(closes, now, zone)
        parts.append(Words(f"只能在{end.zh}办，过后算漏做", f"only {end.en}, then it is missed"))
    else:
        end = presenters.limit(closes, now, zone)
        parts.append(Words(f"可补做到{end.zh}，过后算漏做", f"can be made good {end.en}, then it is missed"))
    return Words("；".join(one.zh for one in parts), "; ".join(one.en for one in parts))
