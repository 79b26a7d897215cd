"""A clinic's door: who was sent here, triage or registration, the sample, and whom to send on."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao_web.desks.clinic.duty import (
    PAGE,
    SEEING,
    Form,
    day_of,
    form_number,
    known,
    looked_up,
    nearest,
    the_way,
    who_of,
)
from sizao_web.desks.clinic.lists import lists, one_patient
from sizao_web.pages.demands import degrees_of
from sizao_web.pages.language import said, say
from sizao_web.pages.names import meet
from sizao_web.pages.routes import page
from sizao_web.records.actions.fill_tube import Filled, fill_tube
from sizao_web.records.actions.newcomers import Who
from sizao_web.records.actions.record_facts import NotAllowed, Refused
from sizao_web.records.actions.see_patient import Visit, record_patient, seen
from sizao_web.records.reading import clinics, ledger, tubes
from sizao_web.records.reading.caught import demanding, would_catch
from sizao_web.records.reading.identities import identity_of
from sizao_web.records.reading.persons import is_seen

COLDEST, HOTTEST = 30.0, 45.0  # what a thermometer shows of somebody alive: else a slip of the finger
LONGEST = 40  # signs of a tube's number


def _is_fever_clinic(request: HttpRequest) -> bool:
    """Whether this place is a fever clinic; every other door sends fever on."""
    here = clinics.place_of(request.scope, request.moment, request.scope.organisation or "")
    return here is not None and here["kind"] == clinics.SEEN


@page(roles=SEEING)
def today(request: HttpRequest) -> HttpResponse:
    """The first screen: who was sent and is not there, whom to sample, results awaited, whom to let go."""
    context = {"lists": lists(request), "clinic": _is_fever_clinic(request)}
    if not context["clinic"]:
        context["sent"] = _sent_from_here(request)
    return render(request, "clinic/today.html", context)


def _sent_from_here(request: HttpRequest) -> list[dict[str, Any]]:
    scope, moment = request.scope, request.moment
    since = clinics.counts_since(moment, day_of(request))
    rows = clinics.referrals(scope, moment, since, from_place=scope.organisation or "")
    meet(request, rows, offices=["to_place"])
    return [{**row, "who": identity_of(scope, moment, row["person"], PAGE)} for row in reversed(rows)]


@page(roles=SEEING, methods=("POST",))
def look_up(request: HttpRequest) -> HttpResponse:
    """The registration of whom the text finds; nobody: with what was typed."""
    form, found = looked_up(request)
    return _page(request, form, found=found, sought=request.POST.get("q", "").strip())


@page(roles=SEEING, methods=("GET", "POST"))
def register(request: HttpRequest) -> HttpResponse:
    """The registration; recorded, the patient's page, or the slip where the rules send them on."""
    if request.method == "GET":
        person = request.GET.get("person", "")
        return _page(request, Form({"person": person} if is_seen(request.scope, person) else {}))
    form, who, visit = _read(request)
    if form.wrong or visit is None:
        return _page(request, form, status=422)
    try:
        person, _ = record_patient(request.scope, request.moment, who, visit, form=form.values["form"])
    except Refused as refused:
        form.wrong[""] = " ".join(said(words) for _, words in refused.problems)
        return _page(request, form, status=422)
    except NotAllowed as cause:
        raise PermissionDenied from cause
    return redirect("clinic:sent" if visit.refer_to else "clinic:patient", person)


@page(roles=SEEING, about="person")
def patient(request: HttpRequest, person: str) -> HttpResponse:
    """One patient: what is on record, what is due by which rule, the tube, the result."""
    return _patient(request, person)


@page(roles=SEEING, methods=("POST",), about="person")
def sample(request: HttpRequest, person: str) -> HttpResponse:
    """Record the tube of a patient: one person, one tube."""
    if not is_seen(request.scope, person):
        raise Http404
    scope, moment, day = request.scope, request.moment, day_of(request)
    typed = request.POST.get("tube", "").strip()[:LONGEST]
    waiting = one_patient(request, person).tube
    if waiting is not None and waiting.result is None and waiting.sample != typed:
        return _patient(
            request,
            person,
            say(f"已采样（试管 {waiting.sample}），在等结果。", f"Sampled already (tube {waiting.sample})."),
        )
    laboratory = next(iter(tubes.laboratories(scope, moment, day)), None)
    filled = Filled(
        form_number(request.POST.get("form", "")), typed, moment, day, (person,), scope.organisation,
        laboratory, anyway=True,
    )  # fmt: skip
    answer = fill_tube(scope, moment, filled)
    if answer.outcome == "refused":
        return _patient(request, person, " ".join(said(words) for words in answer.why))
    messages.success(
        request, say(f"试管 {typed} 已登记，等结果。", f"Tube {typed} is recorded; the result is awaited.")
    )
    return redirect("clinic:patient", person)


