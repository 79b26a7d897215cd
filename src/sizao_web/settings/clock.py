"""The clock of this installation, read once for a request or a run and handed on as `as_of` and `known_by`.

A demonstration tells of a day of 2020: its clock is behind the real one by whole days, so that midnight,
noon and the length of every wait are real. In production there is no difference.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings


def now() -> datetime:
    """This moment, UTC with a zone mark."""
    return datetime.now(UTC) - timedelta(days=settings.SIZAO.clock_days)


def real_day(zone: str) -> date:
    """The civil day outside, from which a demonstration counts how far it is behind."""
    return datetime.now(ZoneInfo(zone)).date()


def bare(moment: datetime) -> datetime:
    """UTC without a zone mark, as the library and its engines keep instants."""
    return moment.astimezone(UTC).replace(tzinfo=None)
