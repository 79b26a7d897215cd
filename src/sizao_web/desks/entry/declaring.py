"""Declare an arrival, or look somebody up: one field for a document, a telephone number or a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao.terms.codes import CODE_LISTS
from sizao.terms.time import local_day
from sizao.terms.words import Words
from sizao_web.desks.entry.duty import ARRIVING, PAGE, WAY
from sizao_web.pages.language import said, say
from sizao_web.pages.meant import meant
from sizao_web.pages.routes import page
from sizao_web.records.actions.declare_arrival import Declared, Elsewhere, declare_arrival
from sizao_web.records.actions.record_facts import NotAllowed, Refused
from sizao_web.records.reading import arrivals
from sizao_web.records.reading.areas import communities, every_area
from sizao_web.records.reading.identities import field_of, identity_of, search
from sizao_web.records.reading.labels import area_labels
from sizao_web.records.reading.pack import number_on
from sizao_web.records.reading.persons import is_seen
from sizao_web.settings.clock import bare

LOOKED_BACK, USUAL = "arrivals.looked_back", 14
OTHER_STAYS = 3  # asked about on the form; more are added on the page of the arrival
RECENT = 6  # origins offered as one tap
KEPT = ("origin", "origin_country", "conveyance", "conveyance_number", "staying_in")
"""What the next person of the same train shares with the one before."""

NO_ORIGIN = Words("请从列表选择来自哪里，境外填国家。", "Choose where they come from, or give the country.")
NO_STAY = Words("请从列表选择还住过哪里。", "Choose from the list where else they stayed.")
NO_HOME = Words("请从列表选择将住的社区。", "Choose from the list where they will stay.")


@dataclass
class Form:
    """The form as it is shown: what stands in each field, and what is wrong there."""

    values: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)


@page(roles=ARRIVING, methods=("POST",))
def look_up(request: HttpRequest) -> HttpResponse:
    """Whom a document, a telephone number or a name finds; nobody: the form, with what was typed."""
    text = request.POST.get("q", "").strip()
    found = search(request.scope, request.moment, text) if text else None
    people = found.names if found else {}
    if len(people) == 1:
        return redirect("entry:arrival", next(iter(people)))
    form = Form({field_of(text): text} if text else {})
    return _page(request, form, found=[(person, name) for person, name in people.items()], sought=text)


@page(roles=ARRIVING, methods=("GET", "POST"))
def declare(request: HttpRequest) -> HttpResponse:
    """The declaration; saved, the page of the arrival with the grade and whom to hand over to."""
    if request.method == "GET":
        return _page(request, Form(_like(request)))
    form, declared = _read(request)
    if declared is None:
        return _page(request, form, status=422)
    number = form.values["form"]
    try:
        person, _ = declare_arrival(request.scope, request.moment, declared, form=number)
    except Refused as refused:
        form.wrong[""] = " ".join(said(words) for _, words in refused.problems)
        return _page(request, form, status=422)
    except NotAllowed as cause:
        raise PermissionDenied from cause
    return redirect("entry:arrival", person)


def _like(request: HttpRequest) -> dict[str, str]:
    """The journey of somebody who came before; the person of one who is known."""
    before, person = request.GET.get("like", ""), request.GET.get("person", "")
    values: dict[str, str] = {}
    if before and is_seen(request.scope, before):
        rows = arrivals.arrivals_of(request.scope, request.moment, before)
        stays = arrivals.stays_of(request.scope, request.moment, before)
        if rows:
            values = {name: rows[0].get(name) or "" for name in KEPT}
        here = next((row for row in stays if row["until_on"] is None), None)
        values["staying_in"] = here["located_in"] if here else ""
        there = next((row for row in stays if rows and row["located_in"] == rows[0]["origin"]), None)
        values["stayed_from"] = there["from_on"].isoformat() if there else ""
    if person and is_seen(request.scope, person):
        known = identity_of(request.scope, request.moment, person, PAGE)
        values["person"] = person
        if known is not None:
            values |= {
                "name": known.name,
                "document": known.document or "",
                "telephone": known.telephone or "",
            }
    return values


def _read(request: HttpRequest) -> tuple[Form, Declared | None]:
    """What was typed, and the declaration where nothing is wrong with it."""
    values = {name: text.strip() for name, text in request.POST.items()}
    form = Form(values)
    today = _today(request)
    values["form"] = _uuid(values.get("form", ""))
    areas = every_area(request.scope, request.moment)
    came = meant(values.get("origin", ""), areas)
    inside = communities(request.scope, request.moment, request.scope.area)
    stays = meant(values.get("staying_in", ""), inside)
    origin, country, staying = came.value, values.get("origin_country", ""), stays.value
    arrived, since = _day(values.get("arrived_on", "")) or today, _day(values.get("stayed_from", ""))
    known = values.get("person") or None
    wrong = form.wrong
    if not values.get("name"):
        wrong["name"] = say("请填写姓名。", "Give the name.")
    if not values.get("document") and not values.get("telephone"):
        wrong["document"] = say("证件号码和电话至少填一项。", "Give a document or a telephone number.")
    if origin is None and not country:
        wrong["origin"] = said(came.ask(values.get("origin", ""), NO_ORIGIN))
    if staying is None:
        wrong["staying_in"] = said(stays.ask(values.get("staying_in", ""), NO_HOME))
    if arrived > today:
        wrong["arrived_on"] = say("到达日期在将来。", "The day of arrival lies in the future.")
    if since is not None and since > arrived:
        wrong["stayed_from"] = say("住到那里的日期晚于到达。", "The stay there begins after the arrival.")
    if values.get("symptoms", "") not in ("yes", "no"):
        wrong["symptoms"] = say("请选择有无症状。", "Say whether there are symptoms.")
    elsewhere = _elsewhere(values, arrived, areas, wrong)
    if wrong or staying is None:
        return form, None
    looked_back = number_on(LOOKED_BACK, today) or USUAL
    return form, Declared(
        person=known,
        name=values["name"],
        document=values.get("document") or None,
        telephone=values.get("telephone") or None,
        arrived_on=arrived,
        origin=origin,
        origin_country=country or None,
        stayed_from=since or arrived - timedelta(days=int(looked_back)),
        conveyance=values.get("conveyance") or None,
        conveyance_number=values.get("conveyance_number") or None,
        seat=values.get("seat") or None,
        staying_in=staying,
        symptoms=values["symptoms"] == "yes",
        code_scanned={"yes": True, "no": False}.get(values.get("code_scanned", "")),
        elsewhere=elsewhere,
    )


def _elsewhere(
    values: Mapping[str, str], arrived: date, areas: Mapping[str, Words], wrong: dict[str, str]
) -> tuple[Elsewhere, ...]:
    """The other stays that were typed; what is wrong with one is added."""
    found = []
    for number in range(1, OTHER_STAYS + 1):
        typed = values.get(f"was_in-{number}", "")
        since, until = (_day(values.get(f"{name}-{number}", "")) for name in ("was_from", "was_until"))
        if not typed and since is None and until is None:
            continue
        area = meant(typed, areas)
        if area.value is None:
            wrong[f"was_in-{number}"] = said(area.ask(typed, NO_STAY))
        elif since is None or until is None or not since < until <= arrived:
            wrong[f"was_from-{number}"] = say(
                "别处住过的：写明哪天到、哪天离开，离开不晚于到达本市。",
                "Elsewhere: say from which day until which day, at the latest that of the arrival.",
            )
        else:
            found.append(Elsewhere(area.value, since, until))
    return tuple(found)


def _page(
    request: HttpRequest,
    form: Form,
    *,
    found: list[tuple[str, str]] | None = None,
    sought: str = "",
    status: int = 200,
) -> HttpResponse:
    scope, moment = request.scope, request.moment
    outside = every_area(scope, moment, without=scope.area)
    inside = communities(scope, moment, scope.area)
    recent = list(dict.fromkeys(row["origin"] for row in _lately(request) if row["origin"]))[:RECENT]
    named = area_labels(scope, moment, recent)
    values = {"form": str(uuid4()), "arrived_on": _today(request).isoformat(), **form.values}
    for name in ("origin", "staying_in"):
        values[name] = _label(values.get(name, ""), {**outside, **inside})
    context: dict[str, Any] = {
        "way": WAY,
        "values": values,
        "wrong": form.wrong,
        "outside": list(dict.fromkeys(said(words) for words in outside.values())),
        "inside": [(path, said(words)) for path, words in inside.items() if path != scope.area],
        "recent": [said(named.get(path, Words(path, path))) for path in recent],
        "conveyances": [(one.code, one.label) for one in CODE_LISTS["conveyances"].codes],
        "others": [
            (number, *(values.get(f"{name}-{number}", "") for name in ("was_in", "was_from", "was_until")))
            for number in range(1, OTHER_STAYS + 1)
        ],
        "found": found,
        "sought": sought,
        "looked_back": int(number_on(LOOKED_BACK, _today(request)) or USUAL),
    }
    return render(request, "entry/declare.html", context, status=status)


def _lately(request: HttpRequest) -> list[Mapping[str, Any]]:
    return list(arrivals.arrived(request.scope, request.moment, _today(request) - timedelta(days=1)))


def _label(text: str, named: Mapping[str, Words]) -> str:
    return said(named[text]) if text in named else text


def _today(request: HttpRequest) -> date:
    return local_day(bare(request.moment), settings.SIZAO.zone)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return str(uuid4())
