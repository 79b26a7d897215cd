"""A past moment as it was known then: choose it, wait for the answer, look at it, compare it with now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers

from sizao.terms.words import Words
from sizao_web.desks.command import presenters
from sizao_web.desks.command.asking import Asked, asked_of
from sizao_web.desks.command.links import Links
from sizao_web.desks.command.lists import cases
from sizao_web.desks.command.views import COMMANDING, shown
from sizao_web.desks.command.where import area_asked
from sizao_web.pages import ledger_lists, other_lists
from sizao_web.pages.counted import counted
from sizao_web.pages.language import say
from sizao_web.pages.listing import Listing
from sizao_web.pages.lists import is_part, show
from sizao_web.pages.routes import page
from sizao_web.pages.telling import telling
from sizao_web.records.actions.ask_as_known_then import NotPast, ask_as_known_then
from sizao_web.records.reading import answers
from sizao_web.records.reading.answers import Then
from sizao_web.records.reading.overview import clock_of
from sizao_web.records.reading.overview import overview as figures_of

ABOUT_ANSWER = "question"
STEPS: dict[str, Words] = {
    "": Words("排队中", "waiting for the worker"),
    "facts": Words("读取当时已知的事实", "reading the facts known by then"),
    "derive": Words("按当时的规则推导", "deriving under the rules of then"),
    "cases": Words("计算病例和四早", "working out cases and the four earlies"),
    "keep": Words("保存结果", "keeping the answer"),
}


@page(roles=COMMANDING, methods=("GET", "POST"))
def ask(request: HttpRequest) -> HttpResponse:
    """Choose a past moment, and whether with what was known then or with what is known now."""
    links, asked = Links(area_asked(request)), Asked()
    if request.method == "POST":
        asked = asked_of(request.POST, request.moment)
        if asked.as_of is not None and asked.known_by is not None:
            try:
                found = ask_as_known_then(
                    request.scope, request.moment, as_of=asked.as_of, known_by=asked.known_by
                )
            except NotPast:
                asked = replace(asked, problem=FUTURE)
            else:
                return redirect(replace(links, question=found.pk).overview())
    context = {
        "links": links,
        "asked": asked,
        "questions": [
            (one, _told(one), replace(links, question=one.pk).overview())
            for one in answers.questions(request.scope)
        ],
        "kept": answers.QUESTIONS_KEPT,
    }
    # The page of a mistake keeps what was typed; nothing was written, so it is no success.
    return render(request, "command/ask.html", context, status=422 if asked.problem else 200)


FUTURE = Words(
    "时刻在将来。请选已经过去的时刻。", "That moment lies in the future. Choose one that has passed."
)


@page(roles=COMMANDING, about=ABOUT_ANSWER)
def then(request: HttpRequest, question: int) -> HttpResponse:
    """The overview as it was known then; while the answer is being made, how far it is."""
    found = answers.question(request.scope, question)
    if found is None:
        raise Http404
    links = Links(area_asked(request), question)
    if found.state != "answered":
        return _waiting(request, found, links)
    if is_part(request, "progress"):
        response = HttpResponse(status=204)
        response.headers["HX-Redirect"] = links.overview()
        return response
    answer = Then(request.scope, found)
    context = shown(request, answer, links)
    now = Links(links.area)
    current = figures_of(answers.now(request.scope, request.moment), links.area)
    context |= {
        "question": found,
        "told": _told(found),
        "compared": presenters.compared(context["found"], links, current, now),
        "now": now.overview(),
    }
    return render(request, "command/then.html", context)


def _told(question: Any) -> tuple[str, str]:
    """Which moment was asked about, and as known when, in words."""
    as_of, known_by = presenters.at(question.as_of), presenters.at(question.known_by)
    if question.known_by == question.as_of:
        return as_of, say("按当时所知", "as known then")
    return as_of, say(f"按 {known_by} 所知", f"as known at {known_by}")


def _waiting(request: HttpRequest, found: Any, links: Links) -> HttpResponse:
    part = is_part(request, "progress")
    context = {
        "question": found,
        "told": _told(found),
        "links": links,
        "step": STEPS.get(found.step, STEPS[""]),
        "steps": [(words, name == found.step) for name, words in STEPS.items()],
        "address": links.overview(),
        "gone": found.state in ("failed", "forgotten"),
    }
    response = render(request, "command/_progress.html" if part else "command/waiting.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@page(roles=COMMANDING, about=ABOUT_ANSWER)
def then_rows(request: HttpRequest, question: int, which: str) -> HttpResponse:
    """The rows behind a figure of a past moment, as long as they are kept."""
    found = answers.question(request.scope, question)
    if found is None or which not in LISTS:
        raise Http404
    if found.state != "answered":
        return redirect(Links(area_asked(request), question).overview())
    answer = Then(request.scope, found)
    listing, rows = LISTS[which](answer)
    context = {
        "question": found,
        "told": _told(found),
        "overview": Links(area_asked(request), question).overview(),
    }
    return show(
        request,
        listing,
        rows,
        said=replace(telling(request), moment=answer.as_of),
        template="command/then_rows.html",
        context=context,
    )


def _obligations(answer: Then) -> tuple[Listing, Any]:
    """As the list of now, without the ways to pages that would tell of now."""
    listing = ledger_lists.obligations(
        "obligations-then",
        Words("当时的任务", "Obligations then"),
        Words("按当时所知推导出的任务。", "What was demanded, as known then."),
        Words("没有这样的任务。", "There was none."),
    )
    filters = [one for one in listing.filters if one.name != "counted"]
    clock = clock_of(answer)
    columns = tuple(
        replace(column, cell=None) if column.name == "what" else column for column in listing.columns
    )
    narrowed = replace(
        listing, filters=(*filters, counted(lambda telling: clock)), columns=columns, long=False
    )
    return narrowed, answer.obligations()


def _of(listing: Listing, title: Words, rows: Callable[[Then], Any]) -> Callable[[Then], tuple[Listing, Any]]:
    then_listing = replace(listing, name=f"{listing.name}-then", title=title)
    return lambda answer: (then_listing, rows(answer))


LISTS: dict[str, Callable[[Then], tuple[Listing, Any]]] = {
    "current": _obligations,
    "standing": _of(
        other_lists.STANDING,
        Words("当时受限的人", "Who was restricted then"),
        Then.standing,
    ),
    "not-known": _of(other_lists.UNKNOWN, Words("当时情况不明的", "Not known then"), Then.unknown),
    "found-too-late": _of(
        other_lists.TOO_LATE,
        Words("当时发现过晚的", "Found too late by then"),
        Then.too_late,
    ),
    "cases": lambda answer: (
        replace(
            cases(lambda telling: answer),
            name="cases-then",
            title=Words("当时的确诊病例", "Confirmed cases then"),
        ),
        answer.cases(),
    ),
}
