"""The round of temperatures: everybody of a floor on one sheet, typed down the column, saved at once.

The sheet is a form with a number: sent again it is the same round. What is wrong comes back with everything
that was typed; what was saved can be taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from sizao.terms.time import local_day, local_time, midnight, zone_of
from sizao.terms.words import Words
from sizao_web.desks.quarantine.here import MANAGING, Here, here, page_of
from sizao_web.pages import demands
from sizao_web.pages.language import said, say
from sizao_web.pages.names import meet, names
from sizao_web.pages.presenters import aware
from sizao_web.pages.routes import page
from sizao_web.records.actions.record_visit import Answer, Entry, Visit, record_visit
from sizao_web.records.actions.retract_visit import retract_visit
from sizao_web.records.reading import sites
from sizao_web.records.reading.places import fever_clinics_near
from sizao_web.records.reading.proofs import Way, verbs_proved_by
from sizao_web.records.reading.visits import recorded_in
from sizao_web.settings.clock import bare

COLDEST, HOTTEST = 34.0, 43.0
OLDEST, FAST = timedelta(days=7), timedelta(minutes=10)
CHECK = Way("health_checks")


@dataclass(frozen=True)
class Line:
    """One person on the sheet. due: a check is still owed today; taken: today's (time, degrees, ill)."""

    person: str
    name: str
    room: str
    floor: str
    due: bool
    closing: bool
    taken: tuple[tuple[datetime, float | None, bool], ...]


@dataclass(frozen=True)
class Typed:
    """The sheet as it came back. given: every field as typed; wrong: person -> what is wrong there."""

    form: str
    at: datetime
    answers: tuple[Answer, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, Words] = field(default_factory=dict)


class NoSheet(Exception):
    """What was sent is no sheet; words say what to do."""

    def __init__(self, words: Words) -> None:
        self.words = words
        super().__init__(words.en)


@page(roles=MANAGING, methods=("GET", "POST"))
def checks(request: HttpRequest) -> HttpResponse:
    """The sheet of a floor; saved, the same sheet with what was saved."""
    at = here(request)
    if at is None:
        return page_of(request, "quarantine/checks.html", None, {})
    if request.method == "GET":
        return _sheet(at)
    try:
        typed = read_sheet(request.POST, at)
    except NoSheet as cause:
        number = _number(request.POST.get("visit", "")) or str(uuid4())
        return _sheet(at, Typed(number, at.moment, (), dict(request.POST.items())), cause.words)
    entries = _record(at, typed)
    refused = {one.person: one.why for one in entries if one.outcome == "refused" and one.why}
    if typed.wrong or refused:
        return _sheet(at, Typed(typed.form, typed.at, (), typed.given, {**typed.wrong, **refused}))
    kept = sum(one.outcome in ("stored", "merged") for one in entries)
    if not kept:
        messages.warning(
            request, say("还没有填写体温，未保存。", "No temperature was entered; nothing was saved.")
        )
    return redirect(_address(at, request.POST.get("floor", ""), saved=typed.form if kept else ""))


@page(roles=MANAGING, methods=("POST",))
def take_back(request: HttpRequest) -> HttpResponse:
    """Retract a round that was saved by mistake."""
    at = here(request)
    people = [one.person for one in at.site.stays] if at else []
    count = retract_visit(request.scope, request.moment, _number(request.POST.get("visit", "")), people)
    messages.success(request, say(f"已撤回 {count} 条体温。", f"Temperatures taken back: {count}."))
    return redirect(_address(at, request.POST.get("floor", "")) if at else reverse("quarantine:checks"))


def sheet_of(at: Here, named: Mapping[str, str] | None) -> list[Line]:
    """Everybody in a room, in the order of the rooms; named: None where the names are not needed."""
    inside = [one.person for one in at.site.stays]
    midnight_before, verbs = _midnight(at), verbs_proved_by("health_checks")
    tomorrow = midnight_before + timedelta(days=1)
    due = {row["about"]: row for row in at.due if _is_check(row, verbs, tomorrow)}
    taken = sites.checks_of(at.scope, at.moment, midnight_before, inside)
    floors = {one.room: one.floor for one in at.site.rooms}
    lines = [
        Line(
            stay.person,
            (named or {}).get(stay.person, ""),
            stay.room,
            floors.get(stay.room, "?"),
            stay.person in due,
            bool(due.get(stay.person, {}).get("closes_at")),
            tuple(
                (row["checked_at"], row["temperature"], row["symptoms"]) for row in taken.get(stay.person, ())
            ),
        )
        for stay in at.site.stays
    ]
    return sorted(lines, key=lambda one: (one.floor, one.room, one.person))


def _is_check(row: Mapping[str, Any], verbs: frozenset[str], until: datetime) -> bool:
    """A check of health that is owed by then."""
    return row["status"] in ("open", "overdue") and row["verb"] in verbs and row["due_at"] <= until