@page(roles=SEEING, about="person")
def sent(request: HttpRequest, person: str) -> HttpResponse:
    """What somebody who is sent on takes along, and whether they arrived."""
    if not is_seen(request.scope, person):
        raise Http404
    scope, moment, day = request.scope, request.moment, day_of(request)
    rows = clinics.referrals(
        scope, moment, clinics.counts_since(moment, day), from_place=scope.organisation or ""
    )
    last = next((row for row in reversed(rows) if row["person"] == person), None)
    way = the_way(request, person, last["to_place"] if last else None, last)
    return render(request, "clinic/slip.html", {**way, "back": "clinic:today"})


def _patient(request: HttpRequest, person: str, problem: str = "") -> HttpResponse:
    if not is_seen(request.scope, person):
        raise Http404
    scope, moment = request.scope, request.moment
    since, place = clinics.counts_since(moment, day_of(request)), scope.organisation or ""
    derived = ledger.has_followed(clinics.last_visit(scope, moment, since, place, person))
    found = one_patient(request, person)
    areas = clinics.homes(scope, moment, person, day_of(request))
    meet(request, [{"area": one} for one in areas], areas=["area"])
    context = {
        "one": found,
        "person": person,
        "homes": areas,
        "derived": derived,
        "binding": ledger.standing(scope).filter(person=person).first(),
        "form": str(uuid4()),
        "tube": request.POST.get("tube", "") if problem else "",
        "problem": problem,
        "clinic": _is_fever_clinic(request),
    }
    return render(request, "clinic/patient.html", context, status=422 if problem else 200)


def _read(request: HttpRequest) -> tuple[Form, Who, Visit | None]:
    """What was typed, and the visit where nothing is wrong with it."""
    values = {name: text.strip() for name, text in request.POST.items()}
    form = Form(values)
    values["form"] = form_number(values.get("form", ""))
    who = who_of(values, form.wrong)
    if who.person and not is_seen(request.scope, who.person):
        raise Http404
    degrees = degrees_of(values.get("temperature", ""))
    if degrees is None or not COLDEST <= degrees <= HOTTEST:
        form.wrong["temperature"] = say("请填体温，如 38.2。", "Enter the temperature, such as 38.2.")
    if values.get("code_scanned", "") not in ("yes", "no"):
        form.wrong["code_scanned"] = say("请选择是否扫健康码。", "Say whether the code was scanned.")
    if form.wrong:
        return form, who, None
    clinic = _is_fever_clinic(request)
    visit = Visit(clinics.SEEN if clinic else "triage", degrees, values["code_scanned"] == "yes", None)
    if clinic or not _must_refer(request, visit):
        return form, who, visit
    to = values.get("refer_to") or next((one["place"] for one in nearest(request)), "")
    if to not in {one["place"] for one in nearest(request)}:
        form.wrong["refer_to"] = say("请选择发热门诊。", "Choose the fever clinic.")
        return form, who, None
    return form, who, Visit(visit.kind, visit.temperature, visit.code_scanned, to)


def _must_refer(request: HttpRequest, visit: Visit) -> bool:
    """Whether a rule in force makes this door send the patient on."""
    values = seen(request.scope.organisation or "", request.moment, "", visit)
    found = would_catch(request.scope, request.moment, "encounters", values)
    return bool(demanding(found, "referrals"))


def _page(
    request: HttpRequest,
    form: Form,
    *,
    found: list[tuple[str, str]] | None = None,
    sought: str = "",
    status: int = 200,
) -> HttpResponse:
    clinic = _is_fever_clinic(request)
    context = {
        "values": {"form": str(uuid4()), **form.values},
        "wrong": form.wrong,
        "found": found,
        "sought": sought,
        "known": known(request, form),
        "clinic": clinic,
        "clinics": [] if clinic else nearest(request),
    }
    return render(request, "clinic/register.html", context, status=status)
