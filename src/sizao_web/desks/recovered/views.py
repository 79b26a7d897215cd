"""The first screen, the register, one person until the year ends, and recording a follow-up."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from sizao.terms.codes import CODE_LISTS
from sizao.terms.identifiers import hex_key
from sizao.terms.words import Words
from sizao_web.desks.recovered.course import consequences, course
from sizao_web.desks.recovered.duty import FOLLOWING, day_of, form_number
from sizao_web.desks.recovered.lists import Patient, hands_over, lists, patients
from sizao_web.pages.addresses import address, rows
from sizao_web.pages.filters import Filter, equal
from sizao_web.pages.language import said, say
from sizao_web.pages.ledger_lists import local, number_of, plain
from sizao_web.pages.listing import Column, Listing, Tab
from sizao_web.pages.lists import show
from sizao_web.pages.markup import filled
from sizao_web.pages.names import meet, names
from sizao_web.pages.routes import page
from sizao_web.pages.telling import Row, Telling
from sizao_web.records.actions.follow_up import FollowUp, record_follow_up
from sizao_web.records.actions.record_facts import Conflict, NotAllowed, Refused
from sizao_web.records.reading import ledger, recovered, tubes
from sizao_web.records.reading.persons import is_seen

LONGEST = 40  # signs of a tube's number


@page(roles=FOLLOWING)
def today(request: HttpRequest) -> HttpResponse:
    """The first screen: who is positive again, whom to see first, whom to test, who was not handed over."""
    found = lists(request)
    released = sum(one.one.hospital is None for one in found.everybody)
    context = {
        "lists": found,
        "morning": found.counts["noon"] + found.counts["overdue"],
        "hospital": hands_over(request),
        "discharged": len(found.everybody) - released,
        "released": released,
        "every": recovered.every_duty(request.scope).count(),
        "every_at": rows("to-do", office=request.scope.organisation),
        "form": str(uuid4()),
    }
    return render(request, "recovered/today.html", context)


@page(roles=FOLLOWING, about="person")
def person(request: HttpRequest, person: str) -> HttpResponse:
    """One person: what is due, a follow-up in few taps, the year month by month."""
    return _page(request, person)


@page(roles=FOLLOWING, methods=("POST",), about="person")
def record(request: HttpRequest, person: str) -> HttpResponse:
    """Record a follow-up, with the tube where a sample was taken."""
    one = _patient(request, person)
    if one is None:
        return redirect("recovered:person", person)
    findings, tube = request.POST.get("findings", ""), request.POST.get("tube", "").strip()[:LONGEST]
    if findings not in CODE_LISTS["visit_findings"].names():
        return _page(request, person, say("请选择身体状况。", "Say how they are."))
    if tube and one.tube is not None and one.tube.sample != tube:
        waits = one.tube.sample
        return _page(
            request, person, say(f"已采样（试管 {waits}），在等结果。", f"Sampled already (tube {waits}).")
        )
    laboratory = next(iter(tubes.laboratories(request.scope, request.moment, day_of(request))), None)
    found = FollowUp(
        form_number(request.POST.get("form", "")), person, findings, day_of(request), tube, laboratory
    )
    try:
        record_follow_up(request.scope, request.moment, found)
    except Conflict:
        pass  # sent twice: the first is there
    except Refused as refused:
        return _page(request, person, " ".join(said(words) for _, words in refused.problems))
    except NotAllowed as cause:
        raise PermissionDenied from cause
    messages.success(request, _recorded(findings, tube))
    return redirect("recovered:person", person)


@page(roles=FOLLOWING)
def people(request: HttpRequest) -> HttpResponse:
    """The register of those discharged whose year runs."""
    return _register(request, "discharges")


@page(roles=FOLLOWING)
def released(request: HttpRequest) -> HttpResponse:
    """The register of infections without symptoms that were let out and are followed."""
    return _register(request, "releases")


def _recorded(findings: str, tube: str) -> str:
    more = (
        say(f"试管 {tube} 已登记，等结果。", f" Tube {tube} is recorded; the result is awaited.")
        if tube
        else ""
    )
    ill = say("有症状：请到发热门诊就诊并采样。", " Symptoms: to the fever clinic, and sampled.")
    more += ill if findings == "symptoms" else ""
    return say("随访已登记。", "The follow-up is recorded.") + more


def _patient(request: HttpRequest, person: str) -> Patient | None:
    """Somebody who is followed; None for somebody who is not."""
    if not is_seen(request.scope, person):
        raise Http404
    found = recovered.followed(request.scope, request.moment, settings.SIZAO.zone, person=person)
    return patients(request, found)[0] if found else None


def _page(request: HttpRequest, person: str, problem: str = "") -> HttpResponse:
    scope, moment, one = request.scope, request.moment, _patient(request, person)
    if one is None:
        return render(request, "recovered/nobody.html", {"person": person})
    home = recovered.home_of(scope, moment, person, day_of(request))
    meet(request, [{"area": home}], areas=["area"])
    again = recovered.positive_again(scope, moment, [one.one]).get(person)
    result = tubes.result_of(scope, moment, again.sample) if again is not None else None
    derived = ledger.has_followed(result)
    following = consequences(request, person) if again is not None else []
    waiting, office = one.one.waiting, scope.organisation
    passed = [row for row in (one.one.handed, waiting) if row]
    meet(request, passed, offices=["from_office", "to_office"])
    from_us = {office, one.one.hospital if hands_over(request) else office}
    context = {
        "one": one,
        "person": person,
        "home": home,
        "hospital": hands_over(request),
        "again": again,
        "consequences": following,
        "derived": derived,
        "months": course(request, one),
        "waiting": waiting,
        "waits_for_us": waiting is not None and waiting["to_office"] == office,
        "take_back": hex_key(waiting["key_hi"], waiting["key_lo"])
        if waiting is not None and waiting["from_office"] in from_us
        else None,
        "doctors": _doctors(request, one, home) if waiting is None else [],
        "form": request.POST.get("form") if problem else str(uuid4()),
        "record": str(uuid4()),
        "typed": request.POST if problem else {},
        "answers": [(code.code, code.label) for code in CODE_LISTS["visit_findings"].codes],
        "problem": problem,
    }
    return render(request, "recovered/person.html", context, status=422 if problem else 200)


def _doctors(request: HttpRequest, one: Patient, home: str | None) -> list[tuple[str, str]]:
    """Offices of family doctors to whom somebody can be handed, the one at home first."""
    found = recovered.doctors(request.scope, request.moment, home, day_of(request))
    taken = {request.scope.organisation, one.one.doctor}
    meet(request, [{"office": name} for name in found], offices=["office"])
    return [(name, names(request).office(name)) for name in found if name not in taken]


def _who(row: Row, telling: Telling) -> Any:
    to = address("recovered:person", row["person"])
    return filled('<a href="{}">{}</a>', to, row["person"]) if to else row["person"]


def _place(row: Row, telling: Telling) -> str:
    return telling.office(row["place"])


def _listing(fact: str) -> Listing:
    at = "discharged_at" if fact == "discharges" else "released_at"
    place = (
        (Column("place", Words("医院", "hospital"), _place, None, ("place",)), number_of("place"))
        if fact == "discharges"
        else ()
    )
    return Listing(
        name="recovered" if fact == "discharges" else "released",
        title=Words("康复者名册", "The recovered"),
        meaning=Words(
            "治愈出院、随访期未满的人。点开看到期的随访、检测和一年的经过。",
            "Discharged as recovered, in their year. Open one for what is due and the whole year.",
        )
        if fact == "discharges"
        else Words(
            "解除隔离后仍须随访的无症状感染者。",
            "Infected without symptoms, let out, and still to be followed.",
        ),
        empty=Words("没有随访期内的人。", "Nobody is being followed."),
        fields=("person", at, *(["place"] if place else []), "fact_id"),
        columns=(
            Column("person", Words("人员", "person"), plain("person"), _who, ("person",), lead=True),
            Column("since", Words("出院（解除）时间", "discharged"), local(at), None, (at,)),
            *place,
            Column("until", Words("随访至", "followed until"), _until(at), None, (at,)),
        ),
        order=(f"-{at}", "person", "fact_id"),
        filters=(Filter("about", Words("人员编号", "number of the person"), equal("person")),),
        offices=("place",) if place else (),
        persons=True,
    )  # fmt: skip


def _until(at: str) -> Any:
    def value(row: Row, telling: Telling) -> Any:
        return recovered.last_day(row[at], telling.moment, telling.zone)

    return value


def _register(request: HttpRequest, fact: str) -> HttpResponse:
    scope, moment = request.scope, request.moment
    listed = recovered.followed(scope, moment, settings.SIZAO.zone)
    tabs = [
        Tab(words, reverse(route), current == fact, count)
        for words, route, current, count in (
            (Words("治愈出院", "discharged"), "recovered:people", "discharges",
             sum(one.hospital is not None for one in listed)),
            (Words("解除隔离", "released"), "recovered:released", "releases",
             sum(one.hospital is None for one in listed)),
        )
    ]  # fmt: skip
    return show(request, _listing(fact), recovered.register(scope, moment, listed, fact), tabs=tabs)
