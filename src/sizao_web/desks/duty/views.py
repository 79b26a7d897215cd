"""The first page of the duty office; taking over and handing on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.desks.duty.whose import OFFICES
from sizao_web.pages.clocks import Clock, clocks
from sizao_web.pages.language import said, say
from sizao_web.pages.names import meet
from sizao_web.pages.routes import page
from sizao_web.pages.telling import telling
from sizao_web.records.actions import take_duty
from sizao_web.records.actions.record_facts import Conflict, NotAllowed, Refused
from sizao_web.records.reading import duty as reading
from sizao_web.records.reading.accounts import names_of
from sizao_web.records.reading.facts import plain

KINDS = ("duty", "leader")
VERBS = {"duty": "keep_duty", "leader": "keep_leader"}
FIRST = 10
LONGEST = 300
NOT_RECORDED = Words("没有登记：", "Not recorded: ")


@page(roles=OFFICES)
def today(request: HttpRequest) -> HttpResponse:
    """Who is on duty and who leads, what the shift before left, incidents and assignments that run."""
    return first_screen(request)


def first_screen(
    request: HttpRequest, *, problem: str = "", typed: Mapping[str, str] = MappingProxyType({})
) -> HttpResponse:
    """The page; problem: why something was refused, with what was typed of a shift or of the roster."""
    office = request.scope.organisation
    if office is None:
        return render(request, "duty/no_office.html")
    scope, moment = request.scope, request.moment
    incidents = reading.incidents(scope, moment).filter(office=office, is_closed=False)
    charged = reading.assignments(scope, moment).filter(office=office, is_done=False)
    given = reading.assignments(scope, moment).filter(by=office, is_done=False)
    roster, notes = reading.planned(scope, moment, office), reading.notes_left(scope, moment, office)
    people = reading.colleagues(moment, office)
    tells = telling(request)
    context = {
        "office": office,
        "posts": _posts(request, office, roster, people, typed),
        "notes": notes,
        "roster": roster,
        "names": _names(notes, roster),
        "people": list(people.items()),
        "incidents": [
            (one, clocks(tells, one.rows))
            for one in reading.followed(
                scope, moment, "incidents", plain(incidents.order_by("-found_at")[:FIRST])
            )
        ],
        "incident_count": incidents.count(),
        "charged": [
            (one, clocks(tells, one.rows))
            for one in reading.followed(
                scope, moment, "assignments", plain(charged.order_by("due_on", "assigned_at")[:FIRST])
            )
        ],
        "charged_count": charged.count(),
        "given_count": given.count(),
        "roster_count": len(roster),
        "form": str(uuid4()),
        "kinds": _kinds(),
        "problem": problem,
        "typed": typed,
    }
    meet(request, [one.row for one, _ in context["charged"]], offices=["by"])
    return render(request, "duty/today.html", context, status=422 if problem else 200)


def _posts(
    request: HttpRequest,
    office: str,
    roster: list[dict[str, Any]],
    people: dict[str, Words],
    typed: Mapping[str, str],
) -> list[dict[str, Any]]:
    """The two posts: who holds each, the clock of its row, and who is to take over by the roster."""
    scope, moment = request.scope, request.moment
    rows = reading.duty_rows(scope, office)
    found = []
    for kind in KINDS:
        running = reading.running_shifts(scope, moment, office, kind)
        on_roster = [one["holder"] for one in roster if one["kind"] == kind and one["from_at"] <= moment]
        holders = {one["holder"] for one in running}
        others = {name: label for name, label in people.items() if name not in holders}
        next_one = next((one for one in on_roster if one in others), None)
        left_at = None if running else reading.left_at(scope, moment, office, kind)
        told = clocks(telling(request), [row for row in rows if row.verb == VERBS[kind]])
        chosen = typed.get("holder") if typed.get("kind") == kind and "days" not in typed else None
        found.append(
            {
                "kind": kind,
                "label": CODE_LISTS["shift_kinds"].label_of(kind),
                "running": running,
                "names": _names(running, []),
                "left_at": left_at,
                "owed_since": None if running or left_at else _owed_since(told, moment),
                "clocks": told,
                "people": list(others.items()),
                "suggested": chosen or next_one or scope.account,
                "form": str(uuid4()),
            }
        )
    return found


def _owed_since(told: list[Clock], moment: datetime) -> datetime | None:
    """From when on somebody had to hold a post that nobody ever took over; None where nothing asks for it."""
    return min((one.due_at for one in told if one.otherwise and one.due_at <= moment), default=None)


def _names(*rows: list[dict[str, Any]]) -> dict[str, str]:
    """Account -> what its holder is called; the account itself where it is none here."""
    wanted = {one["holder"] for part in rows for one in part}
    named = names_of(wanted)
    return {one: said(named[one]) if one in named else one for one in wanted}


def _kinds() -> list[tuple[str, Words]]:
    return [(one.code, one.label) for one in CODE_LISTS["shift_kinds"].codes]


@page(roles=OFFICES, methods=("POST",))
def take_over(request: HttpRequest) -> HttpResponse:
    """Somebody takes over a post."""
    kind, holder = request.POST.get("kind", ""), request.POST.get("holder", "")
    note, form = request.POST.get("note", "").strip()[:LONGEST], request.POST.get("form", "")
    office = request.scope.organisation
    if (
        kind not in KINDS
        or not _number(form)
        or holder not in reading.colleagues(request.moment, office or "")
    ):
        return not_recorded(request, say("请从名单中选择接班的人。", "Choose from the list who takes over."))
    try:
        take_duty.take_over(request.scope, request.moment, kind=kind, holder=holder, form=form, note=note)
    except Conflict:
        pass  # sent twice at the same moment
    except (Refused, NotAllowed) as cause:
        return not_recorded(request, why_refused(cause))
    messages.success(request, say("已接班。", "Taken over."))
    return redirect("duty:today")


@page(roles=OFFICES, methods=("POST",))
def hand_on(request: HttpRequest) -> HttpResponse:
    """A shift ends though nobody has taken over yet."""
    kind, note = request.POST.get("kind", ""), request.POST.get("note", "").strip()[:LONGEST]
    if kind not in KINDS:
        return not_recorded(request, say("请重新打开本页。", "Open this page again."))
    try:
        take_duty.hand_on(request.scope, request.moment, kind=kind, note=note)
    except (Refused, NotAllowed) as cause:
        return not_recorded(request, why_refused(cause))
    messages.warning(
        request,
        say(
            "已下班，现在空岗。请尽快有人接班。",
            "The shift has ended and nobody holds the post: somebody must.",
        ),
    )
    return redirect("duty:today")


def not_recorded(request: HttpRequest, why: str) -> HttpResponse:
    """The first page again, with the reason and what was typed."""
    return first_screen(request, problem=said(NOT_RECORDED) + why, typed=request.POST)


def why_refused(cause: Exception) -> str:
    """Why nothing was recorded, as a sentence."""
    if isinstance(cause, Refused):
        return " ".join(said(words) for _, words in cause.problems)
    return say("您的职责不能登记这项。", "Your duty may not record this.")


def _number(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
