"""The clock of this installation, read once for a request or a run and handed on as `as_of` and `known_by`.

A demonstration tells of a day of 2020: it begins at nine in the morning of that day when it is made, and goes
on from there as fast as the real clock. In production there is no difference.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings


def now() -> datetime:
    """This moment, UTC with a zone mark."""
    return datetime.now(UTC) - timedelta(seconds=settings.SIZAO.clock_behind)


def real() -> datetime:
    """The moment outside, UTC with a zone mark: from it a demonstration counts how far it is behind."""
    return datetime.now(UTC)


def bare(moment: datetime) -> datetime:
    """UTC without a zone mark, as the library and its engines keep instants."""
    return moment.astimezone(UTC).replace(tzinfo=None)
