"""Every report of the place: what was said before, to look up, to correct and to take away as a file."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.desks.institutions.views import REPORTING
from sizao_web.pages.filters import Filter, equal
from sizao_web.pages.ledger_lists import local, plain
from sizao_web.pages.listing import Column, Listing
from sizao_web.pages.lists import show
from sizao_web.pages.markup import filled
from sizao_web.pages.routes import page
from sizao_web.pages.telling import Row, Telling
from sizao_web.records.reading import institutions


def _duty(row: Row, telling: Telling) -> str:
    return telling.said(CODE_LISTS["enrolment_duties"].label_of(row["duty"]))


def _day(row: Row, telling: Telling) -> Any:
    day = row["for_on"].isoformat()
    to = f"{reverse('institutions:correct')}?{urlencode({'duty': row['duty'], 'on': day})}"
    return filled('<a href="{}">{}</a>', to, day)


REPORTS = Listing(
    name="reports",
    title=Words("本单位报过的", "What this place has reported"),
    meaning=Words(
        "每天一份。要改哪一天，点日期，在报过的数上改。",
        "One a day. To change one, open it by its day and change what was sent.",
    ),
    empty=Words("还没有报过。", "Nothing has been reported yet."),
    fields=("for_on", "duty", "present", "absent", "feverish", "reported_at", "key_hi", "key_lo", "fact_id"),
    columns=(
        Column("day", Words("日期", "day"), plain("for_on"), _day, ("for_on",), lead=True),
        Column("duty", Words("报告", "report"), _duty, None, ("duty",)),
        Column("present", Words("到岗（校）", "present"), plain("present"), None, ("present",)),
        Column("absent", Words("缺勤（课）", "absent"), plain("absent"), None, ("absent",)),
        Column("feverish", Words("发热", "fever"), plain("feverish"), None, ("feverish",)),
        Column("reported", Words("报告时间", "reported"), local("reported_at"), None, ("reported_at",)),
    ),
    order=("-for_on", "duty", "fact_id"),
    filters=(
        Filter(
            "duty", Words("报告", "report"), equal("duty"), "choice",
            lambda telling: {one.code: one.label for one in CODE_LISTS["enrolment_duties"].codes},
        ),
    ),
)  # fmt: skip


@page(roles=REPORTING)
def reports(request: HttpRequest) -> HttpResponse:
    """The list of reports."""
    rows = institutions.reports(request.scope, request.moment, request.scope.organisation or "")
    return show(request, REPORTS, rows)
