"""Hand-overs: what is offered to us, what we have offered, and rows that no office of their level has."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao.terms.words import Words
from sizao_web.accounts.roles import givers_of
from sizao_web.pages.language import said, say
from sizao_web.pages.meant import meant
from sizao_web.pages.names import meet
from sizao_web.pages.routes import page
from sizao_web.records.actions.accept_hand_over import accept_hand_over
from sizao_web.records.actions.offer_hand_over import offer_hand_over
from sizao_web.records.actions.record_facts import NotAllowed, Refused
from sizao_web.records.reading import hand_overs
from sizao_web.records.reading.choices import every_office
from sizao_web.records.reading.ledger import unowned
from sizao_web.records.reading.persons import is_seen

HANDING = frozenset(givers_of("hand_overs"))
FIRST = 20
NO_OFFICE = Words("请从列表选择接收机构。", "Choose the receiving office from the list.")


@page(roles=HANDING)
def overview(request: HttpRequest) -> HttpResponse:
    """Offers to and by the own office, and unowned rows of the scope."""
    scope, moment = request.scope, request.moment
    to_us, by_us = hand_overs.offered_to(scope, moment), hand_overs.offered_by(scope, moment)
    passed = hand_overs.passed_lately(scope, moment)
    rows = unowned(scope)
    first = list(rows.order_by("due_at", "obligation_id")[:FIRST])
    meet(request, [*to_us, *by_us, *passed], offices=["from_office", "to_office"])
    meet(request, first, offices=["about", "responsible"])
    context = {
        "to_us": to_us,
        "by_us": by_us,
        "passed": passed,
        "unowned": first,
        "unowned_count": rows.count(),
        "office": scope.organisation,
    }
    return render(request, "everyone/hand_overs.html", context)


@page(roles=HANDING, methods=("GET", "POST"))
def offer(request: HttpRequest) -> HttpResponse:
    """Offer a person to another office."""
    asked = request.POST if request.method == "POST" else request.GET
    person, typed = asked.get("person", "").strip(), request.POST.get("to_office", "").strip()
    if not request.scope.organisation:
        raise PermissionDenied
    if person and not is_seen(request.scope, person):
        raise Http404
    offered = every_office(request.scope, request.moment)
    offered.pop(request.scope.organisation, None)
    offices = {name: said(words) for name, words in offered.items()}
    problem = None
    if request.method == "POST" and person:
        to = meant(typed, offered)
        which = said(to.ask(typed, NO_OFFICE)) if to.several else None
        problem = which or _offer(request, person, to.value or typed)
        if problem is None:
            messages.success(
                request, say("已提出移交，待对方接收。", "Offered. It stays yours until they accept.")
            )
            return redirect("everyone:hand-overs")
    context = {
        "person": person,
        "offices": offices,
        "typed": typed,
        "problem": problem,
        "record": request.POST.get("record") or str(uuid4()),
    }
    return render(request, "everyone/offer.html", context, status=422 if problem else 200)


@page(roles=HANDING, methods=("POST",))
def accept(request: HttpRequest) -> HttpResponse:
    """Accept an offer."""
    try:
        accept_hand_over(request.scope, request.moment, request.POST.get("hand_over", ""))
    except NotAllowed as cause:
        raise PermissionDenied from cause
    messages.success(
        request, say("已接收，其任务随之转来。", "Accepted. What is to be done for them comes to you.")
    )
    return redirect("everyone:hand-overs")


def _offer(request: HttpRequest, person: str, to_office: str) -> str | None:
    """Offer; what is wrong in words, or nothing."""
    try:
        offer_hand_over(
            request.scope,
            request.moment,
            person=person,
            to_office=to_office,
            record=request.POST.get("record", ""),
        )
    except Refused as refused:
        return " ".join(said(words) for _, words in refused.problems)
    except NotAllowed as cause:
        raise PermissionDenied from cause
    return None
