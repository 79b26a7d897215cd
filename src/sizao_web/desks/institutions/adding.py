"""Absences that a corrected report counts, and that nobody has entered with their cause."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from sizao_web.desks.institutions.counting import ABSENTEES, read_absences
from sizao_web.desks.institutions.views import REPORTING, day_of, missing_of, today_page
from sizao_web.pages.language import said, say
from sizao_web.pages.routes import page
from sizao_web.records.actions.record_facts import Conflict, NotAllowed, Refused
from sizao_web.records.actions.report_daily import Report, add_absences
from sizao_web.records.reading import institutions


@page(roles=REPORTING, methods=("POST",))
def add(request: HttpRequest) -> HttpResponse:
    """Say why those are absent whom the report of today counts without a cause."""
    place, day, duty = request.scope.organisation or "", day_of(request), request.POST.get("duty", "")
    given = institutions.report_of(request.scope, request.moment, place, duty, day)
    if duty not in ABSENTEES or given is None:
        raise PermissionDenied
    missing = missing_of(request, place, given)
    absences, problem = read_absences(request.POST, duty)
    many = sum(absences.values())
    if not problem and (many > missing or not many):
        problem = say(
            f"还差 {missing} 人，填了 {many} 人。报告的人数不对的，先更正报告。",
            f"{missing} are missing, {many} were entered. If the report is wrong, correct it first.",
        )
    if problem:
        return today_page(request, problem)
    report = Report(place, duty, day, given["present"], many, 0, absences)
    try:
        add_absences(request.scope, request.moment, report, before=given["absent"] - missing)
    except Conflict:
        return redirect("institutions:today")  # sent twice: the first is there
    except Refused as refused:
        return today_page(request, " ".join(said(words) for _, words in refused.problems))
    except NotAllowed as cause:
        raise PermissionDenied from cause
    messages.success(request, say("缺勤原因已登记。", "Why they are absent is recorded."))
    return redirect("institutions:today")
