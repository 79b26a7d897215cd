"""Everybody in a room, as a list that can be sorted, narrowed and taken away as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from sizao.terms.words import Words
from sizao_web.desks.quarantine.here import MANAGING, WAY, here, page_of
from sizao_web.pages import presenters
from sizao_web.pages.addresses import PERSON, address
from sizao_web.pages.filters import Filter, equal, until
from sizao_web.pages.ledger_lists import local, plain
from sizao_web.pages.listing import Column, Listing
from sizao_web.pages.lists import show
from sizao_web.pages.markup import filled
from sizao_web.pages.routes import page
from sizao_web.pages.telling import Row, Telling
from sizao_web.records.reading import sites


def _person(row: Row, telling: Telling) -> Any:
    to = address(PERSON, row["person"])
    return filled('<a href="{}">{}</a>', to, row["person"]) if to else row["person"]


def _until(row: Row, telling: Telling) -> str:
    if row["ends_at"] is None:
        return telling.said(Words("已无管控，可以解除", "no restriction left: may go"))
    return telling.said(presenters.limit(row["ends_at"], telling.moment, telling.zone))


def _ways(row: Row, telling: Telling) -> Any:
    move, go = address("quarantine:move", row["person"]), address("quarantine:release", row["person"])
    order = address("quarantine:order-paper", row["person"])
    return filled(
        '<a href="{}">{}</a> · <a href="{}">{}</a> · <a href="{}">{}</a>',
        move,
        telling.said(Words("换房、转出", "move")),
        go,
        telling.said(Words("解除", "release")),
        order,
        telling.said(Words("决定书", "order")),
    )


def _no_ways(row: Row, telling: Telling) -> None:
    return None


GUESTS = Listing(
    name="guests",
    title=Words("在住人员", "Guests"),
    meaning=Words(
        "此刻住在本隔离点的人，最晚的管控结束时刻；结束之前不能解除。",
        "Who is in a room now, and when the last restriction ends; nobody is released before that.",
    ),
    empty=Words("现在没有人入住。", "Nobody is in a room now."),
    fields=("person", "room", "kind", "from_at", "ends_at"),
    columns=(
        Column("room", Words("房间", "room"), plain("room"), None, ("room",)),
        Column("person", Words("人员", "person"), plain("person"), _person, ("person",), lead=True),
        Column("since", Words("入住", "since"), local("from_at"), None, ("from_at",)),
        Column("until", Words("管控至", "until"), local("ends_at"), _until, ("ends_at",)),
        Column("do", Words("办理", "do"), _no_ways, _ways, in_file=False),
    ),
    order=("room", "person"),
    filters=(
        Filter("room", Words("房间", "room"), equal("room")),
        Filter("until_by", Words("管控结束不晚于", "ends by"), until("ends_at"), "moment"),
        Filter("about", Words("人员编号", "number of the person"), equal("person")),
    ),
    persons=True,
)  # fmt: skip


@page(roles=MANAGING)
def guests(request: HttpRequest) -> HttpResponse:
    """The list of those in rooms."""
    at = here(request)
    if at is None:
        return page_of(request, "quarantine/none.html", None, {})
    rows = sites.guests(request.scope, request.moment, [at.site.place])
    return show(
        request, GUESTS, rows, template="quarantine/guests.html", context={"way": WAY, "asked": at.asked}
    )