def _sheet(at: Here, typed: Typed | None = None, problem: Words | None = None) -> HttpResponse:
    """problem: why nothing of the sheet was taken; everything that was typed stands on it."""
    request = at.request
    floor = (request.POST if typed else request.GET).get("floor", "")
    only_due = request.GET.get("due") == "1" and typed is None
    lines = sheet_of(at, at.names(one.person for one in at.site.stays))
    floors = sorted({one.floor for one in lines})
    here_ = [one for one in lines if floor in ("", one.floor)]
    shown = [one for one in here_ if one.due] if only_due else here_
    saved = typed.form if typed else request.GET.get("saved", "")
    kept = _saved(at, saved, lines) if saved else None
    context = {
        "lines": [(one, *_kept(one, typed)) for one in shown],
        "total": len(here_),
        "due": sum(one.due for one in here_),
        "only_due": only_due,
        "floor": floor,
        "floors": [(one, sum(line.floor == one for line in lines)) for one in floors],
        "everybody": len(lines),
        "form": typed.form if typed else str(uuid4()),
        "at": local_time(bare(typed.at if typed else at.moment), at.zone).strftime("%Y-%m-%dT%H:%M"),
        "problem": problem,
        "wrong": len(typed.wrong) if typed else 0,
        "saved": kept,
    }
    if problem and typed and typed.given.get("at"):
        context["at"] = typed.given["at"]
    # A status of refusal would undo the whole request, and with it the temperatures that are told as saved.
    status = 422 if typed and not kept else 200
    return page_of(request, "quarantine/checks.html", at, context, status=status)


def _kept(line: Line, typed: Typed | None) -> tuple[str, bool, str]:
    """What was typed of somebody: degrees, whether ill, what is wrong."""
    if typed is None:
        return "", False, ""
    wrong = typed.wrong.get(line.person)
    degrees = typed.given.get(f"temperature:{line.person}", "")
    return degrees, typed.given.get(f"ill:{line.person}") == "yes", said(wrong) if wrong else ""


def _saved(at: Here, form: str, lines: list[Line]) -> dict[str, Any] | None:
    """What stands on record of a round: how many, and who has a fever or is ill."""
    rows = [
        row
        for fact, row in recorded_in(at.scope, form, [one.person for one in lines])
        if fact == "health_checks"
    ]
    if not rows:
        return None
    who = {one.person: one for one in lines}
    ill = [
        (who[row["person"]], row["temperature"])
        for row in rows
        if row["symptoms"] or demands.feverish(row["temperature"])
    ]
    found = fever_clinics_near(at.scope, at.moment, at.site.located_in) if ill else []
    meet(at.request, [{"place": place} for place, _ in found], offices=["place"])
    return {
        "form": form,
        "count": len(rows),
        "ill": ill,
        "clinics": [names(at.request).office(place) for place, _ in found],
    }


def read_sheet(form: QueryDict, at: Here) -> Typed:
    """The sheet that was typed. NoSheet when it is broken; a wrong temperature refuses that person alone."""
    number, moment = _number(form.get("visit", "")), _moment(form.get("at", ""), at)
    if not number:
        raise NoSheet(
            Words("页面已过期，请重新打开再填。", "This page is out of date. Open the sheet again.")
        )
    answers, wrong = [], {}
    for person in dict.fromkeys(form.getlist("person")):
        typed, ill = form.get(f"temperature:{person}", "").strip(), form.get(f"ill:{person}") == "yes"
        if not typed and not ill:
            continue
        degrees = demands.degrees_of(typed)
        if typed and (degrees is None or not COLDEST <= degrees <= HOTTEST):
            wrong[person] = Words(
                f"体温“{typed}”应在 34 到 43 ℃ 之间。",
                f"A temperature lies between 34 and 43 °C, not at “{typed}”.",
            )
            continue
        answers.append(Answer(person, "symptoms" if ill else "well", (CHECK,), degrees))
    return Typed(number, moment, tuple(answers), dict(form.items()), wrong)


def _record(at: Here, typed: Typed) -> list[Entry]:
    day = local_day(bare(typed.at), at.zone)
    visit = Visit(typed.form, typed.at, day, None, at.scope.organisation, typed.answers)
    return record_visit(at.scope, at.moment, visit)


def _moment(text: str, at: Here) -> datetime:
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=zone_of(at.zone))
    except ValueError:
        raise NoSheet(
            Words("测量时间看不懂，请重新填写。", "The time of the round cannot be read. Enter it again.")
        ) from None
    if moment > at.moment + FAST:
        raise NoSheet(
            Words("测量时间在将来，请改正。", "The time of the round lies in the future. Put it right.")
        )
    if moment < at.moment - OLDEST:
        raise NoSheet(
            Words(
                "测量已过 7 天，请用“登记”补录。",
                "The round is more than 7 days old. Record it by the entry forms.",
            )
        )
    return moment


def _number(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""


def _midnight(at: Here) -> datetime:
    return aware(midnight(at.today, at.zone))


def _address(at: Here, floor: str, **more: str) -> str:
    asked = QueryDict(at.asked, mutable=True)
    for name, value in {"floor": floor, **more}.items():
        if value:
            asked[name] = value
    to = reverse("quarantine:checks")
    return f"{to}?{asked.urlencode()}" if asked else to
