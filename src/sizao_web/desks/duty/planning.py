"""Shifts put on the roster."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from sizao_web.desks.duty.views import KINDS, not_recorded, why_refused
from sizao_web.desks.duty.whose import OFFICES
from sizao_web.pages.language import say
from sizao_web.pages.routes import page
from sizao_web.records.actions.record_facts import Conflict, Given, NotAllowed, Refused, record_facts
from sizao_web.records.reading import duty as reading

LONGEST_SHIFT = timedelta(hours=24)
MOST_DAYS = 31


@page(roles=OFFICES, methods=("POST",))
def plan(request: HttpRequest) -> HttpResponse:
    """Put shifts on the roster: the same hours on one or several days."""
    office, given = request.scope.organisation, request.POST
    kind, holder = given.get("kind", ""), given.get("holder", "")
    if office is None or kind not in KINDS or holder not in reading.colleagues(request.moment, office):
        return not_recorded(request, say("请选择班次类别和人。", "Choose the kind of shift and who."))
    try:
        first = datetime.fromisoformat(given.get("from_at", ""))
        last = datetime.fromisoformat(given.get("until_at", ""))
        form = str(UUID(given.get("form", "")))
    except ValueError:
        return not_recorded(request, say("请填写开始和结束时间。", "Say when the shift begins and ends."))
    problem = _problem(first, last, given.get("days", ""))
    if problem:
        return not_recorded(request, problem)
    days, zone = int(given["days"]), ZoneInfo(settings.SIZAO.zone)
    shifts = [
        Given(
            "rosters",
            {
                "office": office,
                "kind": kind,
                "holder": holder,
                "from_at": (first + timedelta(days=day)).replace(tzinfo=zone),
                "until_at": (last + timedelta(days=day)).replace(tzinfo=zone),
                "happened_at": request.moment,
            },
            f"{form}/{day}",
        )
        for day in range(days)
    ]
    try:
        record_facts(request.scope, request.moment, shifts)
    except Conflict:
        pass  # sent twice: the first is there
    except (Refused, NotAllowed) as cause:
        return not_recorded(request, why_refused(cause))
    messages.success(request, say(f"值班表已加 {days} 班。", f"Added to the roster: {days}."))
    return redirect("duty:today")


def _problem(first: datetime, last: datetime, days: str) -> str:
    """What is wrong with the hours, and what to change; nothing when they can be planned."""
    if last <= first:
        return say(
            "结束时间应晚于开始时间；跨夜的班，结束日期填第二天。",
            "A shift ends after it begins: for a night shift enter the next day as its end.",
        )
    if last - first > LONGEST_SHIFT:
        return say(
            "一班不超过 24 小时；要排多天，请填“连排几天”。",
            "A shift lasts 24 hours at most; for several days say on how many.",
        )
    if not days.isdecimal() or not 1 <= int(days) <= MOST_DAYS:
        return say(f"连排天数请填 1 到 {MOST_DAYS}。", f"Say on how many days, from 1 to {MOST_DAYS}.")
    return ""
