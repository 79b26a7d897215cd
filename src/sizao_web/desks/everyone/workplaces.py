"""Pages of a place and of an office: what they are, what they have to do, what is recorded of them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from sizao.facts.dictionary import FACTS
from sizao.terms.time import local_day
from sizao_web.accounts.roles import OF_PLACES
from sizao_web.desks.everyone.grouping import grouped
from sizao_web.desks.everyone.presenters import short
from sizao_web.pages import values
from sizao_web.pages.names import meet
from sizao_web.pages.routes import AT_WORK, page
from sizao_web.records.reading import offices, places
from sizao_web.settings.clock import bare

OF_PLACE = (
    *(name for name in FACTS if name in OF_PLACES),
    "room_stays", "enrolments", "closures", "encounters", "medicine_sales", "admissions", "escorts",
)  # fmt: skip
"""Facts that are recorded from the page of a place."""

FIRST = 25
"""So many rows of an office stand on its page; its lists have them all."""


@page(roles=AT_WORK, about="place")
def place(request: HttpRequest, place: str) -> HttpResponse:
    """One place."""
    scope = request.scope
    today = local_day(bare(request.moment), settings.SIZAO.zone)
    found = places.place(scope, request.moment, place, today)
    if found is None:
        raise Http404
    recorded = [
        {
            "words": short(FACTS[fact]),
            "fact": fact,
            "row": row,
            "values": list(values.rows(request, FACTS[fact], row)),
        }
        for fact, row in places.recorded_of_place(scope, place, request.moment)
    ]
    given = [{"fact": FACTS[name], "words": short(FACTS[name])} for name in OF_PLACE if scope.may_give(name)]
    groups = grouped(request, places.obligations_of_place(scope, place))
    context = {"place": found, "groups": groups, "about": place, "recorded": recorded, "given": given}
    return render(request, "everyone/place.html", context)


@page(roles=AT_WORK, about="office")
def office(request: HttpRequest, office: str) -> HttpResponse:
    """One office: its tasks, and its rows by status, each count with the list behind it."""
    scope = request.scope
    today = local_day(bare(request.moment), settings.SIZAO.zone)
    tasks = offices.tasks_of(scope, request.moment, office, today)
    rows = (
        offices.rows_of(scope, office)
        .filter(status__in=("overdue", "open"))
        .order_by("due_at", "obligation_id")
    )
    counts = offices.counts_of(scope, office)
    if not tasks and not counts:
        raise Http404
    first = list(rows.order_by("due_at", "obligation_id")[:FIRST])
    meet(request, tasks, areas=["covers"])
    meet(request, first, areas=["area"])
    context: dict[str, Any] = {
        "office": office,
        "tasks": tasks,
        "rows": first,
        "to_do": counts.get("overdue", 0) + counts.get("open", 0),
        "overdue": counts.get("overdue", 0),
        "upcoming": counts.get("upcoming", 0),
        "met": counts.get("met", 0) + counts.get("met_late", 0),
        "missed": counts.get("missed", 0),
        "own": scope.organisation == office,
    }
    return render(request, "everyone/office.html", context)
