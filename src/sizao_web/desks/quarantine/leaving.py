"""Leaving: release when nothing binds somebody any more, or leaving for a hospital; and both papers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from sizao.terms.words import Words
from sizao_web.desks.quarantine.here import MANAGING, PAGE, Here, form_number, here, page_of
from sizao_web.desks.quarantine.views import test_steps
from sizao_web.pages import presenters
from sizao_web.pages.language import said, say
from sizao_web.pages.names import meet
from sizao_web.pages.routes import page
from sizao_web.records.actions.record_facts import NotAllowed, Refused
from sizao_web.records.actions.release_person import leave_site, release_person
from sizao_web.records.reading import sites
from sizao_web.records.reading.identities import identity_of
from sizao_web.records.reading.pack import policy_in_use, rule_label, verb_label
from sizao_web.records.reading.persons import is_seen


@page(roles=MANAGING, methods=("GET", "POST"), about="person")
def release(request: HttpRequest, person: str) -> HttpResponse:
    """What still binds somebody; when nothing does, the release."""
    at = _at(request, person)
    if at is None:
        return page_of(request, "quarantine/release.html", None, {})
    problem = None
    if request.method == "POST":
        try:
            form = form_number(request.POST.get("form", ""))
            release_person(request.scope, request.moment, person, today=at.today, form=form)
            return redirect("quarantine:release-paper", person)
        except Refused as refused:
            problem = " ".join(said(words) for _, words in refused.problems)
        except NotAllowed as cause:
            raise PermissionDenied from cause
    context = {**_standing(at, person), "problem": problem, "form": str(uuid4())}
    return page_of(request, "quarantine/release.html", at, context, status=422 if problem else 200)


@page(roles=MANAGING, methods=("POST",), about="person")
def leave(request: HttpRequest, person: str) -> HttpResponse:
    """Record that somebody left for a hospital or another site."""
    at = _at(request, person)
    if at is None or at.site.stay_of(person) is None:
        return redirect("quarantine:today")  # left already, as a second tap finds
    try:
        leave_site(request.scope, request.moment, person, today=at.today)
    except NotAllowed as cause:
        raise PermissionDenied from cause
    messages.success(
        request,
        say(
            f"{person} 已转出，房间待终末消毒。管控并未解除。",
            f"{person} has left; the room is to be disinfected. What binds them goes on.",
        ),
    )
    return redirect("quarantine:today")


@page(roles=MANAGING, about="person")
def release_paper(request: HttpRequest, person: str) -> HttpResponse:
    """The paper of a release: only when it is recorded and nothing binds the person any more."""
    at = _at(request, person)
    if at is None:
        return page_of(request, "quarantine/release.html", None, {})
    found = sites.releases_of(request.scope, request.moment, person)
    if not found or sites.ends_of(request.scope, [person]):
        return redirect("quarantine:release", person)
    orders = sites.orders_of(request.scope, request.moment, person)
    stays = [
        row for row in sites.rooms_of(request.scope, request.moment, person) if row["place"] == at.site.place
    ]
    context = {
        "who": identity_of(request.scope, request.moment, person, PAGE),
        "person": person,
        "release": found[0],
        "order": orders[0] if orders else None,
        "from_at": min((row["from_at"] for row in stays), default=None),
        "rules": _ended_rules(person),
    }
    return page_of(request, "quarantine/release_paper.html", at, context)


@page(roles=MANAGING, about="person")
def order_paper(request: HttpRequest, person: str) -> HttpResponse:
    """The order that was made about somebody, as a document to hand over."""
    at = _at(request, person)
    if at is None:
        return page_of(request, "quarantine/release.html", None, {})
    orders = sites.orders_of(request.scope, request.moment, person)
    meet(request, orders, offices=["appeal_to"])
    rule = _rule(orders[0]["ground_rule"]) if orders else None
    context = {
        "who": identity_of(request.scope, request.moment, person, PAGE),
        "person": person,
        "order": orders[0] if orders else None,
        "rule": rule,
        "rule_label": rule_label(orders[0]["ground_rule"]) if orders else None,
    }
    return page_of(request, "quarantine/order_paper.html", at, context)


def _at(request: HttpRequest, person: str) -> Here | None:
    if not is_seen(request.scope, person):
        raise Http404
    return here(request)


def _rule(name: str) -> Any:
    """The last text of a rule; None where the pack in use has none."""
    texts = policy_in_use().rules.get(name, ())
    return texts[-1] if texts else None


def _standing(at: Here, person: str) -> dict[str, Any]:
    """What covers somebody: restrictions that run, those that have ended, and tests that were not done."""
    due, steps = sites.due_about([person]), test_steps()
    covering = [row for row in due if row["restricts"]]
    until = sites.ends_of(at.scope, [person]).get(person)
    meet(at.request, due, offices=["done_by"])
    return {
        "person": person,
        "name": at.names([person]).get(person, ""),
        "stay": at.site.stay_of(person),
        "until": presenters.limit(until, at.moment, at.zone) if until else None,
        "running": [_told(row, at) for row in covering if _runs(row, at.moment)],
        "ended": [_told(row, at) for row in covering if not _runs(row, at.moment)],
        "tests": [
            _told(row, at)
            for row in due
            if (row["rule"], row["step"]) in steps and row["status"] in ("open", "overdue")
        ],
    }


def _runs(row: dict[str, Any], moment: datetime) -> bool:
    return row["closes_at"] is None or row["closes_at"] > moment


def _told(row: dict[str, Any], at: Here) -> dict[str, Any]:
    ends = row["closes_at"] or row["due_at"]
    return {
        **row,
        "label": rule_label(row["rule"], row["version"]),
        "what": verb_label(row["verb"]),
        "until": presenters.limit(ends, at.moment, at.zone),
    }


def _ended_rules(person: str) -> list[Words]:
    """The rules under which somebody was kept here, each once."""
    found = [row for row in sites.due_about([person]) if row["restricts"]]
    return [
        rule_label(rule, version) for rule, version in dict.fromkeys((r["rule"], r["version"]) for r in found)
    ]
