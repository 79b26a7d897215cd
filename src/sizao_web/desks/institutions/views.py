"""Today's report of a place: zero by one tap, or who is absent and why; what else the place must do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao.terms.codes import CODE_LISTS
from sizao.terms.identifiers import hex_key
from sizao.terms.time import local_day
from sizao.terms.words import Words
from sizao_web.desks.institutions.counting import ABSENTEES, FEVER, GridRow, grid, read_report
from sizao_web.desks.institutions.reporting import recorded
from sizao_web.pages import demands, presenters, urgency
from sizao_web.pages.addresses import address
from sizao_web.pages.language import said, say
from sizao_web.pages.names import meet
from sizao_web.pages.routes import page
from sizao_web.records.actions.record_facts import Conflict, NotAllowed, Refused
from sizao_web.records.actions.trace_absence import trace_absence
from sizao_web.records.reading import institutions
from sizao_web.records.reading.findings import found_by_key
from sizao_web.records.reading.proofs import verbs_proved_by
from sizao_web.settings.clock import bare

REPORTING = frozenset({"institution", "pharmacy", "clinic"})
LATELY = 7  # days of absences that are shown
FIELDS = (
    "obligation_id", "rule", "version", "step", "verb", "about", "place", "status", "opens_at", "due_at",
    "closes_at", "occurrence", "trigger_fact", "trigger_key",
)  # fmt: skip


@dataclass(frozen=True)
class Owed:
    """One report that the place owes: the row of today, what was reported, what was said before.

    roster: who belonged here by the report before; belong: by today's. feverish: absent and with a fever.
    """

    duty: str
    label: Words
    counts_people: bool
    uncounted: int
    kinds: list[Words]
    grid: list[GridRow]
    roster: int | None
    before: dict[str, Any] | None
    belong: int | None
    feverish: int
    given: dict[str, Any] | None
    key: str | None
    until: Words | None
    css: str
    otherwise: Words | None
    why: str | None


@page(roles=REPORTING)
def today(request: HttpRequest) -> HttpResponse:
    """The first screen: the report that is owed today, and everything else the place must do."""
    return today_page(request)


@page(roles=REPORTING, methods=("POST",))
def report(request: HttpRequest) -> HttpResponse:
    """Record the report of today."""
    place, day, duty = request.scope.organisation or "", day_of(request), request.POST.get("duty", "")
    owed = {row["duty"] for row in institutions.reports_owed(request.scope, request.moment, place, day)}
    if duty not in owed:
        raise PermissionDenied
    found, problem = read_report(request, place, duty, day)
    if found is None:
        return today_page(request, problem)
    try:
        outcome = recorded(request, found)
    except Conflict:
        messages.warning(
            request,
            say(
                "今天已经报过，未重复；要改请点“更正”。",
                "Today's report is there already; to change it, correct it.",
            ),
        )
        return redirect("institutions:today")
    except Refused as refused:
        return today_page(request, " ".join(said(words) for _, words in refused.problems))
    except NotAllowed as cause:
        raise PermissionDenied from cause
    zero = not found.absent and not found.feverish
    if outcome.stored:
        messages.success(
            request,
            say("零报告已收到。", "The zero report is in.")
            if zero
            else say("报告已收到。", "The report is in."),
        )
    return redirect("institutions:today")


@page(roles=REPORTING, methods=("POST",))
def cause(request: HttpRequest) -> HttpResponse:
    """Say why somebody was absent."""
    place, absence = request.scope.organisation or "", request.POST.get("absence", "")
    found = request.POST.get("cause", "")
    open_ = {row["absence"] for row in institutions.untraced(request.scope, request.moment, place)}
    if absence in open_ and found in CODE_LISTS["absence_causes"].names():
        try:
            trace_absence(request.scope, request.moment, absence=absence, place=place, cause=found)
        except Conflict:
            pass  # a colleague traced it a moment earlier
        except (Refused, NotAllowed) as cause:
            raise PermissionDenied from cause
        messages.success(request, say("病因已登记。", "The cause is recorded."))
    return redirect("institutions:today")


def missing_of(request: HttpRequest, place: str, given: dict[str, Any]) -> int:
    """How many more are absent by the report than were entered one by one; below 0: fewer."""
    entered = institutions.absences_of(request.scope, request.moment, place, given["for_on"])
    return int(given["absent"]) - entered


def today_page(request: HttpRequest, problem: str = "") -> HttpResponse:
    """The first screen; problem: why something was not recorded, with what was typed."""
    scope, moment, day = request.scope, request.moment, day_of(request)
    place = scope.organisation or ""
    meet(request, [{"place": place}], offices=["place"])
    rows = list(institutions.duties_of(scope, place, ("overdue", "open")).values(*FIELDS))
    reporting = verbs_proved_by("institution_reports")
    closed = institutions.closures(scope, moment, place, day)
    untraced = institutions.untraced(scope, moment, place)
    lately = institutions.absent_by_cause(scope, moment, place, day - timedelta(days=LATELY))
    feverish = sum(number for on, cause, number in lately if on == day and cause == FEVER)
    visits = list(institutions.visits_to(scope, place).values(*FIELDS, "done_by"))
    meet(request, visits, offices=["done_by"])
    context = {
        "place": place,
        "owed": [
            _owed(request, place, row["duty"], rows, feverish=feverish, typed=bool(problem))
            for row in institutions.reports_owed(scope, moment, place, day)
        ],
        "others": _others(request, [row for row in rows if row["verb"] not in reporting]),
        "closed_now": any(row["from_on"] <= day for row in closed),
        "closed": [{**row, "key": hex_key(row["key_hi"], row["key_lo"])} for row in closed],
        "untraced": [
            {**row, "number": number, "key": hex_key(row["key_hi"], row["key_lo"])}
            for number, row in enumerate(untraced, 1)
        ],
        "lately": lately,
        "causes": [(one.code, one.label) for one in CODE_LISTS["absence_causes"].codes],
        "typed": request.POST if problem else {},
        "visits": [_told(request, row) for row in visits],
        "grounds": [(one.code, one.label) for one in CODE_LISTS["closure_grounds"].codes],
        "problem": problem,
        "form": str(uuid4()),
    }
    return render(request, "institutions/today.html", context, status=422 if problem else 200)


def _others(request: HttpRequest, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What else is to be done; of a finding which one it is, with its page, where it is put right."""
    of_findings = {row["trigger_key"] for row in rows if row["trigger_fact"] == "findings"}
    found = found_by_key(request.scope, request.moment, of_findings)
    told = []
    for row in rows:
        of = found.get(row["trigger_key"])
        more = (
            {
                "kind": CODE_LISTS["finding_kinds"].label_of(of["kind"]) if of["kind"] else None,
                "note": of["note"],
                "page": address("supervision:finding", of["finding"]),
            }
            if of
            else {}
        )
        told.append({**_told(request, row), **more})
    return told


