"""A person's page: who, what binds them, what is to be done, what is recorded, contacts, and who looked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from sizao.facts.declaration import ColumnType
from sizao.facts.dictionary import FACTS
from sizao.obligations.telling import Teller
from sizao_web.desks.everyone.grouping import grouped
from sizao_web.desks.everyone.presenters import short, timeline_words
from sizao_web.pages.language import language
from sizao_web.pages.names import meet, meet_accounts, names, plainly
from sizao_web.pages.routes import SEEING_ROWS, page
from sizao_web.records.reading import persons
from sizao_web.records.reading.pack import policy_in_use
from sizao_web.records.reading.timeline import Entry


@page(roles=SEEING_ROWS, about="person")
def person(request: HttpRequest, person: str) -> HttpResponse:
    """One person; `known_by` goes back to what was known at a moment."""
    known_by, wrong = _known_by(request)
    found = persons.person(request.scope, request.moment, person, known_by)
    if found is None:
        raise Http404
    scope, same = request.scope, found.same
    bound, covering = persons.standing_of(scope, same)
    groups = grouped(request, persons.obligations_about(scope, same))
    looks = persons.looks(scope, person)[:50]
    meet_accounts(request, {one.account for one in looks})
    context = {
        "person": found,
        "about": person if len(same) == 1 else None,
        "known_by": known_by if known_by != request.moment else None,
        "known_by_text": request.GET.get("known_by", ""),
        "known_by_wrong": wrong,
        "classified": found.classified,
        "standing": bound,
        "covering": covering,
        "unseen": bound.row_count - len(covering) if bound is not None else 0,
        "groups": groups,
        "unknown": persons.unknown_about(scope, same),
        "as_contact": found.as_contact,
        "as_case": found.as_case,
        "entries": _told(request, found.recorded),
        "looks": looks,
        "given": _given(request),
        "may_hand_over": bool(scope.may_give("hand_overs") and scope.organisation),
    }
    meet(request, covering, offices=["responsible"])
    return render(request, "everyone/person.html", context)


def _known_by(request: HttpRequest) -> tuple[datetime, bool]:
    """The moment asked for, local time; now where none is asked for or it cannot be read."""
    text = request.GET.get("known_by", "").strip()
    if not text:
        return request.moment, False
    try:
        asked = datetime.fromisoformat(text)
    except ValueError:
        return request.moment, True
    local = asked if asked.tzinfo else asked.replace(tzinfo=ZoneInfo(settings.SIZAO.zone))
    return min(local, request.moment), False


def _told(request: HttpRequest, entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Each entry as one sentence in the library's words."""
    entries = list(entries)
    known = names(request)
    known.meet([{"area": path} for path in _named(entries, "area")], areas=["area"])
    offices = _named(entries, "office") | _named(entries, "place")
    known.meet([{"office": one} for one in offices], offices=["office"])
    teller = Teller(language(), settings.SIZAO.zone, known.areas, policy_in_use().grounds)
    return [
        {
            "entry": one,
            "words": short(FACTS[one.fact]),
            "text": plainly(timeline_words(one, teller), known),
            "on_a_day": _is_of_a_day(one),
        }
        for one in entries
    ]


def _named(entries: Iterable[Entry], of: str) -> set[str]:
    """Areas, offices or places that the entries name."""
    return {
        entry.last[column.name]
        for entry in entries
        for column in FACTS[entry.fact].columns
        if of in (column.of, column.type.value) and entry.last[column.name]
    }


def _is_of_a_day(entry: Entry) -> bool:
    """Whether the event is a day, so that no clock time is shown."""
    fact = FACTS[entry.fact]
    return fact.event != "happened_at" and fact.column(fact.event).type is ColumnType.DATE


def _given(request: HttpRequest) -> list[dict[str, Any]]:
    """The facts about a person that the duty records."""
    return [
        {"fact": fact, "words": short(fact)}
        for name, fact in FACTS.items()
        if request.scope.may_give(name)
        and (name == "samples" or "person" in {column.name for column in fact.columns})
        and name not in ("people", "sample_members", "hand_overs", "hand_over_acceptances", "merges")
    ]
