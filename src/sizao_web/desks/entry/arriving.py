"""One arrival: the grade of each place at departure with its source, what binds now, and to whom it goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers

from sizao.terms.codes import CODE_LISTS
from sizao.terms.identifiers import hex_key
from sizao.terms.time import local_day
from sizao.terms.words import Words
from sizao_web.desks.entry.duty import ARRIVING, PAGE, WAY
from sizao_web.pages import presenters
from sizao_web.pages.language import said, say
from sizao_web.pages.meant import meant
from sizao_web.pages.names import meet
from sizao_web.pages.routes import page
from sizao_web.records.actions.record_facts import NotAllowed, Refused
from sizao_web.records.actions.send_on import send_on
from sizao_web.records.reading import arrivals, ledger
from sizao_web.records.reading.choices import every_office
from sizao_web.records.reading.grades import Grade, grade_on
from sizao_web.records.reading.identities import identity_of
from sizao_web.records.reading.persons import is_seen
from sizao_web.settings.clock import bare

LONGEST_VEHICLE = 40
TASK_OF = {"central": "site", "hospital": "county_hospital"}
"""What binds somebody -> the task of the office that takes them over; everybody else goes to a community."""

NO_OFFICE = Words("请从列表选择接收机构。", "Choose the receiving office from the list.")


@dataclass(frozen=True)
class Stayed:
    """One stay before the arrival, with the grade on the last day there."""

    row: dict[str, Any]
    last: date
    grade: Grade
    label: Words | None
    css: str
    key: str


@page(roles=ARRIVING, methods=("GET", "POST"), about="person")
def arrival(request: HttpRequest, person: str) -> HttpResponse:
    """The arrival, and handing the person over."""
    if not is_seen(request.scope, person):
        raise Http404
    problem = _send(request, person) if request.method == "POST" else None
    if request.method == "POST" and problem is None:
        messages.success(
            request,
            say(
                "已提出移交，待对方接收；回执可打印。",
                "Handed over; they must accept. The receipt can be printed.",
            ),
        )
        return redirect("entry:receipt", person)
    context = _context(request, person, problem)
    response = render(request, "entry/arrival.html", context, status=422 if problem else 200)
    patch_vary_headers(response, ["HX-Request"])
    return response


@page(roles=ARRIVING, about="person")
def receipt(request: HttpRequest, person: str) -> HttpResponse:
    """Who took the person over, when, and by which vehicle; for both sides."""
    if not is_seen(request.scope, person):
        raise Http404
    offers = arrivals.offers_of(request.scope, request.moment, [person])
    meet(request, offers, offices=["from_office", "to_office"])
    context = {
        "way": WAY,
        "person": person,
        "who": identity_of(request.scope, request.moment, person, PAGE),
        "offers": offers,
        "arrival": next(iter(arrivals.arrivals_of(request.scope, request.moment, person)), None),
    }
    return render(request, "entry/receipt.html", context)


def _context(request: HttpRequest, person: str, problem: str | None) -> dict[str, Any]:
    scope, moment = request.scope, request.moment
    rows = arrivals.arrivals_of(scope, moment, person)
    came = rows[0] if rows else None
    stays = arrivals.stays_of(scope, moment, person)
    here = next((row for row in stays if row["until_on"] is None), None)
    offers = arrivals.offers_of(scope, moment, [person])
    derived = ledger.has_followed(came)
    binding = arrivals.binding_of(scope, [person]).get(person)
    proposed = _proposed(request, binding.place if binding else "", here["located_in"] if here else "")
    offices = {name: said(words) for name, words in every_office(scope, moment).items()}
    offices.pop(scope.organisation or "", None)
    meet(request, offers, offices=["from_office", "to_office"])
    meet(request, stays, areas=["located_in"])
    return {
        "way": WAY,
        "person": person,
        "who": identity_of(scope, moment, person, PAGE),
        "arrival": came,
        "key": hex_key(came["key_hi"], came["key_lo"]) if came else None,
        "declared": next(iter(arrivals.declarations_of(scope, moment, person)), None),
        "stays": [_stayed(request, row, came) for row in stays if came and row is not here],
        "here": here,
        "binding": binding,
        "until": presenters.limit(binding.until, moment, settings.SIZAO.zone) if binding else None,
        "derived": derived,
        "proposing": derived or not request.htmx,
        "offers": offers,
        "waiting": any(row["accepted_at"] is None for row in offers),
        "taken": any(row["accepted_at"] is not None for row in offers),
        "offices": offices,
        # Who takes over is known once it is known what binds: nobody is sent home by a quick tap.
        "to_office": request.POST.get("to_office") or (offices.get(proposed or "", "") if derived else ""),
        "vehicle": request.POST.get("vehicle") or "",
        "vehicles": _vehicles(request),
        "form": str(uuid4()),
        "problem": problem,
    }


def _stayed(request: HttpRequest, row: dict[str, Any], came: dict[str, Any]) -> Stayed:
    """The grade on the last day of the stay, or on the day of the arrival."""
    last = min(
        row["until_on"] - timedelta(days=1) if row["until_on"] else came["arrived_on"], came["arrived_on"]
    )
    last = max(last, row["from_on"])
    found = grade_on(request.scope, request.moment, row["located_in"], last)
    named = [{"area": found.graded}, *({"area": area} for area, _ in found.parts)]
    meet(request, named, areas=["area"])
    meet(request, [{"office": found.announced_by}], offices=["office"])
    label = CODE_LISTS["grades"].label_of(found.grade) if found.grade else None
    css = {"high": "state-overdue", "medium": "state-too-late", "low": "state-met"}.get(
        found.grade or "", "state-unknown"
    )
    return Stayed(row, last, found, label, css, hex_key(row["key_hi"], row["key_lo"]))


def _proposed(request: HttpRequest, place: str, area: str) -> str | None:
    """The office that takes the person over: the site where they are bound to one, else the community."""
    if not area:
        return None
    today = local_day(bare(request.moment), settings.SIZAO.zone)
    task = TASK_OF.get(place, "community")
    return arrivals.office_for(request.scope, request.moment, task, area, today)


def _vehicles(request: HttpRequest) -> list[str]:
    """Vehicles in which this team has sent people today, the last first."""
    today = local_day(bare(request.moment), settings.SIZAO.zone)
    rows = arrivals.arrived(request.scope, request.moment, today - timedelta(days=1))
    offers = arrivals.offers_of(request.scope, request.moment, [row["person"] for row in rows])
    return list(dict.fromkeys(row["transfer"]["vehicle"] for row in offers if row["transfer"]))[:5]


def _send(request: HttpRequest, person: str) -> str | None:
    """Hand over; what is wrong in words, or nothing."""
    typed, vehicle = request.POST.get("to_office", "").strip(), request.POST.get("vehicle", "").strip()
    office = meant(typed, every_office(request.scope, request.moment))
    if office.value is None:
        return said(office.ask(typed, NO_OFFICE))
    if len(vehicle) > LONGEST_VEHICLE:
        return say("车辆名称太长。", "The name of the vehicle is too long.")
    try:
        number = str(UUID(request.POST.get("form", "")))
    except ValueError:
        return say("页面已过期，请重新打开。", "This page is out of date. Open it again.")
    try:
        send_on(
            request.scope,
            request.moment,
            persons=[person],
            to_office=office.value,
            vehicle=vehicle or None,
            form=number,
        )
    except Refused as refused:
        return " ".join(said(words) for _, words in refused.problems)
    except NotAllowed as cause:
        raise PermissionDenied from cause
    return None
