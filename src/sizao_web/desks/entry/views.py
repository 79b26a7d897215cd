"""Arrivals today: who waits, who was handed over and not taken yet, how many pass and how long they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao.terms.codes import CODE_LISTS
from sizao.terms.time import local_day, local_time, midnight
from sizao.terms.words import Words
from sizao_web.desks.entry.duty import ARRIVING, PAGE, WAY
from sizao_web.pages import presenters
from sizao_web.pages.language import said, say
from sizao_web.pages.names import meet
from sizao_web.pages.presenters import aware, length
from sizao_web.pages.routes import page
from sizao_web.records.actions.record_facts import Given, NotAllowed, Refused, record_facts
from sizao_web.records.reading import arrivals, ledger
from sizao_web.records.reading.identities import names_of
from sizao_web.settings.clock import bare

QUEUE = 9_999  # more people stand in no queue: a slip of the finger


@dataclass(frozen=True)
class Traveller:
    """Somebody who arrived: what binds them, since when they wait, and what became of them."""

    person: str
    name: str
    row: dict[str, Any]
    binds: Words
    css: str
    waits: Words
    offer: dict[str, Any] | None


@page(roles=ARRIVING)
def today(request: HttpRequest) -> HttpResponse:
    """The first screen: who must be sent on before noon, and who has been offered and not taken."""
    return _today(request)


@page(roles=ARRIVING, methods=("POST",))
def count(request: HttpRequest) -> HttpResponse:
    """Record how many passed and how long the queue is."""
    passed, queue = _number(request.POST.get("people", "")), _number(request.POST.get("queue", ""))
    place = request.POST.get("place", "")
    if place not in arrivals.stations(request.scope, request.moment, _day(request)):
        return _today(request, say("请选择站点。", "Choose the station."))
    if passed is None or queue is None:
        return _today(request, say("人数和排队须填整数（0 也要填）。", "Enter whole numbers, 0 too."))
    values = {"place": place, "kind": "entry_screening", "outcome": "in_order", "checked_at": request.moment}
    given = Given(
        "place_checks",
        {**values, "people": passed, "longest_queue": queue},
        _uuid(request.POST.get("form", "")),
    )
    try:
        record_facts(request.scope, request.moment, [given])
    except Refused as refused:
        return _today(request, " ".join(said(words) for _, words in refused.problems))
    except NotAllowed as cause:
        raise PermissionDenied from cause
    messages.success(
        request,
        say(
            f"已登记：通过 {passed} 人，排队 {queue} 人。",
            f"Recorded: {passed} passed, {queue} in the queue.",
        ),
    )
    return redirect("entry:today")


def _today(request: HttpRequest, problem: str = "") -> HttpResponse:
    scope, moment, day = request.scope, request.moment, _day(request)
    rows = {row["person"]: row for row in reversed(arrivals.arrived(scope, moment, day - timedelta(days=1)))}
    offers: dict[str, dict[str, Any]] = {}
    for row in arrivals.offers_of(scope, moment, rows):
        offers.setdefault(row["person"], row)
    named = names_of(scope, moment, rows, PAGE)
    waits = ledger.not_followed(rows.values())
    binding = arrivals.binding_of(scope, rows)
    meet(request, offers.values(), offices=["to_office"])
    meet(request, rows.values(), areas=["origin"])
    found = [
        _traveller(
            request,
            row,
            named.get(person, ""),
            _bound(request, binding.get(person), derived=row["fact_id"] not in waits),
            offers.get(person),
        )
        for person, row in rows.items()
    ]
    found.sort(key=lambda one: one.row["known_at"])
    stations = arrivals.stations(scope, moment, day)
    since = aware(midnight(day, settings.SIZAO.zone))
    counted = arrivals.counts_of(scope, moment, stations, since)
    meet(request, [{"place": one} for one in stations], offices=["place"])
    context = {
        "way": WAY,
        "waiting": [one for one in found if one.offer is None],
        "offered": [one for one in found if one.offer and one.offer["accepted_at"] is None],
        "passed": [one for one in found if one.offer and one.offer["accepted_at"] is not None],
        "stations": stations,
        "counted": [
            {**row, "at": local_time(bare(row["checked_at"]), settings.SIZAO.zone)}
            for row in reversed(counted)
        ],
        "people": sum(row["people"] or 0 for row in counted),
        "queue": max((row["longest_queue"] or 0 for row in counted), default=0),
        "form": str(uuid4()),
        "typed": request.POST if problem else {},
        "problem": problem,
    }
    return render(request, "entry/today.html", context, status=422 if problem else 200)


def _traveller(
    request: HttpRequest,
    row: dict[str, Any],
    name: str,
    bound: tuple[Words, str],
    offer: dict[str, Any] | None,
) -> Traveller:
    since = offer["offered_at"] if offer else row["known_at"]
    return Traveller(row["person"], name, row, *bound, length(request.moment - since), offer)


def _bound(request: HttpRequest, binding: arrivals.Binding | None, *, derived: bool) -> tuple[Words, str]:
    """What binds somebody, in words and as it is marked; who has only just arrived may be free or not."""
    if binding is None:
        if not derived:
            return Words("正在推导", "being derived"), "state-unknown"
        return Words("没有管控", "no restriction"), "state-upcoming"
    label = CODE_LISTS["restriction_places"].label_of(binding.place)
    until = presenters.limit(binding.until, request.moment, settings.SIZAO.zone)
    binds = Words(f"{label.zh}，{until.zh}结束", f"{label.en}, ends {until.en}")
    return binds, "state-overdue" if binding.place == "central" else "state-open"


def _day(request: HttpRequest) -> date:
    return local_day(bare(request.moment), settings.SIZAO.zone)


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and int(text) <= QUEUE else None


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return str(uuid4())
