"""Alarms, and settings that hold for a time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao.terms.time import instant_at
from sizao.terms.words import Words
from sizao_web.pages.language import say
from sizao_web.pages.routes import page
from sizao_web.records.actions.see_alarm import NotAllowed, Refused, see_alarm
from sizao_web.records.actions.set_switch import SETTING, end_switch, set_switch
from sizao_web.records.reading import alarms as reading
from sizao_web.records.reading.accounts import names_of

WATCHERS = frozenset(reading.WATCHING)


@page(roles=WATCHERS, methods=("GET", "POST"))
def alarms(request: HttpRequest) -> HttpResponse:
    """What must be looked at, and who does. A POST says that one does."""
    problem = None
    if request.method == "POST":
        found = _number(request, "alarm", reading.alarm)
        try:
            see_alarm(request.scope, request.moment, found, request.POST.get("remark", ""))
        except Refused as refused:
            problem = refused.problems[0][1]
        except NotAllowed as cause:
            raise PermissionDenied from cause
        else:
            messages.success(request, say("已记下由您处理。", "It is noted that you take care of it."))
            return redirect("watch:alarms")
    context = {
        "standing": _told(reading.standing(request.scope)),
        "past": _told(reading.past(request.scope)),
        "silent_since": reading.silent_since(request.moment),
        "problem": problem,
    }
    return render(request, "watch/alarms.html", context, status=422 if problem else 200)


@page(roles=SETTING, methods=("GET", "POST"))
def switches(request: HttpRequest) -> HttpResponse:
    """Settings that somebody changed for a time. A POST sets one, or ends one before its time."""
    problems: list[Words] = []
    if request.method == "POST":
        problems = _set(request)
        if not problems:
            messages.success(request, say("已记下。", "It is noted."))
            return redirect("watch:switches")
    found = reading.switches(request.scope, request.moment)
    people = names_of([one.set_by for one in found])
    context = {
        "switches": [
            {"row": one, "setting": reading.SWITCHES.get(one.name), "by": people.get(one.set_by)}
            for one in found
        ],
        "settings": reading.SWITCHES.items(),
        "typed": request.POST if problems else {},
        "problems": problems,
    }
    return render(request, "watch/switches.html", context, status=422 if problems else 200)


def _set(request: HttpRequest) -> list[Words]:
    typed = request.POST
    try:
        if typed.get("end"):
            found = next(
                (
                    one
                    for one in reading.switches(request.scope, request.moment)
                    if str(one.pk) == typed["end"]
                ),
                None,
            )
            if found is None:
                return [GONE]
            end_switch(request.scope, request.moment, found, reason=typed.get("reason", ""))
        else:
            set_switch(
                request.scope,
                request.moment,
                typed.get("name", ""),
                typed.get("about", ""),
                typed.get("value", ""),
                reason=typed.get("reason", ""),
                until=_moment(typed.get("until", "")),
            )
    except Refused as refused:
        return [words for _, words in refused.problems]
    except NotAllowed as cause:
        raise PermissionDenied from cause
    return []


GONE = Words("这个开关已经不在了。", "That switch is over already.")


def _number(request: HttpRequest, name: str, find: Any) -> Any:
    text = request.POST.get(name, "")
    found = find(request.scope, int(text)) if text.isdecimal() and len(text) < 19 else None
    if found is None:
        raise Http404
    return found


def _told(rows: list[Any]) -> list[dict[str, Any]]:
    people = names_of([one.seen.seen_by for one in rows if hasattr(one, "seen")])
    return [
        {
            "row": one,
            "kind": reading.KINDS[one.kind],
            "says": reading.sentence(one.kind, one.about, one.values),
            "seen": getattr(one, "seen", None),
            "by": people.get(one.seen.seen_by) if hasattr(one, "seen") else None,
        }
        for one in rows
    ]


def _moment(text: str) -> datetime | None:
    """A local time of the city; None for what is none."""
    try:
        local = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if local.tzinfo is not None:
        return None
    return instant_at(local.date(), local.time(), settings.SIZAO.zone).replace(tzinfo=UTC)
