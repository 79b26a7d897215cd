"""Dates, instants and durations in plain words, Chinese ("zh") and English ("en")."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sizao.terms.time import local_time

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
# (seconds, Chinese, English) of each unit, the longest first.
UNITS = ((86_400, "天", "day"), (3_600, "小时", "hour"), (60, "分钟", "minute"), (1, "秒", "second"))


def say_date(day: date, language: str) -> str:
    """2020年6月18日 · 18 June 2020."""
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def say_instant(instant: datetime, zone: str, language: str) -> str:
    """Day and clock time in `zone`: 2020年6月18日 08:00 · 18 June 2020 08:00."""
    local = local_time(instant, zone)
    return f"{say_date(local.date(), language)} {local:%H:%M}"


def say_limit(instant: datetime, zone: str, language: str) -> str:
    """An exclusive limit: at midnight the end of the day before, otherwise "before" the clock time."""
    local = local_time(instant, zone)
    if local.time() == time(0):
        day = say_date(local.date() - timedelta(days=1), language)
        return f"{day}24:00前" if language == "zh" else f"by the end of {day}"
    said = say_instant(instant, zone, language)
    return f"{said}前" if language == "zh" else f"before {said}"


def say_days(days: int, language: str) -> str:
    """14天 · 14 days."""
    return f"{days}天" if language == "zh" else _counted(days, "day")


def say_months(months: int, language: str) -> str:
    """12个月 · 12 months."""
    return f"{months}个月" if language == "zh" else _counted(months, "month")


def say_duration(duration: timedelta, language: str) -> str:
    """Elapsed time in its largest units: 1小时30分钟 · 1 hour 30 minutes; up to 48 hours in hours."""
    seconds = int(abs(duration).total_seconds())
    units = UNITS if seconds > 172_800 else UNITS[1:]
    parts: list[str] = []
    for size, chinese, english in units:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{chinese}" if language == "zh" else _counted(count, english))
    sign = "-" if duration < timedelta(0) else ""
    if not parts:
        return "0小时" if language == "zh" else "0 hours"
    return sign + ("" if language == "zh" else " ").join(parts)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
