"""The start page: the first screen of the duty."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from sizao.facts.dictionary import FACTS
from sizao.terms.words import Words
from sizao_web.desks.everyone.presenters import short
from sizao_web.pages.addresses import address
from sizao_web.pages.names import meet
from sizao_web.pages.routes import EVERY_ROLE, page
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading import findings, hand_overs, ledger

OWN_DESK = {
    "community": "community:visits",
    "command": "command:overview",
    "port_health": "entry:today",
    "institution": "institutions:today",
    "site": "quarantine:today",
    "sampling_team": "laboratory:sampling",
    "laboratory": "laboratory:today",
    "pharmacy": "clinic:pharmacy",
    "clinic": "clinic:today",
    "resident": "public:own",
    "supplies": "capacity:today",
    "county_hospital": "recovered:today",
    "family_doctor": "recovered:today",
}
"""Duties that begin at a desk of their own."""

FIRST = 10


@page(roles=EVERY_ROLE)
def start(request: HttpRequest) -> HttpResponse:
    """Where each duty begins: at its desk, or at what it must do, in which order, and how much."""
    to = address(OWN_DESK.get(request.scope.role, ""))
    if to is not None:
        return redirect(to)
    scope = request.scope
    context: dict[str, Any] = {"facts": _facts(scope)}
    if scope.duty.sees != "reference":
        rows = _mine(scope)
        first = list(rows.filter(status__in=("overdue", "open")).order_by("due_at", "obligation_id")[:FIRST])
        meet(request, first, offices=["about", "responsible"])
        context |= {"numbers": numbers(request, rows), "rows": first}
    if scope.may_give("inspections"):
        context["findings"] = _of_findings(request)
    return render(request, "everyone/start.html", context)


def numbers(request: HttpRequest, rows: QuerySet[Any]) -> list[dict[str, Any]]:
    """What there is to do, each number with the list behind it."""
    scope = request.scope
    noon = _today_at(request.moment, time(12))
    later = request.moment < noon
    end = noon if later else _today_at(request.moment, time(23, 59))
    due = rows.filter(status__in=("overdue", "open"), due_at__lte=end)
    found = [
        _number(Words("逾期", "overdue"), rows.filter(status="overdue"), scope, "overdue"),
        _number(
            Words("中午前到期（含逾期）", "due before noon, the overdue included")
            if later
            else Words("今天到期（含逾期）", "due today, the overdue included"),
            due,
            scope,
            "to-do",
            due_by=end.strftime("%Y-%m-%d %H:%M"),
        ),
        _number(Words("待办", "to do"), rows.filter(status__in=("overdue", "open")), scope, "to-do"),
        _number(Words("将到", "coming"), rows.filter(status="upcoming"), scope, "upcoming"),
    ]
    if scope.organisation and scope.may_give("hand_over_acceptances"):
        offered = len(hand_overs.offered_to(scope, request.moment))
        found.append(
            {
                "label": Words("移交待接收", "hand-overs to accept"),
                "count": offered,
                "address": f"{reverse('everyone:hand-overs')}#to-us-rows",
            }
        )
    unknown = ledger.unknown(scope)
    if unknown.exists():
        found.append(
            {
                "label": Words("情况不明，须查清", "not known, to be found out"),
                "count": unknown.count(),
                "address": reverse("everyone:list", args=["not-known"]),
            }
        )
    return found


def _of_findings(request: HttpRequest) -> list[dict[str, Any]]:
    """What inspections found and is not settled, whoever must do it, each number with the list behind it."""
    scope, end = request.scope, _today_at(request.moment, time(23, 59))
    rows = findings.due_of_findings(scope)
    found = findings.every_finding(scope, request.moment).filter(findings.in_state("open"))
    overdue, until = rows.filter(status="overdue"), end.strftime("%Y-%m-%d %H:%M")
    told: list[tuple[Words, QuerySet[Any], str, dict[str, str]]] = [
        (Words("未整改的问题", "findings not put right"), found, "findings", {"state": "open"}),
        (
            Words("整改、复查今天到期（含逾期）", "due today, the overdue included"),
            rows.filter(due_at__lte=end),
            "due",
            {"now": "yes", "due_by": until},
        ),
        (Words("整改、复查逾期", "overdue"), overdue, "due", {"status": "overdue"}),
    ]
    return [
        {
            "label": label,
            "count": rows.count(),
            "address": f"{reverse(f'supervision:{to}')}?{urlencode(asked)}",
        }
        for label, rows, to, asked in told
    ]


def _mine(scope: Scope) -> QuerySet[Any]:
    """The rows of the own office or place; of a duty without one, those of its area."""
    rows = ledger.obligations(scope)
    if not scope.organisation:
        return rows
    mine = Q(responsible=scope.organisation) | Q(responsible__isnull=True, done_by=scope.organisation)
    return rows.filter(mine)


def _number(label: Words, rows: QuerySet[Any], scope: Scope, which: str, **narrowed: str) -> dict[str, Any]:
    asked = {**({"office": scope.organisation} if scope.organisation else {}), **narrowed}
    to = reverse("everyone:list", args=[which])
    return {"label": label, "count": rows.count(), "address": f"{to}?{urlencode(asked)}" if asked else to}


def _facts(scope: Scope) -> list[dict[str, Any]]:
    return [{"fact": FACTS[name], "words": short(FACTS[name])} for name in FACTS if scope.may_give(name)]


def _today_at(moment: datetime, clock: time) -> datetime:
    zone = ZoneInfo(settings.SIZAO.zone)
    return datetime.combine(moment.astimezone(zone).date(), clock, tzinfo=zone)
