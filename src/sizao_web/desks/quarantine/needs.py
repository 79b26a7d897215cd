"""What people in rooms ask for: recorded as they say it, answered when it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from sizao.terms.codes import CODE_LISTS
from sizao.terms.identifiers import hex_key
from sizao.terms.words import Words
from sizao_web.desks.quarantine.here import MANAGING, Here, form_number, here, page_of
from sizao_web.pages.language import said, say
from sizao_web.pages.presenters import length
from sizao_web.pages.routes import page
from sizao_web.records.actions.record_facts import Conflict, Given, NotAllowed, Refused, record_facts
from sizao_web.records.reading import sites

OFTEN = (
    "delivery",
    "medicine",
    "psychological",
    "medical_care",
    "urgent_care",
    "support",
    "question",
    "complaint",
)
"""What is asked for in a room, the commonest first; other kinds are recorded by the entry form."""


@dataclass(frozen=True)
class Need:
    """One open request. key: of its fact, for its page."""

    request: str
    person: str
    name: str
    room: str
    kind: Words
    code: str
    waits: Words
    asked_at: datetime
    key: str


def needs_here(at: Here, named: Mapping[str, str]) -> list[Need]:
    """Open requests of those in rooms; urgent care first, then the oldest."""
    kinds = CODE_LISTS["request_kinds"]
    rows = sites.needs_of(at.scope, at.moment, [one.person for one in at.site.stays])
    found = [
        Need(
            row["request"],
            row["person"],
            named.get(row["person"], ""),
            stay.room if (stay := at.site.stay_of(row["person"])) else "",
            kinds.label_of(row["kind"]),
            row["kind"],
            length(at.moment - row["asked_at"]),
            row["asked_at"],
            hex_key(row["key_hi"], row["key_lo"]),
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.code != "urgent_care", one.asked_at))


@page(roles=MANAGING, methods=("GET", "POST"))
def needs(request: HttpRequest) -> HttpResponse:
    """Open requests, and a line to record a new one."""
    at = here(request)
    if at is None:
        return page_of(request, "quarantine/needs.html", None, {})
    problem = _ask(at) if request.method == "POST" else None
    if request.method == "POST" and problem is None:
        messages.success(request, say("已登记，办结后请点“办结”。", "Recorded. Say when it is done."))
        return redirect(f"{reverse('quarantine:needs')}{'?' if at.asked else ''}{at.asked}")
    named = at.names(one.person for one in at.site.stays)
    kinds = CODE_LISTS["request_kinds"]
    context = {
        "needs": needs_here(at, named),
        "guests": [(one.person, one.room, named.get(one.person, "")) for one in at.site.stays],
        "kinds": [(one, kinds.label_of(one)) for one in OFTEN],
        "form": request.POST.get("form") or str(uuid4()),
        "chosen": (request.POST.get("person", ""), request.POST.get("kind", "")),
        "problem": problem,
    }
    return page_of(request, "quarantine/needs.html", at, context, status=422 if problem else 200)


@page(roles=MANAGING, methods=("POST",))
def answer(request: HttpRequest) -> HttpResponse:
    """Say what became of a request."""
    at = here(request)
    outcome, asked = request.POST.get("outcome", ""), request.POST.get("request", "")
    mine = sites.needs_of(request.scope, request.moment, [one.person for one in at.site.stays]) if at else []
    row = next((one for one in mine if one["request"] == asked), None)
    if row is not None and outcome in CODE_LISTS["request_outcomes"].names():
        values: dict[str, Any] = {"request": asked, "person": row["person"], "kind": row["kind"]}
        given = Given(
            "request_outcomes", {**values, "answered_at": request.moment, "outcome": outcome}, asked
        )
        _recorded(request, given)
        messages.success(request, say("已办结。", "Answered."))
    back = request.POST.get("next", "")
    to = "quarantine:today" if back == "today" else "quarantine:needs"
    return redirect(f"{reverse(to)}{'?' if at and at.asked else ''}{at.asked if at else ''}")


def _recorded(request: HttpRequest, given: Given) -> None:
    try:
        record_facts(request.scope, request.moment, [given])
    except Conflict:
        return  # a colleague answered a moment earlier
    except NotAllowed as cause:
        raise PermissionDenied from cause


def _ask(at: Here) -> str | None:
    """Record a request; what is wrong in words, or nothing."""
    form = at.request.POST
    person, kind, number = form.get("person", ""), form.get("kind", ""), form_number(form.get("form", ""))
    if at.site.stay_of(person) is None:
        return say("请选择是谁提出的。", "Choose who asks.")
    if kind not in OFTEN:
        return say("请选择需要什么。", "Choose what is asked for.")
    values = {"request": number, "person": person, "kind": kind, "asked_at": at.moment}
    try:
        record_facts(at.scope, at.moment, [Given("requests", values, number)])
    except Refused as refused:
        return " ".join(said(words) for _, words in refused.problems)
    except NotAllowed as cause:
        raise PermissionDenied from cause
    return None
