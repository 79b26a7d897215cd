"""The minute's watch: raise what is new, end what is over, say both in the log."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from sizao_web.records.models import Alarm, Watched
from sizao_web.records.watch.looking import Noticed, hear, noticed
from sizao_web.records.watch.switches import over
from sizao_web.records.writing import TYPED

LASTING = frozenset({"switch_reverted"})
"""Alarms about something that has happened: they end when somebody has seen them."""
_log = logging.getLogger("sizao.watch")


def watch(moment: datetime, trouble: str = "") -> tuple[int, int]:
    """One look; how many alarms were raised and how many ended. trouble: why the witness was not told."""
    with transaction.atomic():
        look = Watched.objects.select_for_update().first() or Watched(until="")
        look.looked_at = moment
        hear(look, TYPED)
        found = {(one.kind, one.about): one for one in noticed(moment, look, trouble)}
        raised = _reverted(moment) + _raised(moment, found)
        ended = _ended(moment, found)
        look.save()
    return raised, ended


def _raised(moment: datetime, found: dict[tuple[str, str], Noticed]) -> int:
    standing = {(one.kind, one.about): one for one in Alarm.objects.filter(ended_at__isnull=True)}
    for key, one in found.items():
        if key in standing:
            if standing[key].values != one.values:
                Alarm.objects.filter(pk=standing[key].pk).update(values=one.values)
        else:
            _raise(moment, one)
    return len(found.keys() - standing.keys())


def _raise(moment: datetime, one: Noticed) -> None:
    Alarm.objects.create(kind=one.kind, about=one.about, values=one.values, raised_at=moment)
    _log.warning("alarm raised", extra={"outcome": one.kind})


def _ended(moment: datetime, found: dict[tuple[str, str], Noticed]) -> int:
    ended = 0
    for one in Alarm.objects.filter(ended_at__isnull=True).select_related("seen"):
        over_now = hasattr(one, "seen") if one.kind in LASTING else (one.kind, one.about) not in found
        if over_now:
            Alarm.objects.filter(pk=one.pk).update(ended_at=moment)
            _log.info("alarm ended", extra={"outcome": one.kind})
            ended += 1
    return ended


def _reverted(moment: datetime) -> int:
    """Say of each switch whose end has come that it has reverted; how many are said."""
    said = 0
    for one in over(moment):
        type(one).objects.filter(pk=one.pk).update(reverted_at=moment)
        newer = type(one).objects.filter(name=one.name, about=one.about, pk__gt=one.pk).exists()
        if one.value and not newer:  # one that somebody ended or renewed needs no saying
            values = {"name": one.name, "what": one.about, "by": one.set_by}
            _raise(moment, Noticed("switch_reverted", f"{one.name}/{one.pk}", values))
            said += 1
    return said
