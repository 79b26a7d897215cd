"""Incidents: what happened, the clocks of its reports, what was done about it."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao.terms.codes import CODE_LISTS
from sizao_web.desks.duty.whose import OFFICES
from sizao_web.pages.clocks import clocks
from sizao_web.pages.language import said, say
from sizao_web.pages.names import meet
from sizao_web.pages.routes import page
from sizao_web.pages.telling import telling
from sizao_web.records.actions.record_facts import Conflict, Given, NotAllowed, Refused, record_facts
from sizao_web.records.reading import duty as reading

LONGEST = 500


@page(roles=OFFICES, methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponse:
    """Put an incident on record; it happened now, or its clock would run too late."""
    kinds, given = CODE_LISTS["incident_kinds"], request.POST
    problem, form = "", given.get("form", "") or str(uuid4())
    if request.method == "POST":
        problem = _recorded(request, form)
        if not problem:
            messages.success(request, say("已登记，时限开始计时。", "Recorded: the clock has begun to run."))
            return redirect("duty:incident", f"incident/{UUID(form).hex[:12]}")
    context = {
        "kinds": [(one.code, one.label) for one in kinds.codes],
        "kind": given.get("kind", ""),
        "note": given.get("note", ""),
        "reported": given.get("reported") == "yes",
        "form": form,
        "problem": problem,
    }
    return render(request, "duty/incident_new.html", context, status=422 if problem else 200)


def _recorded(request: HttpRequest, form: str) -> str:
    """Record the incident, with its first report where it was made already; or why not."""
    given, office = request.POST, request.scope.organisation
    kind, note = given.get("kind", ""), given.get("note", "").strip()
    if office is None:
        return say("您的岗位没有所属机构。", "Your duty belongs to no office.")
    if kind not in CODE_LISTS["incident_kinds"].names() or not note:
        return say("请选择类别，并写明发生了什么。", "Choose the kind and say what happened.")
    try:
        name = f"incident/{UUID(form).hex[:12]}"
    except ValueError:
        return say("页面已过期，请重新打开。", "This page is out of date. Open it again.")
    about = {"incident": name, "office": office}
    facts = [
        Given("incidents", {**about, "kind": kind, "found_at": request.moment, "note": note[:LONGEST]}, form)
    ]
    if given.get("reported") == "yes":
        first = {**about, "stage": "first", "reported_at": request.moment, "note": note[:LONGEST]}
        facts.append(Given("incident_reports", first, f"{form}/first"))
    return _record(request, facts)


@page(roles=OFFICES, about="incident")
def show(request: HttpRequest, incident: str) -> HttpResponse:
    """One incident: its clocks, and every report of it."""
    return _page(request, incident)


@page(roles=OFFICES, methods=("POST",), about="incident")
def report(request: HttpRequest, incident: str) -> HttpResponse:
    """Report an incident: first, further, or its end."""
    found = reading.one(request.scope, request.moment, "incidents", incident)
    if found is None:
        raise Http404
    stage, note = request.POST.get("stage", ""), request.POST.get("note", "").strip()
    if stage not in CODE_LISTS["report_stages"].names() or not note:
        return _page(
            request,
            incident,
            problem=say("请写明情况，再报。", "Say what was done, then report."),
            typed=note,
            stage=stage,
        )
    try:
        form = str(UUID(request.POST.get("form", "")))
    except ValueError:
        raise Http404 from None
    values = {
        "incident": incident,
        "office": found.row["office"],
        "stage": stage,
        "reported_at": request.moment,
        "note": note[:LONGEST],
    }
    problem = _record(request, [Given("incident_reports", values, form)])
    if problem:
        return _page(request, incident, problem=problem, typed=note, stage=stage)
    if stage == "final":
        messages.success(
            request, say("已终报，此事了结。", "The final report is in: the incident is closed.")
        )
    else:
        messages.success(request, say("已报告。", "Reported."))
    return redirect("duty:incident", incident)


def _record(request: HttpRequest, facts: list[Given]) -> str:
    try:
        record_facts(request.scope, request.moment, facts)
    except Conflict:
        return ""  # sent twice: the first is there
    except Refused as refused:
        return " ".join(said(words) for _, words in refused.problems)
    except NotAllowed:
        return say("这件事不由您的机构报告。", "Another office reports this one.")
    return ""


def _page(
    request: HttpRequest, name: str, *, problem: str = "", typed: str = "", stage: str = ""
) -> HttpResponse:
    found = reading.one(request.scope, request.moment, "incidents", name)
    if found is None:
        raise Http404
    meet(request, [found.row], offices=["office"])
    reported = {one["stage"] for one in found.reports}
    context = {
        "one": found,
        "row": found.row,
        "clocks": clocks(telling(request), found.rows),
        "ours": found.row["office"] == request.scope.organisation,
        "closed": "final" in reported,
        "stages": [
            (one.code, one.label)
            for one in CODE_LISTS["report_stages"].codes
            if one.code == "progress" or one.code not in reported
        ],
        "next_stage": stage or ("progress" if "first" in reported else "first"),
        "problem": problem,
        "typed": typed,
        "form": str(uuid4()),
    }
    return render(request, "duty/incident.html", context, status=422 if problem else 200)
