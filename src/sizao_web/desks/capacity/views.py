"""The first screen: what runs out first and who must act; rooms by state; works until their day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.desks.capacity.cards import owed
from sizao_web.desks.capacity.duty import KEEPING, LOOKING, day_of, form_number
from sizao_web.pages.addresses import address
from sizao_web.pages.exports import stopped, table_file
from sizao_web.pages.language import said, say
from sizao_web.pages.lasting import WHAT, kind_words, short_words
from sizao_web.pages.ledger_lists import PLACE_NUMBER
from sizao_web.pages.names import meet, names
from sizao_web.pages.paging import paging
from sizao_web.pages.routes import page
from sizao_web.records.reading import capacity, duty, sites, stock
from sizao_web.records.reading.capacity import Resource
from sizao_web.records.reading.resources import resources

STATES = {
    "ready": Words("可入住", "ready"),
    "occupied": Words("已住", "occupied"),
    "to_disinfect": Words("待消毒", "to be disinfected"),
    "out_of_use": Words("停用", "out of use"),
    "other_use": Words("非隔离用", "not for quarantine"),
}


@dataclass(frozen=True)
class Line:
    """One resource as the page shows it. where: who has it, in words; rows: the list behind it; assignments:
    open ones about it."""

    one: Resource
    where: str
    words: Words
    unit: Words
    until: Words
    css: str
    rows: str
    assign: str | None
    assignments: tuple[dict[str, Any], ...]
    states: tuple[tuple[Words, int, str], ...]


@page(roles=LOOKING)
def today(request: HttpRequest) -> HttpResponse:
    """What runs out first, who must act, what the own office reports today."""
    return first_screen(request)


def first_screen(
    request: HttpRequest,
    *,
    problem: str = "",
    typed: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    moved: Mapping[str, str] = MappingProxyType({}),
) -> HttpResponse:
    """The page; problem: why something was refused, with what was typed: by card, or a movement's fields."""
    scope, moment, zone = request.scope, request.moment, settings.SIZAO.zone
    lines = lines_of(request, resources(scope, moment, zone))
    of_places = scope.may_read("works")
    unfinished = stock.works(scope, moment, zone) if of_places else []
    context = {
        "short": [line for line in lines if line.one.short],
        "enough": [line for line in lines if not line.one.short],
        "works": len(unfinished),
        "late": sum(one.late for one in unfinished),
        "of_places": of_places,
        "thermometers": stock.without_thermometer(scope, moment, zone).count() if of_places else 0,
        "cards": [
            card.with_typed(typed[card.name]) if card.name in typed else card for card in owed(request)
        ],
        "keeps": scope.role in KEEPING,
        "items": [(one.code, one.label) for one in CODE_LISTS["supply_items"].codes],
        "kinds": [(one.code, one.label) for one in CODE_LISTS["movement_kinds"].codes],
        "form": form_number(moved.get("form", "")) if moved else str(uuid4()),
        "moved": moved,
        "problem": problem,
    }
    return render(request, "capacity/today.html", context, status=422 if problem else 200)


@page(roles=LOOKING)
def rooms(request: HttpRequest) -> HttpResponse:
    """The rooms of the quarantine sites, each with its state."""
    scope, moment, zone = request.scope, request.moment, settings.SIZAO.zone
    asked, found = request.GET.get("state", ""), []
    places = capacity.site_places(scope, moment, day_of(request)) if scope.may_read("room_stays") else []
    for place in places:
        told = sites.site(scope, moment, zone, place)
        found += [(told.place, room, capacity.state_of(room)) for room in told.rooms]
    meet(request, places, areas=["located_in"], offices=["place"])
    listed = [one for one in found if asked in ("", one[2])]
    if request.GET.get("as") == "csv":
        return _rooms_file(request, listed)
    where = paging(request.GET, len(listed))
    context = {
        "rooms": listed[where.offset : where.offset + where.size],
        "states": [(state, words, sum(one[2] == state for one in found)) for state, words in STATES.items()],
        "asked": asked,
        "paging": where,
    }
    return render(request, "capacity/rooms.html", context)


def _rooms_file(request: HttpRequest, rooms: Sequence[tuple[str, sites.Room, str]]) -> HttpResponse:
    if no := stopped(request, request.path):
        return no
    headings = (
        Words("隔离点", "site"), PLACE_NUMBER, Words("房间", "room"), Words("楼层", "floor"),
        Words("床位", "beds"), Words("入住人数", "guests"), Words("状态", "state"),
    )  # fmt: skip
    told = names(request)
    return table_file(
        "quarantine-rooms",
        headings,
        [
            (
                told.office(place),
                place,
                room.room,
                room.floor,
                room.beds,
                len(room.guests),
                said(STATES[state]),
            )
            for place, room, state in rooms
        ],
    )


