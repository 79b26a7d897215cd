"""How often a partner may ask: counted in PostgreSQL, taken from there by the handful.

A process takes a handful of a minute's requests at once and gives them out by itself, so that not each
request waits for a count to be written. What is left of a handful when the minute is over, or when the
process is killed, was not used: a limit is never exceeded, and may fall short by a handful for each process.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from sizao.terms.words import Words
from sizao_web.gateway.problems import Problem
from sizao_web.records.reading.partners import Caller, take_requests

HANDFULS = 20
"""A minute's limit is taken in so many handfuls."""
MOST_AT_ONCE = 100
CAPACITY = 60_000
"""Requests of all partners in a minute; above it each has an equal share. Invented: 1,000 in a second."""

_SAID = {
    "minute": Words("本分钟的请求数已用完。", "The requests of this minute are used up."),
    "day": Words("今天的请求数已用完。", "The requests of this day are used up."),
    "share": Words(
        "接入方过多，本方已超过应得份额。",
        "Many partners send just now, and you are above your share.",
    ),
}


@dataclass
class _Handful:
    minute: datetime
    left: int


_held: dict[int, _Handful] = {}
_lock = threading.Lock()


def count(caller: Caller, moment: datetime) -> None:
    """One request of this partner. Problem too-many says until when to wait."""
    minute = moment.replace(second=0, microsecond=0)
    with _lock:
        held = _held.get(caller.partner)
        if held is not None and held.minute == minute and held.left > 0:
            held.left -= 1
            return
    wanted = max(1, min(caller.per_minute // HANDFULS, MOST_AT_ONCE))
    granted, limited_by = take_requests(caller.partner, wanted, moment, _day_began(moment), CAPACITY)
    if granted < 1:
        raise Problem("too-many", _SAID[limited_by], headers={"Retry-After": str(_wait(limited_by, moment))})
    with _lock:
        held = _held.get(caller.partner)
        kept = held.left if held is not None and held.minute == minute else 0
        _held[caller.partner] = _Handful(minute, kept + granted - 1)


def forget() -> None:
    """Throw away what this process holds; for tests."""
    with _lock:
        _held.clear()


def _day_began(moment: datetime) -> datetime:
    zone = ZoneInfo(settings.SIZAO.zone)
    return datetime.combine(moment.astimezone(zone).date(), time.min, zone)


def _wait(limited_by: str, moment: datetime) -> int:
    """Seconds until it is worth asking again."""
    if limited_by == "day":
        begins = _day_began(moment) + timedelta(days=1)
        return max(1, int((begins - moment).total_seconds()) + 1)
    return 60 - moment.second
