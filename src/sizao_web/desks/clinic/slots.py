"""Appointments by slots: how many each takes, who booked, who came, and where the next place is free."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from sizao.terms.codes import CODE_LISTS
from sizao.terms.time import instant_at, local_day, local_time
from sizao_web.desks.clinic.duty import PAGE, SEEING, Form, day_of, form_number, who_of
from sizao_web.desks.clinic.slots_shown import AHEAD, LENGTHS, file, is_over, shown
from sizao_web.pages.language import said, say
from sizao_web.pages.routes import page
from sizao_web.records.actions.book_slot import (
    Opened,
    book,
    change_capacity,
    close_slot,
    open_slots,
    say_outcome,
)
from sizao_web.records.actions.place_in_room import is_own
from sizao_web.records.actions.record_facts import Conflict, NotAllowed, Refused
from sizao_web.records.reading import slots as reading
from sizao_web.records.reading.identities import field_of, identities_of, search
from sizao_web.records.reading.persons import is_seen
from sizao_web.settings.clock import bare

MOST = 500  # people that one slot may take


@page(roles=SEEING, methods=("GET", "POST"))
def slots(request: HttpRequest) -> HttpResponse:
    """The slots of a day (`on`); a POST looks somebody up, books, says who came, or opens slots.

    as=csv: the slots of the day as a file, with numbers and nobody's name.
    """
    if request.method == "GET":
        day = _day(request.GET.get("on", "")) or day_of(request)
        if request.GET.get("as") == "csv" and not is_over(request, day):
            return file(request, day)
        person = request.GET.get("person", "")
        form = Form({"person": person} if person and is_seen(request.scope, person) else {})
        return shown(request, day, form)
    day = _day(request.POST.get("on", "")) or day_of(request)
    values = {name: text.strip() for name, text in request.POST.items()}
    form = Form({**values, "form": form_number(values.get("form", ""))})
    if form.values.get("person") and not is_seen(request.scope, form.values["person"]):
        raise Http404
    do = {
        "find": _find, "book": _book, "show": _show, "outcome": _outcome, "capacity": _capacity,
        "close": _close, "open": _open, "copy": _copy,
    }  # fmt: skip
    act = do.get(values.get("do", "").partition(":")[0])
    if act is None or (is_over(request, day) and act not in (_find, _show)):
        return _back(day)
    try:
        return act(request, day, form)
    except (Refused, Conflict) as refused:
        form.wrong[""] = " ".join(said(words) for _, words in refused.problems)
        return shown(request, day, form, status=422)
    except NotAllowed as cause:
        raise PermissionDenied from cause


def _back(day: date) -> HttpResponse:
    return redirect(f"{reverse('clinic:slots')}?on={day}")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _find(request: HttpRequest, day: date, form: Form) -> HttpResponse:
    text = form.values.get("q", "")
    found = search(request.scope, request.moment, text).names if text else {}
    if len(found) == 1:
        form.values["person"] = next(iter(found))
    elif text and not found:
        form.values["new"] = "yes"
        form.values[field_of(text)] = text
    return shown(request, day, form, found=list(found.items()) if len(found) > 1 else None)


def _show(request: HttpRequest, day: date, form: Form) -> HttpResponse:
    """Another day, for the same person."""
    return shown(request, _day(form.values["do"].partition(":")[2]) or day, form)


def _book(request: HttpRequest, day: date, form: Form) -> HttpResponse:
    slot = _slot(request, day, form.values["do"].partition(":")[2])
    who = who_of(form.values, form.wrong)
    if form.wrong:
        return shown(request, day, form, status=422)
    zone = settings.SIZAO.zone
    person = book(request.scope, request.moment, slot, who, form=form.values["form"], zone=zone)
    name = identities_of(request.scope, request.moment, [person], PAGE).get(person)
    at = local_time(bare(slot.from_at), zone)
    messages.success(
        request,
        say(
            f"已约：{(name.name if name else '') or person}，{at:%Y-%m-%d %H:%M}。",
            f"Booked: {(name.name if name else '') or person}, {at:%Y-%m-%d %H:%M}.",
        ),
    )
    return _back(local_day(bare(slot.from_at), zone))


def _outcome(request: HttpRequest, day: date, form: Form) -> HttpResponse:
    outcome = form.values.get("outcome", "")
    if outcome and outcome not in CODE_LISTS["appointment_outcomes"].names():
        raise Http404
    key = form.values.get("key", "")
    of_day = reading.slots_of(request.scope, request.moment, _place(request), day, settings.SIZAO.zone)
    row = next((one.row for slot in of_day for one in slot.bookings if one.row["key"] == key), None)
    if row is None:
        raise Http404
    if not is_own(request.scope, row):
        form.wrong[""] = say(
            "这条预约由其他机构登记，由他们更改；人来了，登记就诊即可。",
            "Another office recorded this and changes it. When the person comes, record the visit.",
        )
        return shown(request, day, form, status=422)
    if (row["outcome"] or "") != outcome:  # else a colleague was quicker
        say_outcome(request.scope, request.moment, row, outcome or None)
    messages.success(request, say("已记录。", "On record.") if outcome else say("已撤回。", "Taken back."))
    return _back(day)


def _capacity(request: HttpRequest, day: date, form: Form) -> HttpResponse:
    slot = _slot(request, day, form.values.get("key", ""))
    number = _number(form.values.get("capacity", ""))
    if number is None:
        form.wrong[""] = say(f"可约人数请填 0 到 {MOST}。", f"Give how many it takes: 0 to {MOST}.")
        return shown(request, day, form, status=422)
    if number != slot.capacity:
        change_capacity(request.scope, request.moment, slot, number, zone=settings.SIZAO.zone)
    messages.success(request, say("可约人数已改。", "Changed how many it takes."))
    return _back(day)


def _close(request: HttpRequest, day: date, form: Form) -> HttpResponse:
    slot = _slot(request, day, form.values.get("key", ""))
    close_slot(request.scope, request.moment, slot, zone=settings.SIZAO.zone)
    messages.success(request, say("已撤回这一段。", "The slot is taken back."))
    return _back(day)


def _open(request: HttpRequest, day: date, form: Form) -> HttpResponse:
    """Slots of one length from one time to another, each of the same number."""
    values, today = form.values, day_of(request)
    first, last = _clock(values.get("first", "")), _clock(values.get("last", ""))
    minutes, number = _number(values.get("minutes", "")), _number(values.get("capacity", ""))
    if not today <= day <= today + timedelta(days=AHEAD):
        form.wrong[""] = say(
            f"只能放今天起 {AHEAD} 天内的号。", f"Slots can be opened for the next {AHEAD} days."
        )
    elif values.get("service", "") not in CODE_LISTS["appointment_services"].names():
        form.wrong["service"] = say("请选择项目。", "Choose what the slots are for.")
    elif first is None or last is None or first >= last:
        form.wrong["first"] = say("请填写从几点到几点。", "Say from when until when.")
    elif minutes not in LENGTHS or not number:
        form.wrong["capacity"] = say(
            "请填写每段多长、可约几人。", "Say how long a slot is and how many it takes."
        )
    if form.wrong:
        return shown(request, day, form, status=422)
    wanted, at = [], datetime.combine(day, first or time())
    length, end = timedelta(minutes=minutes or 0), datetime.combine(day, last or time())
    while at + length <= end:
        wanted.append(_opened(values["service"], at, at + length, number or 0))
        at += length
    return _opened_all(request, day, form, wanted)


def _copy(request: HttpRequest, day: date, form: Form) -> HttpResponse:
    """The slots of the last day that had some, with their numbers."""
    scope, moment, place, zone = request.scope, request.moment, _place(request), settings.SIZAO.zone
    last = reading.last_day_with_slots(scope, moment, place, day, zone)
    wanted = []
    for one in reading.slots_of(scope, moment, place, last, zone) if last else []:
        first, until = (local_time(bare(at), zone) for at in (one.from_at, one.row["until_at"]))
        shift = timedelta(days=(day - first.date()).days)
        wanted.append(_opened(one.service, first + shift, until + shift, one.capacity))
    return _opened_all(request, day, form, wanted)


def _opened(service: str, first: datetime, until: datetime, capacity: int) -> Opened:
    """A slot by what the clocks of the place show."""
    zone = settings.SIZAO.zone
    begins, ends = (instant_at(at.date(), at.time(), zone).replace(tzinfo=UTC) for at in (first, until))
    return Opened(service, begins, ends, capacity)


def _opened_all(request: HttpRequest, day: date, form: Form, wanted: list[Opened]) -> HttpResponse:
    zone = settings.SIZAO.zone
    outcome = open_slots(request.scope, request.moment, wanted, form=form.values["form"], zone=zone)
    count = len(outcome.stored)
    messages.success(request, say(f"已放 {count} 段。", f"Slots opened: {count}."))
    return _back(day)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and int(text) <= MOST else None


def _clock(text: str) -> time | None:
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None


def _place(request: HttpRequest) -> str:
    return request.scope.organisation or ""


def _slot(request: HttpRequest, day: date, key: str) -> reading.Slot:
    found = reading.slot_of(request.scope, request.moment, _place(request), key, settings.SIZAO.zone, day)
    if found is None:
        raise Http404
    return found
