"""The one module of day arithmetic: civil days, instants, months, zones, imprecise dates.

Instants are naive `datetime` in UTC. A day is a civil day of a named zone and begins at the first instant at
which clocks there show that day. Day k of a numbering is the date day_zero + k.

Time zones in DuckDB 1.5.5, tried with the wheel and without a network: the `icu` extension is linked in
statically, so `timezone(zone, value)` works at once, after `SET TimeZone = 'UTC'` too. Two traps: a TIMESTAMP
WITH TIME ZONE handed to Python as an object needs a package that we do not install (Arrow does not), and of a
local time that happens twice (clocks set back) ICU takes the later instant, whereas a day begins at the
earlier one (Havana). `sql_midnight` and `sql_local` are so stated that they agree with `midnight` and
`local_time`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

# Offsets are looked up for these years; a zone is fixed when nothing changes in them.
OFFSETS_FROM = datetime(2015, 1, 1)
OFFSETS_UNTIL = datetime(2041, 1, 1)

MIDNIGHT = time(0)


class UnknownZone(ValueError):
    """The name is no time zone, or this machine has no time zone data."""


@dataclass(frozen=True)
class OffsetPeriod:
    """Local time is UTC plus `minutes` for every instant in [begins, ends)."""

    begins: datetime
    ends: datetime
    minutes: int


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """The zone of that name ("Asia/Shanghai"); UnknownZone with the nearest name when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as cause:
        known = available_timezones()
        if not known:
            advice = (
                "This machine has no time zone data: install the system package or the Python package tzdata."
            )
        else:
            nearest = get_close_matches(name, sorted(known), n=1, cutoff=0.5)
            advice = (
                f"Did you mean {nearest[0]!r}?" if nearest else "Give an IANA name such as 'Asia/Shanghai'."
            )
        raise UnknownZone(f"{name!r} is no time zone known here. {advice}") from cause


def instant_at(day: date, clock: time, zone: str) -> datetime:
    """The instant (UTC) at which clocks of `zone` show `clock` on `day`.

    A time that happens twice is its first occurrence; a skipped one counts by the offset before the change.
    """
    local = datetime.combine(day, clock, tzinfo=zone_of(zone))
    return local.astimezone(UTC).replace(tzinfo=None)


def midnight(day: date, zone: str) -> datetime:
    """The first instant (UTC) of `day` in `zone`."""
    return instant_at(day, MIDNIGHT, zone)


def end_of_day(day: date, zone: str) -> datetime:
    """24:00 of `day`: the first instant (UTC) of the day after, exclusive."""
    return midnight(day + timedelta(days=1), zone)


def local_time(instant: datetime, zone: str) -> datetime:
    """What clocks of `zone` show at `instant`, without a zone mark."""
    return instant.replace(tzinfo=UTC).astimezone(zone_of(zone)).replace(tzinfo=None, fold=0)


def local_day(instant: datetime, zone: str) -> date:
    """The civil day in `zone` that holds `instant`."""
    return local_time(instant, zone).date()


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later (negative: earlier), or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def day_number(day_zero: date, day: date) -> int:
    """The number of `day` when `day_zero` is day 0."""
    return (day - day_zero).days


def numbered_day(day_zero: date, number: int) -> date:
    """The date of day `number` when `day_zero` is day 0."""
    return day_zero + timedelta(days=number)


@lru_cache(maxsize=64)
def offset_periods(zone: str) -> tuple[OffsetPeriod, ...]:
    """The offsets of `zone` from 2015 to 2040, in order and without a hole; neighbours differ."""
    periods: list[OffsetPeriod] = []
    begins, minutes = OFFSETS_FROM, _minutes_at(OFFSETS_FROM, zone)
    probe = OFFSETS_FROM
    while probe < OFFSETS_UNTIL:
        following = min(probe + timedelta(days=1), OFFSETS_UNTIL)
        if _minutes_at(following, zone) != minutes:
            change = _first_change(probe, following, minutes, zone)
            periods.append(OffsetPeriod(begins, change, minutes))
            begins, minutes = change, _minutes_at(change, zone)
        probe = following
    return (*periods, OffsetPeriod(begins, OFFSETS_UNTIL, minutes))


