"""The command overview: as it is now, and as it was known at a past moment."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from sizao.indicators.coverage import IN_PLACE, REPORTED, TESTED
from sizao.indicators.earlies import EARLIES
from sizao_web.desks.command import presenters, wording
from sizao_web.desks.command.actions import actions
from sizao_web.desks.command.links import Links
from sizao_web.desks.command.lists import cases
from sizao_web.desks.command.where import area_asked, crumbs
from sizao_web.pages.language import said as told
from sizao_web.pages.lasting import kind_words
from sizao_web.pages.lists import is_part, show
from sizao_web.pages.routes import page
from sizao_web.pages.telling import telling
from sizao_web.records.reading import alarms, answers, areas, proposals
from sizao_web.records.reading.answers import Answer
from sizao_web.records.reading.cases import EARLY_WINDOW_DAYS, LIMIT_DAYS
from sizao_web.records.reading.measures import WINDOW_DAYS
from sizao_web.records.reading.overview import behind
from sizao_web.records.reading.overview import overview as figures_of
from sizao_web.records.reading.resources import running_short

COMMANDING = frozenset({"command", "cdc", "health_commission", "street", "supervision"})
FILLING_UP = frozenset({"command", "cdc", "health_commission"})
"""Of these, the duties that see what there is against what is coming."""
UNCHANGED = 204
SHOWN_OFFICES = 10
SHOWN_ACTIONS = 8  # as in _actions.html; the others stand behind a click


@page(roles=COMMANDING)
def overview(request: HttpRequest) -> HttpResponse:
    """What must be done before noon, and the figures; the part for htmx only when something changed."""
    answer = answers.now(request.scope, request.moment)
    links = Links(area_asked(request))
    part = is_part(request, "now")
    if part and request.GET.get("seen") == seen(answer):
        return HttpResponse(status=UNCHANGED)
    context = shown(request, answer, links)
    context["age"] = presenters.age(request.moment - answer.as_of, behind(answer, request.moment))
    response = render(request, "command/_now.html" if part else "command/overview.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@page(roles=COMMANDING)
def case_list(request: HttpRequest) -> HttpResponse:
    """The confirmed cases behind the figures."""
    answer = answers.now(request.scope, request.moment)
    return show(request, cases(lambda telling: answer), answer.cases())


@page(roles=COMMANDING)
def help_text(request: HttpRequest) -> HttpResponse:
    """What each figure counts, in the words of its definition."""
    context = {
        "indicators": (TESTED, IN_PLACE, REPORTED, EARLIES),
        "limits": [(wording.EARLIES[name], days) for name, days in LIMIT_DAYS.items()],
        "window": WINDOW_DAYS,
        "early_window": EARLY_WINDOW_DAYS,
        "kept": answers.QUESTIONS_KEPT,
    }
    return render(request, "command/help.html", context)


def _proposals(answer: Answer) -> int:
    """How many proposals wait, for a duty that decides; a past moment has none to decide."""
    decides = isinstance(answer, answers.Now) and answer.scope.duty.decides
    return proposals.waiting(answer.scope).count() if decides else 0


def _short(request: HttpRequest, answer: Answer) -> tuple[str, ...]:
    """What will be missing, in words; a past moment has nothing to fill up."""
    if not isinstance(answer, answers.Now) or answer.scope.role not in FILLING_UP:
        return ()
    found = running_short(answer.scope, request.moment, settings.SIZAO.zone)
    return tuple(told(kind_words(one.what, one.kind)) for one in found)


def seen(answer: Answer) -> str:
    """What a page shows, in one word: it changes when the answer may have changed."""
    return answer.stamp


def shown(request: HttpRequest, answer: Answer, links: Links) -> dict[str, Any]:
    """Everything the templates of the overview need."""
    said = replace(telling(request), moment=answer.as_of)
    found = figures_of(answer, links.area)
    labels = areas.tree(answer.scope, answer.known_by, links.area, levels=3)
    by_grade = request.GET.get("colour") == "grade"
    grades = areas.grades(answer.scope, answer.as_of, answer.known_by) if by_grade else None
    offices = presenters.offices(found, links, said)
    said.meet(
        [{"office": office} for duty in found.duties for office, _ in duty.offices], offices=("office",)
    )
    lines = actions(
        found,
        links,
        said,
        answer.scope.organisation,
        proposals=_proposals(answer),
        short=_short(request, answer),
    )
    return {
        "answer": answer,
        "found": found,
        "links": links,
        "crumbs": crumbs(answer, links),
        "actions": lines,
        "more_actions": max(0, len(lines) - SHOWN_ACTIONS),
        "earlies": presenters.earlies(found, links),
        "coverage": presenters.coverage(found, links),
        "gaps": presenters.gaps(found, links),
        "offices": offices,
        "offices_first": offices[:SHOWN_OFFICES],
        "offices_more": offices[SHOWN_OFFICES:],
        "curve": presenters.curve(found, links),
        "groups": presenters.tiles(found.areas, labels, grades, links),
        "area_rows": presenters.area_rows(found.areas, labels, links),
        "by_grade": by_grade,
        "colour_address": links.overview(colour=None if by_grade else "grade"),
        "alarms": len(alarms.standing(answer.scope)) if isinstance(answer, answers.Now) else 0,
        "poll": links.overview(seen=seen(answer), colour="grade" if by_grade else None),
    }
