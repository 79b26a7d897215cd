"""What is to be done about findings, one finding, one inspection, and its notice on paper."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from sizao.terms.time import instant_at, local_day
from sizao.terms.words import Words
from sizao_web.desks.supervision import presenters as words
from sizao_web.desks.supervision.cards import cards
from sizao_web.desks.supervision.duty import INSPECTING, PHOTOGRAPHING, RECTIFYING, SEEING
from sizao_web.desks.supervision.lists import ours
from sizao_web.pages.clocks import clocks
from sizao_web.pages.names import meet
from sizao_web.pages.presenters import aware
from sizao_web.pages.routes import page
from sizao_web.pages.telling import telling
from sizao_web.records.reading import findings as reading
from sizao_web.records.reading.pack import policy_in_use
from sizao_web.settings.clock import bare

LATE = Words("场所逾期未办", "of places, overdue")
FIRST = 20  # things to do that the first page shows; the rest is in the list


@page(roles=SEEING)
def today(request: HttpRequest) -> HttpResponse:
    """What must be done about findings before noon: by us, and by the places that answer to us."""
    rows = reading.due_of_findings(request.scope)
    mine, theirs = rows.filter(ours(request.scope)), rows.exclude(ours(request.scope))
    tells, presses = telling(request), request.scope.role in INSPECTING
    context = {
        "numbers": _numbers(request, mine, theirs if presses else None),
        "sections": [
            ("ours", Words("由我们办", "Ours to do"), cards(tells, mine[:FIRST]), mine.count(), "us"),
            (
                "theirs",
                Words("等别人办：逾期的请催办或到场", "Waiting for others: press on, or go there")
                if presses
                else Words("等督导组复查", "Waiting for the inspectors to check again"),
                cards(tells, theirs[:FIRST]),
                theirs.count(),
                "others",
            ),
        ],
        "may_inspect": presses,
        "first": FIRST,
    }
    return render(request, "supervision/today.html", context)


def _numbers(request: HttpRequest, mine: QuerySet[Any], theirs: QuerySet[Any] | None) -> list[dict[str, Any]]:
    """The numbers above the lists; theirs: what others must do, None for a place, which presses nobody."""
    today = local_day(bare(request.moment), settings.SIZAO.zone)
    noon = instant_at(today, time(12), settings.SIZAO.zone)
    morning = bare(request.moment) < noon
    end = noon if morning else instant_at(today + timedelta(days=1), time(0), settings.SIZAO.zone)
    shown = f"{today.isoformat()} {'12:00' if morning else '23:59'}"
    limit = Words("中午前到期（含逾期）", "due before noon, the overdue included")
    limit = limit if morning else Words("今天到期（含逾期）", "due today, the overdue included")
    until = aware(end if morning else end - timedelta(minutes=1))
    return [
        _number(
            Words("我们逾期", "ours, overdue"), mine.filter(status="overdue"), who="us", status="overdue"
        ),
        _number(
            _of("我们", "ours", limit), mine.filter(due_at__lte=until), who="us", state="due", due_by=shown
        ),
        *(
            []
            if theirs is None
            else [_number(LATE, theirs.filter(status="overdue"), who="others", status="overdue")]
        ),
        {
            "label": Words("全部未整改", "not put right, in all"),
            "count": reading.every_finding(request.scope, request.moment)
            .filter(reading.in_state("open"))
            .count(),
            "address": f"{reverse('supervision:findings')}?state=open",
        },
    ]


def _of(zh: str, en: str, words: Words) -> Words:
    return Words(f"{zh}{words.zh}", f"{en}, {words.en}")


def _number(label: Words, rows: QuerySet[Any], **asked: str) -> dict[str, Any]:
    return {
        "label": label,
        "count": rows.count(),
        "address": f"{reverse('supervision:due')}?{urlencode(asked)}",
    }


@page(roles=SEEING, about="finding")
def finding(request: HttpRequest, finding: str) -> HttpResponse:
    """One finding: what is wrong, the clocks, the photographs, what the place did, the second check."""
    return finding_page(request, finding)


def finding_page(
    request: HttpRequest, name: str, *, problem: str = "", typed: str = "", status: int = 200
) -> HttpResponse:
    """The page of a finding; problem: why something was not recorded, with what was typed."""
    found = reading.finding(request.scope, request.moment, name)
    if found is None:
        raise Http404
    tells, role = telling(request), request.scope.role
    meet(request, [found.row], areas=["area"], offices=["place"])
    context = {
        "one": found,
        "row": found.row,
        "state": words.STATES[found.state],
        "severity": words.severity(found.row["severity"]),
        "kind": words.kind(found.row["kind"]),
        "clocks": clocks(tells, found.rows),
        "may_rectify": role in RECTIFYING and found.state == "open",
        "may_check": role in INSPECTING and found.state == "rectified",
        "may_photograph": role in PHOTOGRAPHING,
        "stages": [
            (Words("发现时的照片", "Photographs of what was found"), _staged(found, "found")),
            (Words("整改后的照片", "Photographs after it was put right"), _staged(found, "rectified")),
        ],
        "stage": "found" if role in INSPECTING else "rectified",
        "problem": problem,
        "typed": typed,
        "form": request.POST.get("form") or str(uuid4()),
        "account": request.scope.account,
    }
    return render(request, "supervision/finding.html", context, status=status)


def _staged(found: reading.Finding, stage: str) -> list[Any]:
    return [one for one in found.photos if one.stage == stage]


@page(roles=SEEING, about="inspection")
def inspection(request: HttpRequest, inspection: str) -> HttpResponse:
    """One inspection and what it found."""
    return render(request, "supervision/inspection.html", _inspected(request, inspection))


@page(roles=SEEING, about="inspection")
def notice(request: HttpRequest, inspection: str) -> HttpResponse:
    """The notice for the place, to be printed and signed: what to put right, until when, on what ground."""
    context = _inspected(request, inspection)
    context["texts"] = _texts([row for one in context["found"] for row in one["finding"].rows])
    return render(request, "supervision/notice.html", context)


def _inspected(request: HttpRequest, name: str) -> dict[str, Any]:
    row = reading.inspection(request.scope, request.moment, name)
    if row is None:
        raise Http404
    found = reading.findings_of(request.scope, request.moment, inspection=name)
    meet(request, [row], areas=["area"], offices=["place", "by"])
    tells = telling(request)
    return {
        "row": row,
        "found": [
            {
                "finding": one,
                "state": words.STATES[one.state],
                "severity": words.severity(one.row["severity"]),
                "kind": words.kind(one.row["kind"]),
                "clocks": clocks(tells, one.rows),
            }
            for one in sorted(found, key=lambda one: one.row["finding"])
        ],
    }


def _texts(rows: list[Any]) -> list[Any]:
    """The texts of rules behind these rows, each once: their ground and whether they can be waived."""
    texts = {}
    for row in rows:
        for text in policy_in_use().rules.get(row.rule, ()):
            if text.number == row.version:
                texts[text.rule, text.number] = text
    return list(texts.values())
