"""Taking people in: the household that is expected, each with the room that fits; and changing rooms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from sizao.capacity.placement import Fit, Guest, fits_of, placed
from sizao.terms.time import local_time, zone_of
from sizao.terms.words import Words
from sizao_web.desks.quarantine.here import MANAGING, Here, form_number, here, page_of
from sizao_web.pages import presenters
from sizao_web.pages.language import said, say
from sizao_web.pages.names import meet
from sizao_web.pages.routes import page
from sizao_web.records.actions.place_in_room import Placing, place_in_room
from sizao_web.records.actions.record_facts import NotAllowed, Refused
from sizao_web.records.reading import hand_overs, sites
from sizao_web.records.reading.pack import rule_label
from sizao_web.records.reading.persons import is_seen
from sizao_web.settings.clock import bare

FIELDS = (
    "obligation_id", "rule", "version", "step", "verb", "about", "status", "due_at", "closes_at", "household",
)  # fmt: skip


@dataclass(frozen=True)
class Newcomer:
    """Somebody to be put into a room: what binds them, and every room with what speaks for or against it."""

    person: str
    name: str
    row: Mapping[str, Any] | None
    until: Words | None
    ends: Words | None
    offered_by: str | None
    ordered: bool
    fits: tuple[Fit, ...]
    chosen: str
    wrong: str = ""

    @property
    def good(self) -> list[Fit]:
        """Rooms within the limits."""
        return [one for one in self.fits if one.fits]

    @property
    def others(self) -> list[Fit]:
        """Rooms that break a limit and can be chosen all the same."""
        return [one for one in self.fits if one.possible and not one.fits]


@page(roles=MANAGING, methods=("GET", "POST"), about="person")
def admit(request: HttpRequest, person: str) -> HttpResponse:
    """Take in a person, with those of the household who are expected too."""
    if not is_seen(request.scope, person):
        raise Http404
    at = here(request)
    if at is None:
        return page_of(request, "quarantine/admit.html", None, {})
    inside = {one.person for one in at.site.stays}
    waiting = {row["about"]: row for row in sites.expected(at.scope, inside).values(*FIELDS)}
    if person in inside:
        return redirect("quarantine:move", person)
    household = waiting.get(person, {}).get("household")
    together = [one for one, row in waiting.items() if household and row["household"] == household]
    people = list(dict.fromkeys([person, *sorted(together)]))
    return _placing(at, people, waiting, "quarantine/admit.html")


@page(roles=MANAGING, methods=("GET", "POST"), about="person")
def move(request: HttpRequest, person: str) -> HttpResponse:
    """Put somebody who is inside into another room."""
    if not is_seen(request.scope, person):
        raise Http404
    at = here(request)
    if at is None:
        return page_of(request, "quarantine/admit.html", None, {})
    if at.site.stay_of(person) is None:
        return redirect("quarantine:admit", person)
    return _placing(at, [person], {}, "quarantine/move.html")


def _placing(
    at: Here, people: Sequence[str], waiting: Mapping[str, Mapping[str, Any]], template: str
) -> HttpResponse:
    request = at.request
    newcomers = _newcomers(at, people, waiting)
    if request.method == "POST":
        found, problem = _chosen(newcomers, request)
        wrong = any(one.wrong for one in found)
        if not wrong and not problem:
            problem = _record(at, found)
        if not wrong and not problem:
            return redirect(f"{reverse('quarantine:rooms')}{'?' if at.asked else ''}{at.asked}")
        newcomers = found
    else:
        problem = ""
    context = {
        "people": newcomers,
        "problem": problem,
        "form": form_number(request.POST.get("form", "")) if request.method == "POST" else str(uuid4()),
        "at": request.POST.get("at") or local_time(bare(at.moment), at.zone).strftime("%Y-%m-%dT%H:%M"),
        "now_room": (stay := at.site.stay_of(people[0])) and stay.room,
    }
    return page_of(request, template, at, context, status=200 if request.method == "GET" else 422)


def _newcomers(at: Here, people: Sequence[str], waiting: Mapping[str, Mapping[str, Any]]) -> list[Newcomer]:
    named, limits = at.names(people), sites.limits_on(at.today)
    guests = guests_of(at, people)
    moving = {one.person: one.room for one in at.site.stays if one.person in set(people)}
    rooms = [one for one in at.site.rooms if one.room not in moving.values()]
    proposed = placed(guests, rooms, limits)
    offers = {one.person: one for one in hand_overs.offered_to(at.scope, at.moment)}
    meet(at.request, offers.values(), offices=["from_office"])
    found = []
    for guest in guests:
        row = waiting.get(guest.person)
        fit = proposed.get(guest.person)
        offer = offers.get(guest.person)
        found.append(
            Newcomer(
                guest.person,
                named.get(guest.person, ""),
                None if row is None else {**row, "label": rule_label(row["rule"], row["version"])},
                None if row is None else _until(row, at),
                None
                if guest.ends_on is None
                else presenters.limit(_ends(at, guest.person), at.moment, at.zone),
                offer.from_office if offer else None,
                bool(sites.orders_of(at.scope, at.moment, guest.person)),
                tuple(fits_of(guest, rooms, limits)),
                fit.room.room if fit else "",
            )
        )
    return found


def guests_of(at: Here, people: Sequence[str]) -> list[Guest]:
    """These people as the proposal of rooms knows them."""
    households = sites.households_of(at.scope, at.moment, at.zone, people)
    cases, ends = sites.cases_of(at.scope, at.moment, people), sites.ends_of(at.scope, people)
    return [
        Guest(one, households.get(one), cases.get(one, frozenset()), sites.last_day(ends.get(one), at.zone))
        for one in people
    ]


def _ends(at: Here, person: str) -> datetime:
    return sites.ends_of(at.scope, [person])[person]


def _until(row: Mapping[str, Any], at: Here) -> Words:
    if row["status"] == "overdue":
        return presenters.standing_of("overdue", at.moment, due_at=row["due_at"])
    return presenters.limit(row["due_at"], at.moment, at.zone)


def _chosen(newcomers: Sequence[Newcomer], request: HttpRequest) -> tuple[list[Newcomer], str]:
    """The rooms as chosen, each with what is wrong about it; and what is wrong with the whole."""
    found, taken = [], dict[str, int]()
    for one in newcomers:
        if one.person not in request.POST.getlist("person"):
            continue
        room = request.POST.get(f"room:{one.person}", "")
        fit = next((fit for fit in one.fits if fit.room.room == room), None)
        taken[room] = taken.get(room, 0) + 1
        wrong = _wrong(fit, taken[room], request.POST.get("sure") == "yes")
        found.append(Newcomer(**{**one.__dict__, "chosen": room, "wrong": wrong}))
    if not found:
        return list(newcomers), say("请至少选择一人。", "Choose at least one person.")
    return found, ""


def _wrong(fit: Fit | None, together: int, sure: bool) -> str:
    if fit is None:
        return say("请选择房间。", "Choose a room.")
    if not fit.possible:
        return say(f"{fit.room.room} 室不能入住：", f"Room {fit.room.room} cannot be used: ") + said(fit.why)
    if len(fit.room.guests) + together > fit.room.beds:
        return say(
            f"{fit.room.room} 室只有 {fit.room.beds} 张床。",
            f"Room {fit.room.room} has {fit.room.beds} beds.",
        )
    if not fit.fits and not sure:
        return say(f"{fit.room.room} 室：", f"Room {fit.room.room}: ") + said(fit.why)
    return ""


def _record(at: Here, chosen: Sequence[Newcomer]) -> str:
    """Put them into the rooms; what is wrong in words, or nothing."""
    try:
        moment = datetime.fromisoformat(at.request.POST.get("at", "")).replace(tzinfo=zone_of(at.zone))
    except ValueError:
        return say("时间看不懂，请重新填写。", "The time cannot be read. Enter it again.")
    if moment > at.moment:
        # A page that was opened a moment ago shows its minute; what lies further ahead is a mistake.
        return say("时间在将来，请改正。", "The time lies in the future. Put it right.")
    try:
        place_in_room(
            at.scope,
            at.moment,
            site=at.site,
            placings=[Placing(one.person, one.chosen) for one in chosen],
            at=moment,
            today=at.today,
            form=form_number(at.request.POST.get("form", "")),
        )
    except Refused as refused:
        return " ".join(said(words) for _, words in refused.problems)
    except NotAllowed as cause:
        raise PermissionDenied from cause
    rooms = say("、", ", ").join(f"{one.name or one.person} → {one.chosen}" for one in chosen)
    messages.success(at.request, say(f"已入住：{rooms}。", f"Recorded: {rooms}."))
    return ""
