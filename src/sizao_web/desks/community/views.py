"""Today's visits, one household, what was found there, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import never_cache

from sizao.terms.words import Words
from sizao_web.desks.community import presenters as words
from sizao_web.desks.community.cards import Card, cards, household_card, person_card
from sizao_web.desks.community.depending import kinds
from sizao_web.desks.community.duty import AT_DOORS, tasks_of
from sizao_web.desks.community.forms import NoVisit, Typed, read_visit
from sizao_web.desks.community.results import result_of
from sizao_web.pages.language import said, say
from sizao_web.pages.paging import Paging, paging
from sizao_web.pages.routes import page
from sizao_web.pages.telling import telling
from sizao_web.pages.unsent import Unsent, offline_page, worker_script
from sizao_web.pages.urgency import group_of
from sizao_web.records.actions.record_visit import record_visit
from sizao_web.records.actions.retract_visit import retract_visit
from sizao_web.records.reading.offices import offices_of
from sizao_web.records.reading.visits import Door, doors

DOORS = 25  # cards of a page
UNSENT = Unsent("community", "community:visits", "community:record", "community:offline", "community:worker")


@page(roles=AT_DOORS)
def visits(request: HttpRequest) -> HttpResponse:
    """What must be done at which door, in the order in which somebody must go."""
    found = _doors(request)
    groups = {name: [one for one in found if _group(one, request) == name] for name in words.GROUPS}
    when = request.GET.get("when", "")
    chosen = groups.get(when, found)
    pages = paging({"page": request.GET.get("page", ""), "size": str(DOORS)}, len(chosen))
    shown = cards(telling(request), _offices(request), chosen[pages.offset : pages.offset + DOORS])
    context = {
        "groups": [
            (name, label, css, len(groups[name]), [card for card in shown if card.group == name])
            for name, (label, css) in words.GROUPS.items()
        ],
        "when": when if when in groups else "",
        "total": len(found),
        "pages": _numbers(pages, when),
    }
    return _page(request, "community/visits.html", context)


@page(roles=AT_DOORS, about="household")
def household(request: HttpRequest, household: str) -> HttpResponse:
    """One household with all its people."""
    return _door(request, household_card(telling(request), _offices(request), household, _doors(request)))


@page(roles=AT_DOORS, about="person")
def person(request: HttpRequest, person: str) -> HttpResponse:
    """Somebody who belongs to no household on record."""
    return _door(request, person_card(telling(request), _offices(request), person, _doors(request)))


def _door(request: HttpRequest, card: Card | None, context: Mapping[str, Any] | None = None) -> HttpResponse:
    if card is None:
        raise Http404
    saved = request.GET.get("saved", "")
    people = [one.person for one in (*card.members, *card.others)]
    result = result_of(telling(request), saved, people, ()) if saved else None
    return _page(request, "community/door.html", {"card": card, "result": result, **(context or {})})


@page(roles=AT_DOORS, methods=("POST",))
def record(request: HttpRequest) -> HttpResponse:
    """Record what was found at a door. Sent again, it counts once; a wrong answer undoes no other."""
    try:
        typed = read_visit(request.POST, request.moment, settings.SIZAO.zone)
    except NoVisit as cause:
        return _broken(request, cause.words)
    entries = [*record_visit(request.scope, request.moment, typed.visit), *typed.refused]
    result = result_of(telling(request), typed.visit.form, [one.person for one in entries], entries)
    if _wants_json(request):
        shown = render_to_string("community/_result.html", {"result": result}, request)
        return JsonResponse({"entries": result.plain(), "html": shown})
    if any(one.outcome == "refused" for one in entries):
        return _again(request, typed, result)
    return redirect(f"{_address(typed)}?saved={typed.visit.form}")


@page(roles=AT_DOORS, methods=("POST",))
def take_back(request: HttpRequest) -> HttpResponse:
    """Retract what a visit left."""
    people = request.POST.getlist("person")
    count = retract_visit(request.scope, request.moment, request.POST.get("visit", ""), people)
    messages.success(
        request,
        say(
            f"已撤回 {count} 条记录；任务重新列为待办。",
            f"{count} records were taken back; what was due is due again.",
        ),
    )
    return redirect("community:visits")


@page(roles=None)
def offline(request: HttpRequest) -> HttpResponse:
    """What a phone without connection shows instead of a page: nothing but what it kept itself."""
    return offline_page(request, UNSENT)


@page(roles=None)
def worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps the offline page on the phone; it must be served from this desk's own address."""
    return worker_script(request, UNSENT)


def _offices(request: HttpRequest) -> tuple[str, ...]:
    return offices_of(request.scope, request.moment, tasks_of(request.scope))


def _doors(request: HttpRequest) -> list[Door]:
    return doors(request.scope, _offices(request), request.moment, settings.SIZAO.zone)


def _group(door: Door, request: HttpRequest) -> str:
    return group_of(door.overdue > 0, door.due_at, request.moment, settings.SIZAO.zone, on=door.visit_on)


def _numbers(pages: Paging, when: str) -> list[tuple[int | None, str, bool]]:
    kept = f"&when={when}" if when else ""
    return [(one, f"?page={one}{kept}", one == pages.number) for one in pages.near] if pages.pages > 1 else []


def _page(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    return never_cache(
        lambda request: render(
            request,
            template,
            {
                "answers": words.ANSWERS,
                "dependant_kinds": kinds(),
                "unsent": UNSENT,
                "may_name_carers": request.scope.may_give("carers"),
                **context,
            },
        )
    )(request)


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _broken(request: HttpRequest, why: Words) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"problem": said(why)}, status=400)
    messages.error(request, said(why))
    return redirect("community:visits")


def _address(typed: Typed) -> str:
    route = "community:household" if typed.visit.household else "community:person"
    return reverse(route, args=[typed.visit.household or typed.door])


def _again(request: HttpRequest, typed: Typed, result: Any) -> HttpResponse:
    """The form once more, with what was typed and why it was refused."""
    make = household_card if typed.visit.household else person_card
    card = make(telling(request), _offices(request), typed.visit.household or typed.door, _doors(request))
    return _door(request, card, {"result": result, "typed": typed})
