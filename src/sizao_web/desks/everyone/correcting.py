"""One fact and what became of it: its page, to correct it, to retract it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao_web.desks.everyone.presenters import short
from sizao_web.desks.everyone.recording import NOT_OURS, fact_or_404, inside
from sizao_web.pages import values
from sizao_web.pages.forms import FactForm
from sizao_web.pages.language import said, say
from sizao_web.pages.names import meet, meet_accounts
from sizao_web.pages.routes import AT_WORK, page
from sizao_web.records.actions.correct_fact import correct_fact, kept_columns
from sizao_web.records.actions.record_facts import NotAllowed, Refused
from sizao_web.records.actions.retract_fact import retract_fact
from sizao_web.records.reading.history import History, may_correct, opened, resting_on
from sizao_web.records.reading.pack import policy_in_use


@page(roles=AT_WORK, about="fact")
def fact_page(request: HttpRequest, fact: str, key: str) -> HttpResponse:
    """Every link of a fact, who wrote it when, and the obligations that rest on it."""
    declared, found = fact_or_404(fact), _history(request, fact, key)
    meet(request, found.links, areas=["area"])
    meet_accounts(request, {link["recorded_by"] for link in found.links})
    resting = resting_on(request.scope, found)
    meet(request, resting, offices=["about", "responsible"])
    context = {
        "fact": declared,
        "words": short(declared),
        "history": found,
        "rows": list(values.rows(request, declared, found.last)),
        "links": list(_links(request, found)),
        "resting": resting,
        "may_correct": may_correct(request.scope, found),
        "pack": policy_in_use(),
    }
    return render(request, "everyone/facts/fact.html", context)


@page(roles=AT_WORK, methods=("GET", "POST"), about="fact")
def correct(request: HttpRequest, fact: str, key: str) -> HttpResponse:
    """A new version of a fact, beginning with what stands there; a POST records it."""
    declared, found = fact_or_404(fact), _to_change(request, fact, key)
    form = FactForm(
        declared,
        request.scope,
        request.moment,
        data=request.POST if request.method == "POST" else None,
        link=found.last,
        kept=kept_columns(fact),
        grounds=policy_in_use().grounds,
    )
    if request.method == "POST" and form.is_valid() and _correct(request, found, form):
        messages.success(
            request, say("更正已保存，原记录保留。", "The correction is recorded; what stood there stays.")
        )
        return redirect(inside(request) or "everyone:fact", *([] if inside(request) else [fact, key]))
    status = 422 if request.method == "POST" else 200
    context = {
        "fact": declared,
        "words": short(declared),
        "form": form,
        "history": found,
        "next": inside(request),
    }
    return render(request, "everyone/facts/correct.html", context, status=status)


@page(roles=AT_WORK, methods=("GET", "POST"), about="fact")
def retract(request: HttpRequest, fact: str, key: str) -> HttpResponse:
    """Take a fact back, with a reason; a POST does it."""
    declared, found = fact_or_404(fact), _to_change(request, fact, key)
    problems: list[str] = []
    if request.method == "POST":
        try:
            retract_fact(
                request.scope,
                request.moment,
                found,
                version=_version(request, found),
                reason=request.POST.get("reason", ""),
            )
        except Refused as refused:
            problems = [said(words) for _, words in refused.problems]
        except NotAllowed:
            problems = [said(NOT_OURS)]
        else:
            messages.success(
                request,
                say(
                    "已撤回。依据它的任务将随之撤销并写明原因。",
                    "Retracted. What rested on it is withdrawn, with the cause.",
                ),
            )
            return redirect(inside(request) or "everyone:fact", *([] if inside(request) else [fact, key]))
    context = {
        "fact": declared,
        "words": short(declared),
        "history": found,
        "rows": list(values.rows(request, declared, found.last)),
        "resting": resting_on(request.scope, found),
        "problems": problems,
        "reason": request.POST.get("reason", request.GET.get("reason", "")),
        "next": inside(request),
        "pack": policy_in_use(),
    }
    return render(request, "everyone/facts/retract.html", context, status=422 if problems else 200)


def _correct(request: HttpRequest, found: History, form: FactForm) -> bool:
    try:
        correct_fact(
            request.scope,
            request.moment,
            found,
            version=form.cleaned_data["seen"] or found.last["source_version"],
            values=form.values(),
            reason=form.cleaned_data["reason"],
        )
    except Refused as refused:
        for _, words in refused.problems:
            form.add_error(None, said(words))
        return False
    except NotAllowed:
        form.add_error(None, said(NOT_OURS))
        return False
    return True


def _version(request: HttpRequest, found: History) -> int:
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isascii() and seen.isdigit() and seen != "0" else found.last["source_version"]


def _links(request: HttpRequest, found: History) -> Any:
    """Each link with what it changed against the one before."""
    declared = fact_or_404(found.fact)
    before = None
    for link in found.links:
        changes = [] if before is None else list(values.changed(request, declared, before, link))
        yield {
            "link": link,
            "changes": changes,
            "competes": link in found.competing,
            "counts": link is found.last,
        }
        before = link


def _history(request: HttpRequest, fact: str, key: str) -> History:
    if not request.scope.may_read(fact):
        raise PermissionDenied
    found = opened(request.scope, request.moment, fact, key)
    if found is None:
        raise Http404
    return found


def _to_change(request: HttpRequest, fact: str, key: str) -> History:
    found = _history(request, fact, key)
    if not may_correct(request.scope, found):
        raise PermissionDenied
    return found
