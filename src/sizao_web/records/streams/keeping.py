"""How many days of a stream are kept: as the dictionary says, or as this installation was set within it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings

from sizao.facts.dictionary import STREAMS
from sizao.terms.time import local_day


def kept_days(stream: str) -> int:
    """Days for which rows are kept after their own."""
    fact = STREAMS[stream]
    days: int = settings.SIZAO.stream_days or fact.retention_days
    if fact.retention_between is None:
        return fact.retention_days
    least, most = fact.retention_between
    return min(max(days, least), most)


def first_kept(stream: str, moment: datetime) -> date:
    """The oldest day that is still kept. moment: UTC without zone."""
    return local_day(moment, settings.SIZAO.zone) - timedelta(days=kept_days(stream))
