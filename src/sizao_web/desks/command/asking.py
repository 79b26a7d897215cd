"""What was typed into the picker of a past moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.conf import settings

from sizao.indicators.daily import known_by_end_of
from sizao.terms.time import instant_at
from sizao.terms.words import Words

NOT_A_TIME = Words(
    "看不懂这个时刻。请写成 2020-10-20 或 2020-10-20 08:00。",
    "That is no moment. Write 2020-10-20 or 2020-10-20 08:00, please.",
)
KNOWLEDGE = ("then", "now", "other")
BACK: Mapping[str, timedelta] = {
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
}


@dataclass(frozen=True)
class Asked:
    """What was typed, and what it means; problem says what is wrong with it."""

    typed: Mapping[str, str] = field(default_factory=dict)
    as_of: datetime | None = None
    known_by: datetime | None = None
    problem: Words | None = None


def asked_of(typed: Mapping[str, str], moment: datetime) -> Asked:
    """The question that was typed, or chosen by `back`, so and so long before now."""
    kept = {name: typed.get(name, "").strip() for name in ("as_of", "knowledge", "known_by", "back")}
    if kept["back"] in BACK:
        # To the minute, so that the same button within a minute asks the same question.
        then = (moment - BACK[kept["back"]]).replace(second=0, microsecond=0)
        return Asked(kept, then, then)
    as_of = read_moment(kept["as_of"])
    known = {"then": as_of, "now": moment.replace(second=0, microsecond=0)}
    known_by = known.get(kept["knowledge"] or "then") or read_moment(kept["known_by"])
    if as_of is None or known_by is None:
        return Asked(kept, None, None, NOT_A_TIME)
    return Asked(kept, as_of, known_by)


def read_moment(text: str) -> datetime | None:
    """A local time of the city; a day alone means all of that day. None for what is neither."""
    try:
        if len(text) == len("2020-10-20"):
            return known_by_end_of(date.fromisoformat(text), settings.SIZAO.zone).replace(tzinfo=UTC)
        local = datetime.fromisoformat(text)
        return instant_at(local.date(), local.time(), settings.SIZAO.zone).replace(tzinfo=UTC)
    except ValueError:
        return None
