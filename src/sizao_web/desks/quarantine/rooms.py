"""The rooms of a site by floor: who is in them, which are free, which must be disinfected first."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from sizao.capacity.placement import Room
from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.desks.quarantine.here import MANAGING, Here, form_number, here, page_of
from sizao_web.pages import presenters
from sizao_web.pages.language import say
from sizao_web.pages.routes import page
from sizao_web.records.actions.record_facts import Given, NotAllowed, Refused, record_facts

SHOWN = {
    "free": (Words("空闲", "free"), "state-met"),
    "taken": (Words("在住", "taken"), "state-open"),
    "to_disinfect": (Words("待消毒", "to disinfect"), "state-unknown"),
    "out_of_use": (Words("停用", "out of use"), "state-withdrawn"),
    "other": (Words("其他用途", "other use"), "state-upcoming"),
}
"""State of a room on this page -> its words and colour, in the order of the tabs."""


@dataclass(frozen=True)
class Door:
    """One room on the page. until: when the last of its guests may go."""

    room: Room
    state: str
    label: Words
    css: str
    guests: tuple[tuple[str, str, Words], ...]


@page(roles=MANAGING)
def rooms(request: HttpRequest) -> HttpResponse:
    """All rooms, or those of one state."""
    at = here(request)
    if at is None:
        return page_of(request, "quarantine/rooms.html", None, {})
    doors = _doors(at)
    asked = request.GET.get("state", "")
    chosen = asked if asked in SHOWN else ""
    shown = [one for one in doors if not chosen or one.state == chosen]
    floors = sorted({one.room.floor for one in shown})
    context = {
        "tabs": [
            (name, label, sum(one.state == name for one in doors)) for name, (label, _) in SHOWN.items()
        ],
        "chosen": chosen,
        "total": len(doors),
        "number": len(shown),
        "floors": [(floor, [one for one in shown if one.room.floor == floor]) for floor in floors],
        "may_add": request.scope.may_give("rooms"),
    }
    return page_of(request, "quarantine/rooms.html", at, context)


@page(roles=MANAGING, methods=("POST",))
def condition(request: HttpRequest) -> HttpResponse:
    """Say that a room was disinfected, or cannot be used."""
    at = here(request)
    number, stated = request.POST.get("room", ""), request.POST.get("condition", "")
    if at is not None and at.site.room(number) and stated in CODE_LISTS["room_conditions"].names():
        values = {"place": at.site.place, "room": number, "condition": stated, "stated_at": request.moment}
        given = Given("room_conditions", values, form_number(request.POST.get("form", "")))
        try:
            record_facts(request.scope, request.moment, [given])
        except (Refused, NotAllowed) as cause:
            raise PermissionDenied from cause
        label = CODE_LISTS["room_conditions"].label_of(stated)
        messages.success(request, say(f"{number} 室：{label.zh}。", f"Room {number}: {label.en}."))
    asked = request.POST.get("state", "")
    to = reverse("quarantine:rooms")
    return redirect(f"{to}?state={asked}" if asked in SHOWN else to)


def state_of(room: Room) -> str:
    """The state of a room as this page calls it."""
    if room.guests:
        return "taken"
    if room.use != "quarantine":
        return "other"
    return "free" if room.condition == "ready" else room.condition


def _doors(at: Here) -> list[Door]:
    named, by_room = at.names(one.person for one in at.site.stays), at.site.by_room
    found = []
    for room in at.site.rooms:
        state = state_of(room)
        guests = tuple(
            (
                one.person,
                named.get(one.person, ""),
                Words("可以解除", "may go now")
                if one.ends_at is None
                else presenters.limit(one.ends_at, at.moment, at.zone),
            )
            for one in by_room.get(room.room, ())
        )
        found.append(Door(room, state, *SHOWN[state], guests))
    return found
