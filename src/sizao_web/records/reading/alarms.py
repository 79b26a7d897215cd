"""Alarms and switches, for who keeps watch."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from sizao_web.records.access.policies import POLICIES
from sizao_web.records.access.rules import WATCHING
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Alarm, Switch, Watched
from sizao_web.records.watch.kinds import KINDS, sentence
from sizao_web.records.watch.limits import limit
from sizao_web.records.watch.switches import SWITCHES, in_force, value_of

__all__ = [
    "KINDS",
    "SWITCHES",
    "WATCHING",
    "Alarm",
    "Switch",
    "alarm",
    "exports_stopped",
    "past",
    "sentence",
    "silent_since",
    "standing",
    "switches",
]


def standing(scope: Scope) -> list[Alarm]:
    """Alarms that last, the newest first."""
    return list(_seen(scope).filter(ended_at__isnull=True))


def past(scope: Scope, most: int = 100) -> list[Alarm]:
    """The last ones that are over."""
    return list(_seen(scope).filter(ended_at__isnull=False)[:most])


def alarm(scope: Scope, number: int) -> Alarm | None:
    """One of them."""
    return _seen(scope).filter(pk=number).first()


def _seen(scope: Scope) -> QuerySet[Alarm]:
    found = Alarm.objects.filter(POLICIES["alarm"].q(scope))
    return found.select_related("seen").order_by("-raised_at", "-pk")


def switches(scope: Scope, moment: datetime) -> list[Switch]:
    """The settings that somebody changed and that hold now."""
    return in_force(moment) if scope.role in WATCHING else []


def exports_stopped(moment: datetime) -> bool:
    """Whether nobody takes lists out as files now."""
    return value_of("exports_off", moment) is not None


def silent_since(moment: datetime) -> datetime | None:
    """When the watch last looked, where that is too long ago: then no alarm says anything. None where all is
    well."""
    last = Watched.objects.order_by("-looked_at").values_list("looked_at", flat=True).first()
    late = last is not None and (moment - last).total_seconds() > limit("watch_silent")
    return last if late else None
