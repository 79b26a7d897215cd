"""Who checked in at a place, or where a case did, within a window; opened around a proved case, and noted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from sizao.facts.dictionary import STREAMS
from sizao.terms.time import instant_at, local_time
from sizao.terms.words import Words
from sizao_web.accounts.roles import PURPOSES, TRACING
from sizao_web.pages.names import meet
from sizao_web.pages.offered import Offered
from sizao_web.pages.presenters import aware
from sizao_web.pages.routes import page
from sizao_web.records.actions.open_register import LONGEST, NotAllowed, Opening, Refused, open_register
from sizao_web.records.reading import choices, streams
from sizao_web.settings.clock import bare

SHOWN = 500  # rows of a page; a register that has more is to be asked for a narrower window
_DAYS = 2
_REFUSED = Words(
    "未打开。须同时满足：病例在本辖区、最近一次分类为确诊或无症状感染者、有实验室阳性结果；场所在本辖区。本次尝试已记录。",
    "Not opened. The case must be of your area, confirmed or asymptomatic as last classified, and have a "
    "positive result of a laboratory; the place must lie in your area. This try is on record.",
)


@page(roles=frozenset(TRACING), methods=("GET", "POST"))
def registers(request: HttpRequest) -> HttpResponse:
    """The form; and the register that was opened last, as long as it may be looked through."""
    if request.method == "POST":
        return _open(request)
    number = request.GET.get("opening", "")
    known = number.isdecimal() and len(number) < 18
    one = streams.opening(request.scope, int(number), request.moment) if known else None
    if number and one is None:
        raise Http404
    return _drawn(request, _asked(request, one), one)


def _open(request: HttpRequest) -> HttpResponse:
    asked = {name: request.POST.get(name, "").strip() for name in ("case", "place", "from_at", "until_at")}
    window = [_instant(asked[name]) for name in ("from_at", "until_at")]
    problems = []
    if not asked["case"]:
        problems.append(Words("请填写病例编号。", "Give the number of the case."))
    if None in window:
        problems.append(Words("请填写起止时间。", "Give the beginning and the end."))
    if problems:
        return _drawn(request, asked, None, problems)
    first, last = window
    assert first is not None
    assert last is not None
    try:
        opened = open_register(
            request.scope,
            request.moment,
            case=asked["case"],
            place=_offered(request).meant(asked["place"]) or None,
            from_at=aware(first),
            until_at=aware(last),
        )
    except Refused as cause:
        return _drawn(request, asked, None, [words for _, words in cause.problems])
    except NotAllowed:
        # Answered with 200: an error would roll back the note that somebody tried.
        return _drawn(request, asked, None, [_REFUSED])
    return redirect(f"{reverse('investigation:registers')}?opening={opened.number}")


def _drawn(
    request: HttpRequest, asked: dict[str, str], one: Opening | None, problems: list[Words] | None = None
) -> HttpResponse:
    context = {
        "offered": _offered(request),
        "asked": asked,
        "problems": problems or [],
        "opening": one,
        "purpose": PURPOSES[request.scope.purpose],
        "longest": LONGEST.days,
        "streams": [_stream(request, one, name) for name in STREAMS] if one else [],
        "coming": [
            {"one": each, "words": STREAMS[each.stream].meaning} for each in streams.coming(request.scope)
        ],
        "conflicts": streams.conflicts(request.scope, 20),
        "shown": SHOWN,
    }
    return render(request, "investigation/registers.html", context)


def _offered(request: HttpRequest) -> Offered:
    """The places of the own area by their names."""
    return Offered("places", choices.places(request.scope, request.moment))


def _stream(request: HttpRequest, one: Opening, name: str) -> dict[str, Any]:
    """One stream as the page shows it: its rows with local times, how many, and of how many people."""
    event, zone = STREAMS[name].event, settings.SIZAO.zone
    rows = streams.opened(request.scope, request.moment, one, name)
    table = rows.slice(0, SHOWN).to_pylist()
    known = streams.seen_among(request.scope, {row["person"] for row in table})
    meet(request, table, offices=["place"])
    return {
        "name": name,
        "words": STREAMS[name].meaning,
        "count": rows.num_rows,
        "people": len(rows["person"].unique()),
        "rows": [
            {**row, "at": f"{local_time(row[event], zone):%m-%d %H:%M:%S}", "known": row["person"] in known}
            for row in table
        ],
    }


def _asked(request: HttpRequest, one: Opening | None) -> dict[str, str]:
    """What the form begins with: what was opened, or the last two days."""
    zone = settings.SIZAO.zone
    until = bare(one.until_at if one else request.moment)
    first = bare(one.from_at) if one else until - timedelta(days=_DAYS)
    said = {
        name: f"{local_time(at, zone):%Y-%m-%dT%H:%M}"
        for name, at in (("from_at", first), ("until_at", until))
    }
    return {"case": one.case if one else "", "place": (one.place or "") if one else "", **said}


def _instant(text: str) -> datetime | None:
    """The moment that a field of local time says, UTC without zone."""
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        return None
    if local.tzinfo is not None:
        return local.astimezone(UTC).replace(tzinfo=None)
    return instant_at(local.date(), local.time(), settings.SIZAO.zone)
