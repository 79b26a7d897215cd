"""Statuses and moments in words and colours, in one place: a colour means the same on every page.

No colour stands alone: the words beside it say the same to who cannot see it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from sizao.obligations.compare import REASONS
from sizao.obligations.explain import STATUSES
from sizao.terms.words import Words

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Status:
    """How a status is shown: words, and the class of pages/sizao.css that has its colour."""

    label: Words
    css: str


SHOWN: Mapping[str, Status] = MappingProxyType(
    {
        **{name: Status(label, f"state-{name.replace('_', '-')}") for name, label in STATUSES.items()},
        "withdrawn": Status(Words("已撤销", "withdrawn"), "state-withdrawn"),
        "unknown": Status(Words("情况不明", "not known"), "state-unknown"),
        "too_late": Status(Words("发现过迟", "found too late"), "state-too-late"),
    }
)
"""Status -> how it is shown."""


def status(name: str, withdrawn_at: datetime | None = None) -> Status:
    """How the status of a row is shown; a row that vanished is withdrawn whatever it was."""
    return SHOWN["withdrawn"] if withdrawn_at is not None else SHOWN[name]


def reason(name: str | None) -> Words:
    """Why a row was withdrawn."""
    return REASONS.get(name or "", Words("原因未查明", "the cause is not established"))


def length(duration: timedelta) -> Words:
    """An elapsed time in one unit: minutes below an hour, hours below two days, then days."""
    seconds = max(0, int(duration.total_seconds()))
    if seconds < 3_600:
        return Words(f"{seconds // 60} 分钟", f"{seconds // 60} min")
    if seconds < 2 * 86_400:
        return Words(f"{seconds // 3_600} 小时", f"{seconds // 3_600} h")
    return Words(f"{seconds // 86_400} 天", _counted(seconds // 86_400, "day"))


def standing_of(name: str, now: datetime, *, due_at: datetime, withdrawn_at: datetime | None = None) -> Words:
    """The status in words for its coloured mark; what is overdue says by how much."""
    if name != "overdue" or withdrawn_at is not None:
        return status(name, withdrawn_at).label
    late = length(aware(now) - aware(due_at))
    return Words(f"逾期 {late.zh}", f"overdue by {late.en}")


def due(
    name: str,
    now: datetime,
    zone: str,
    *,
    opens_at: datetime,
    due_at: datetime,
    met_at: datetime | None = None,
) -> Words:
    """The moment that matters of a row, seen from now: its limit, when it opens, when it was done."""
    if name == "upcoming":
        start = at(opens_at, now, zone)
        return Words(f"{start.zh} 起可做", f"opens {start.en}")
    if name in ("met", "met_late") and met_at is not None:
        done = at(met_at, now, zone)
        return Words(f"{done.zh} 办结", f"done {done.en}")
    return limit(due_at, now, zone)


@lru_cache(maxsize=512)  # many rows of a page share their limit
def limit(instant: datetime, now: datetime, zone: str) -> Words:
    """An exclusive limit, seen from now: before noon today, by the end of tomorrow, before 08:00 on 3 Nov."""
    local = aware(instant).astimezone(ZoneInfo(zone))
    if local.time() == time(0):
        day = _day(local - DAY, now, zone)
        return Words(f"{day.zh}内", f"by the end of {day.en}")
    day = _day(local, now, zone)
    if local.time() == time(12):
        return Words(f"{day.zh}中午12点前", f"before noon {_on(day.en)}")
    return Words(f"{day.zh} {local:%H:%M} 前", f"before {local:%H:%M} {_on(day.en)}")


def aware(moment: datetime) -> datetime:
    """An instant with its zone mark; the library's instants are UTC without one."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


@lru_cache(maxsize=512)
def at(instant: datetime, now: datetime, zone: str) -> Words:
    """An instant, seen from now: today 08:30, 9 Nov 08:30."""
    local = aware(instant).astimezone(ZoneInfo(zone))
    day = _day(local, now, zone)
    return Words(f"{day.zh} {local:%H:%M}", f"{day.en} {local:%H:%M}")


def _day(local: datetime, now: datetime, zone: str) -> Words:
    today = aware(now).astimezone(ZoneInfo(zone)).date()
    named = {-1: Words("昨天", "yesterday"), 0: Words("今天", "today"), 1: Words("明天", "tomorrow")}
    away = (local.date() - today).days
    if away in named:
        return named[away]
    year = "" if local.year == today.year else f"{local.year}年"
    after = "" if local.year == today.year else f" {local.year}"
    return Words(f"{year}{local.month}月{local.day}日", f"{local.day} {MONTHS[local.month - 1]}{after}")


def _on(day: str) -> str:
    return day if day in ("yesterday", "today", "tomorrow") else f"on {day}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