def _owed(
    request: HttpRequest, place: str, duty: str, rows: list[dict[str, Any]], *, feverish: int, typed: bool
) -> Owed:
    scope, moment, day, zone = request.scope, request.moment, day_of(request), settings.SIZAO.zone
    given = institutions.report_of(scope, moment, place, duty, day)
    before = institutions.last_report(scope, moment, place, duty, day)
    reporting = verbs_proved_by("institution_reports")
    row = next(
        (one for one in rows if one["verb"] in reporting and one["occurrence"] == day.isoformat()),
        None,
    )
    roster = None
    if before is not None and before["present"] is not None:
        roster = before["present"] + before["absent"]
    css = "state-met" if given else "state-upcoming"
    until = None
    if given is None and row is not None:
        late = row["status"] == "overdue"
        css = "state-overdue" if late else "state-open"
        until = (
            presenters.standing_of("overdue", moment, due_at=row["due_at"])
            if late
            else presenters.limit(row["due_at"], moment, zone)
        )
    return Owed(
        duty,
        CODE_LISTS["enrolment_duties"].label_of(duty),
        duty in ABSENTEES,
        missing_of(request, place, given) if given and duty in ABSENTEES else 0,
        [CODE_LISTS["absentee_kinds"].label_of(one) for one in ABSENTEES.get(duty, ())],
        grid(request.POST if typed else {}, duty),
        roster,
        before,
        given["present"] + given["absent"] if given and given["present"] is not None else None,
        feverish if duty in ABSENTEES else 0,
        given,
        hex_key(given["key_hi"], given["key_lo"]) if given else None,
        until,
        css,
        urgency.consequence(row, moment, zone) if row and not given else None,
        row["obligation_id"] if row else None,
    )


def _told(request: HttpRequest, row: dict[str, Any]) -> dict[str, Any]:
    late = row["status"] == "overdue"
    return {
        **row,
        "what": demands.demand(row),
        "css": "state-overdue" if late else "state-open",
        "until": presenters.standing_of("overdue", request.moment, due_at=row["due_at"])
        if late
        else presenters.limit(row["due_at"], request.moment, settings.SIZAO.zone),
        "otherwise": urgency.consequence(row, request.moment, settings.SIZAO.zone),
    }


def day_of(request: HttpRequest) -> date:
    """Today, where the place is."""
    return local_day(bare(request.moment), settings.SIZAO.zone)
