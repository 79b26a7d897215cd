"""Say that one takes care of an alarm."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from sizao.terms.words import Words
from sizao_web.records import audit
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Alarm, AlarmSeen
from sizao_web.records.reading.alarms import WATCHING
from sizao_web.records.writing import NotAllowed, Refused

SEEN_ALREADY = Words("已有人处理这一警报。", "Somebody takes care of this alarm already.")


def see_alarm(scope: Scope, moment: datetime, alarm: Alarm, remark: str = "") -> None:
    """The alarm stays until what it is about is over; who looks after it is now known. Refused,
    NotAllowed."""
    if scope.role not in WATCHING:
        raise NotAllowed(f"{scope.role} takes care of no alarm.")
    try:
        with transaction.atomic():
            AlarmSeen.objects.create(
                alarm=alarm, seen_by=scope.account, seen_at=moment, remark=remark.strip()
            )
    except IntegrityError as cause:
        raise Refused([(0, SEEN_ALREADY)]) from cause
    audit.note(scope, moment, "see", "alarm", [str(alarm.pk)])
