"""The page of the slots of a day, and its file."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sizao.terms.codes import CODE_LISTS
from sizao.terms.time import local_day, local_time
from sizao.terms.words import Words
from sizao_web.desks.clinic.duty import PAGE, Form, day_of, known
from sizao_web.pages.exports import stopped, table_file
from sizao_web.pages.language import said
from sizao_web.pages.names import meet
from sizao_web.records.reading import slots as reading
from sizao_web.records.reading.identities import identities_of
from sizao_web.records.reading.pack import SEEN_FOR, number_on
from sizao_web.settings.clock import bare

AHEAD = 60  # days for which slots can be opened
LENGTHS = (15, 20, 30, 60)  # minutes of a slot
COLUMNS = (
    Words("项目", "for"), Words("开始", "from"), Words("结束", "until"), Words("可约", "takes"),
    Words("已约", "booked"), Words("已到", "arrived"), Words("未到", "did not come"),
    Words("已取消", "cancelled"), Words("余号", "free"),
)  # fmt: skip


def is_over(request: HttpRequest, day: date) -> int | None:
    """Where who booked on a day is shown no more: for how many days it is; their counts would be false."""
    days = number_on(SEEN_FOR, day_of(request))
    return int(days) if days is not None and (day_of(request) - day).days >= days else None


def file(request: HttpRequest, day: date) -> HttpResponse:
    """The slots of a day with their numbers; nobody's name."""
    if no := stopped(request, f"{request.path}?on={day}"):
        return no
    zone = settings.SIZAO.zone
    services = CODE_LISTS["appointment_services"]
    rows = [
        (
            said(services.label_of(one.service)),
            local_time(bare(one.from_at), zone),
            local_time(bare(one.row["until_at"]), zone),
            one.capacity,
            one.booked,
            one.arrived,
            one.with_outcome(reading.ABSENT),
            one.with_outcome(reading.CANCELLED),
            one.free,
        )
        for one in reading.slots_of(
            request.scope, request.moment, request.scope.organisation or "", day, zone
        )
    ]
    return table_file(f"slots-{day}", COLUMNS, rows)


def shown(
    request: HttpRequest,
    day: date,
    form: Form,
    *,
    found: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a day; with somebody chosen, or typed, each slot books for them by a tap."""
    scope, moment, zone = request.scope, request.moment, settings.SIZAO.zone
    place = scope.organisation or ""
    meet(request, [{"place": place}], offices=["place"])
    over = is_over(request, day)
    of_day = [] if over else reading.slots_of(scope, moment, place, day, zone)
    people = {one.person for slot in of_day for one in slot.bookings}
    names = identities_of(scope, moment, people, PAGE)
    who = known(request, form)
    today = day_of(request)
    last = reading.last_day_with_slots(scope, moment, place, day, zone)
    context = {
        "place": place,
        "day": day,
        "today": today,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "over": over,
        "groups": _groups(request, of_day, names, day),
        "booked": sum(one.booked for one in of_day),
        "arrived": sum(one.arrived for one in of_day),
        "free": sum(one.free for one in of_day if one.row["until_at"] > moment),
        "full": sum(1 for one in of_day if not one.free),
        "who": who,
        "booking": bool(who) or form.values.get("new") == "yes",
        "values": {"form": str(uuid4()), **form.values},
        "wrong": form.wrong,
        "found": found,
        "last": last if day >= today and last is not None and not of_day else None,
        "may_open": today <= day <= today + timedelta(days=AHEAD),
        "services": CODE_LISTS["appointment_services"].codes,
        "lengths": LENGTHS,
        "account": scope.account,
    }
    return render(request, "clinic/slots.html", context, status=status)


def _groups(
    request: HttpRequest, of_day: list[reading.Slot], names: dict[str, Any], day: date
) -> list[dict[str, Any]]:
    """By service: its slots, each with the people in it; the emptiest of those to come is marked."""
    moment, zone = request.moment, settings.SIZAO.zone
    groups = []
    for code in CODE_LISTS["appointment_services"].codes:
        mine = [one for one in of_day if one.service == code.code]
        if not mine:
            continue
        open_ = [one for one in mine if one.free and one.row["until_at"] > moment]
        emptiest = max(
            open_, key=lambda one: (one.free / one.capacity, -one.from_at.timestamp()), default=None
        )
        rows = []
        for one in mine:
            over = one.row["until_at"] <= moment
            then = None
            if not one.free and not over:
                then = reading.next_free(
                    request.scope, moment, request.scope.organisation or "", one.service, one.from_at, zone
                )
            rows.append(
                {
                    "slot": one,
                    "key": one.row["key"],
                    "from": local_time(bare(one.from_at), zone),
                    "until": local_time(bare(one.row["until_at"]), zone),
                    "over": over,
                    "emptiest": one is emptiest and len(open_) > 1,
                    "next": None if then is None else local_time(bare(then.from_at), zone),
                    "next_day": None if then is None else local_day(bare(then.from_at), zone),
                    "people": [(each, names.get(each.person)) for each in one.bookings],
                }
            )
        groups.append({"label": code.label, "code": code.code, "slots": rows})
    return groups