@page(roles=LOOKING)
def works(request: HttpRequest) -> HttpResponse:
    """Works that are not finished, and stations without a fixed thermometer."""
    scope, moment, zone = request.scope, request.moment, settings.SIZAO.zone
    may = scope.may_read("works")
    found = stock.works(scope, moment, zone) if may else []
    missing = (
        list(stock.without_thermometer(scope, moment, zone).order_by("place").values("place", "located_in"))
        if may
        else []
    )
    meet(request, [one.row for one in found] + missing, areas=["located_in"], offices=["place"])
    if request.GET.get("as") == "csv":
        return _works_file(request, found)
    where = paging(request.GET, len(found))
    context = {
        "works": [
            (one, *_stage(one), (one.due_on - day_of(request)).days if one.due_on else None)
            for one in found[where.offset : where.offset + where.size]
        ],
        "paging": where,
        "missing": missing,
    }
    return render(request, "capacity/works.html", context)


def _works_file(request: HttpRequest, found: Sequence[stock.Project]) -> HttpResponse:
    if no := stopped(request, request.path):
        return no
    headings = (
        Words("场所", "place"), PLACE_NUMBER, Words("项目", "works"), Words("类别", "kind"),
        Words("进度", "stage"), Words("期限", "by"), Words("已过期", "late"),
    )  # fmt: skip
    told = names(request)
    return table_file(
        "works",
        headings,
        [
            (told.office(place), place, one.row["works"], *map(said, _stage(one)), one.due_on, one.late)
            for one in found
            for place in (one.row["place"],)
        ],
    )


def _stage(one: stock.Project) -> tuple[Words, Words]:
    kind = CODE_LISTS["works_kinds"].label_of(one.row["kind"])
    stage = (
        CODE_LISTS["works_stages"].label_of(one.stage) if one.stage else Words("未开始报进度", "no step yet")
    )
    return kind, stage


def lines_of(request: HttpRequest, found: list[Resource]) -> list[Line]:
    """Resources with words, the way to their rows, and who is to act."""
    meet(request, [{"of": one.of, "acts": one.acts} for one in found], offices=["of", "acts"])
    meet(request, [{"area": one.of} for one in found if one.what in ("tubes", "teams")], areas=["area"])
    keys = {one.key for one in found if one.short}
    given: dict[str, list[dict[str, Any]]] = {}
    for row in (
        duty.assignments(request.scope, request.moment)
        .filter(meeting__in=keys, is_done=False)
        .values("assignment", "meeting")
    ):
        given.setdefault(row["meeting"], []).append(row)
    return [_line(request, one, tuple(given.get(one.key, ()))) for one in found]


def _line(request: HttpRequest, one: Resource, given: tuple[dict[str, Any], ...]) -> Line:
    words, until = kind_words(one.what, one.kind), short_words(one, day_of(request))
    near = one.short is not None and (one.short.day - day_of(request)).days <= 1
    css = "state-met" if one.short is None else "state-overdue" if near else "state-open"
    told = names(request)
    where = told.area(one.of) if one.of in told.areas else told.office(one.of)
    return Line(
        one, where, words, WHAT[one.what][1], until, css, rows_of(one),
        _assign(request, one, words, until), given,
        tuple(
            (STATES[state], number, f"{reverse('capacity:rooms')}?state={state}")
            for state, number in one.states.items()
            if one.what == "rooms" and state in STATES
        ),
    )  # fmt: skip


def rows_of(one: Resource) -> str:
    """The list behind a resource."""
    if one.what == "rooms":
        return reverse("capacity:rooms")
    facts = {"beds": "beds", "tubes": "laboratories", "teams": "teams", "stock": "stock"}
    narrowed = urlencode({"kind": one.kind}) if one.kind else ""
    return reverse("capacity:rows", args=[facts[one.what]]) + (f"?{narrowed}" if narrowed else "")


def _assign(request: HttpRequest, one: Resource, words: Words, until: Words) -> str | None:
    """The way to charge who must act, filled in; None where the duty charges nobody or nothing is short."""
    to = address("duty:new-assignments")
    if one.short is None or to is None or one.acts is None or not request.scope.may_give("assignments"):
        return None
    task = f"{said(words)}{say('：', ': ')}{said(until)}"
    asked = {"source": "problem", "meeting": one.key, "office-1": one.acts, "task-1": task}
    return f"{to}?{urlencode(asked)}"
