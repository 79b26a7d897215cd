"""A day of a partner, for who keeps it: sent, stored, merged, rejected, missing; each number with lines."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from sizao.facts.dictionary import DECLARED
from sizao.terms.time import local_day
from sizao.terms.words import Words
from sizao_web.desks.account.administration import ADMINISTRATORS
from sizao_web.pages.exports import stopped, table_file
from sizao_web.pages.language import said
from sizao_web.pages.paging import paging
from sizao_web.pages.routes import page
from sizao_web.records.actions.note_export import note_export
from sizao_web.records.reading import partners as reading
from sizao_web.records.reading.partner_days import WHICH, Line, lines
from sizao_web.records.reading.reconciliation import Reconciled, days_declared, reconcile
from sizao_web.settings.clock import bare

DAYS = 14
"""So many days that were declared are offered."""
NAMES = {
    "": Words("全部", "All"),
    "stored": Words("入库", "stored"),
    "merged": Words("合并（已有）", "merged: there already"),
    "rejected": Words("拒收", "rejected"),
    "waiting": Words("等台账", "waiting for the ledger"),
    "missing": Words("缺失", "missing"),
    "not_declared": Words("收到但未申报", "came, not declared"),
}
KINDS = {
    "record": Words("单条", "record"),
    "file": Words("文件", "file"),
    "parcel": Words("流的一次发送", "parcel of a stream"),
}

HEADINGS = (
    Words("种类", "kind"),
    Words("内容", "what"),
    Words("编号或摘要", "number or digest"),
    Words("行", "rows"),
)


@page(roles=ADMINISTRATORS, about="partner")
def day(request: HttpRequest, partner: str) -> HttpResponse:
    """The day that is asked for, or the last that was declared. `as=csv`: its lines as a file."""
    found = reading.partner_of(request.scope, partner)
    if found is None:
        raise Http404
    declared = days_declared(request.scope, found.account, DAYS)
    wanted, wrong = _day(request, declared)
    reconciled = reconcile(request.scope, wanted, found.account)
    which = request.GET.get("of", "") if request.GET.get("of", "") in WHICH else ""
    listed = lines(reconciled, which) if reconciled else []
    if request.GET.get("as") == "csv" and reconciled:
        return _file(request, found.name, wanted, listed)
    pages = paging(request.GET, len(listed))
    context = {
        "partner": found,
        "label": Words(found.label_zh, found.label_en),
        "day": wanted,
        "wrong": wrong,
        "days": declared,
        "found": reconciled,
        "counts": _counts(reconciled) if reconciled else [],
        "which": which,
        "which_name": NAMES[which],
        "lines": [_told(one) for one in listed[pages.offset : pages.offset + pages.size]],
        "paging": pages,
    }
    return render(request, "account_desk/partner_day.html", context, status=422 if wrong else 200)


def _day(request: HttpRequest, declared: list[date]) -> tuple[date, bool]:
    today = local_day(bare(request.moment), settings.SIZAO.zone)
    text = request.GET.get("day", "").strip()
    if not text:
        return (declared[0] if declared else today), False
    try:
        return date.fromisoformat(text), False
    except ValueError:
        return (declared[0] if declared else today), True


def _counts(found: Reconciled) -> list[dict[str, Any]]:
    beside = sum(one.not_declared for one in lines(found, "not_declared"))
    counts = {"": found.sent, **found.counts, "not_declared": beside}
    return [
        {"of": name, "label": NAMES[name] if name else Words("申报送来", "declared as sent"), "count": count}
        for name, count in counts.items()
    ]


def _told(one: Line) -> dict[str, Any]:
    declared = DECLARED.get(one.what)
    return {
        "line": one,
        "kind": KINDS[one.kind],
        "what": declared.meaning if declared else Words(one.what, one.what),
        "outcome": NAMES[one.outcome],
        "parts": [(NAMES[name], getattr(one, name)) for name in WHICH if getattr(one, name)],
        "bad": one.outcome in ("missing", "rejected"),
    }


def _file(request: HttpRequest, partner: str, day: date, listed: list[Line]) -> HttpResponse:
    if no := stopped(request, f"{request.path}?day={day.isoformat()}"):
        return no
    named = ("what", "number", "rows", *WHICH)
    headings = (*HEADINGS, *(NAMES[name] for name in WHICH))
    rows = [[said(KINDS[one.kind]), *(getattr(one, name) for name in named)] for one in listed]
    note_export(request.scope, request.moment, "partner day", len(rows), about=partner)
    return table_file(f"{partner}-{day.isoformat()}", headings, rows)