def _first_change(before: datetime, after: datetime, minutes: int, zone: str) -> datetime:
    """The first whole second in (before, after] whose offset is not `minutes`."""
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if _minutes_at(middle, zone) == minutes:
            before = middle
        else:
            after = middle
    return after


def _minutes_at(instant: datetime, zone: str) -> int:
    offset = instant.replace(tzinfo=UTC).astimezone(zone_of(zone)).utcoffset() or timedelta(0)
    return int(offset.total_seconds()) // 60


def fixed_offset_minutes(zone: str) -> int | None:
    """Minutes that local time is ahead of UTC; None for a zone whose offset changes between 2015 and 2040."""
    periods = offset_periods(zone)
    return periods[0].minutes if len(periods) == 1 else None


def sql_local(instant: str, zone: str) -> str:
    """SQL: what clocks of `zone` show (TIMESTAMP) at an instant expression (TIMESTAMP, UTC)."""
    minutes = fixed_offset_minutes(zone)
    if minutes is None:
        return f"timezone('{zone}', timezone('UTC', {instant}))"
    return f"({instant} + INTERVAL '{minutes}' MINUTE)"


def sql_local_day(instant: str, zone: str) -> str:
    """SQL: the civil day (DATE) in `zone` of an instant expression (TIMESTAMP, UTC)."""
    return f"CAST({sql_local(instant, zone)} AS DATE)"


def sql_midnight(day: str, zone: str) -> str:
    """SQL: the first instant (TIMESTAMP, UTC) of the day that the expression `day` gives (DATE)."""
    return sql_instant_at(f"CAST({day} AS TIMESTAMP)", zone)


def sql_instant_at(local: str, zone: str) -> str:
    """SQL: the instant (TIMESTAMP, UTC) at which clocks of `zone` show the TIMESTAMP expression `local`."""
    minutes = fixed_offset_minutes(zone)
    if minutes is not None:
        return f"({local} - INTERVAL '{minutes}' MINUTE)"
    later = f"timezone('UTC', timezone('{zone}', {local}))"
    changes = sorted(_set_back_by(zone))
    if not changes:
        return later
    # Of a local time that happens twice the engine takes the later instant; a day begins at the earlier one.
    earlier = [f"{later} - INTERVAL '{minutes}' MINUTE" for minutes in changes]
    cases = " ".join(f"WHEN {sql_local(f'({one})', zone)} = {local} THEN {one}" for one in reversed(earlier))
    return f"(CASE {cases} ELSE {later} END)"


def _set_back_by(zone: str) -> set[int]:
    """By how many minutes clocks of `zone` are ever set back."""
    periods = offset_periods(zone)
    steps = (before.minutes - after.minutes for before, after in pairwise(periods))
    return {step for step in steps if step > 0}


def parse_imprecise(text: str) -> tuple[date, date]:
    """The interval [first possible day, day after the last possible one] of a date as stated.

    "2020", "2020-01", "2020-01-21", or "2020-01-18/2020-01-21" (both included). ValueError for anything else.
    """
    first, slash, last = text.strip().partition("/")
    earliest, latest = _calendar_span(first)
    if slash:
        latest = _calendar_span(last)[1]
    if latest <= earliest:
        raise ValueError(f"{text!r} ends before it begins. Give the earlier date first.")
    return earliest, latest


def _calendar_span(text: str) -> tuple[date, date]:
    match = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", text, re.ASCII)
    if not match:
        raise ValueError(f"{text!r} is no date. Give 2020, 2020-01, 2020-01-21 or 2020-01-18/2020-01-21.")
    year, month, day = (None if part is None else int(part) for part in match.groups())
    try:
        earliest = date(year or 0, month or 1, day or 1)
    except ValueError as cause:
        raise ValueError(f"{text!r} is no day of the calendar.") from cause
    if day:
        return earliest, earliest + timedelta(days=1)
    return earliest, add_months(earliest, 1 if month else 12)
