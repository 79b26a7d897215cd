"""A place says ahead that it will be closed, from tomorrow at the earliest: today's report stays due."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from sizao.terms.codes import CODE_LISTS
from sizao.terms.time import local_day
from sizao_web.desks.institutions.views import REPORTING, today_page
from sizao_web.pages.language import said, say
from sizao_web.pages.routes import page
from sizao_web.records.actions.record_facts import Conflict, Given, NotAllowed, Refused, record_facts
from sizao_web.settings.clock import bare

LONGEST = 120  # days of one closure; a place that is gone is ended by its department


@page(roles=REPORTING, methods=("POST",))
def close(request: HttpRequest) -> HttpResponse:
    """Record the days on which the place is closed."""
    first, last = _day(request.POST.get("from_on", "")), _day(request.POST.get("until_on", ""))
    today = local_day(bare(request.moment), settings.SIZAO.zone)
    problem = _wrong(first, last, today, request.POST.get("ground", ""))
    try:
        form = str(UUID(request.POST.get("form", "")))
    except ValueError:
        problem = say("页面已过期，请重新打开。", "This page is out of date. Open it again.")
    if problem:
        return today_page(request, problem)
    values = {
        "place": request.scope.organisation,
        "from_on": first,
        "until_on": last,
        "ground": request.POST["ground"],
    }
    try:
        record_facts(request.scope, request.moment, [Given("closures", values, form)])
    except Conflict:
        pass  # sent twice at the same moment: the first is there
    except Refused as refused:
        return today_page(request, " ".join(said(words) for _, words in refused.problems))
    except NotAllowed as cause:
        raise PermissionDenied from cause
    messages.success(
        request,
        say(
            f"已登记：{first} 起停业、放假，{last} 恢复；这些天不要求报告，主管部门看得到。",
            f"Recorded: closed from {first}, open again on {last}. No report is asked for on these days; "
            "the department in charge sees it.",
        ),
    )
    return redirect("institutions:today")


def _wrong(first: date | None, last: date | None, today: date, ground: str) -> str:
    if first is None or last is None:
        return say("请填写停业首日和恢复日。", "Give the first closed day, and the day of opening again.")
    if first <= today:
        return say(
            "停业首日最早是明天；今天的请主管部门登记。",
            "The first closed day is tomorrow at the earliest; today is for the department in charge.",
        )
    if not 0 < (last - first).days <= LONGEST:
        return say(
            f"恢复日应在停业首日之后、{LONGEST} 天以内。",
            f"The day of opening again must follow, within {LONGEST} days.",
        )
    if ground not in CODE_LISTS["closure_grounds"].names():
        return say("请选择原因。", "Choose the ground.")
    return ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
