"""Once a day, by those who have it: what was said before is shown, and one tap says that nothing changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from sizao.facts.dictionary import fact
from sizao.terms.codes import CODE_LISTS
from sizao.terms.identifiers import hex_key
from sizao.terms.time import local_day
from sizao.terms.words import Words
from sizao_web.desks.capacity.duty import KEEPING, REPORTING, day_of, form_number
from sizao_web.pages.addresses import FACT, address
from sizao_web.pages.language import said, say
from sizao_web.pages.lasting import kind_words
from sizao_web.pages.names import meet
from sizao_web.pages.routes import page
from sizao_web.records.actions.record_facts import Conflict, Given, NotAllowed, Refused, record_facts
from sizao_web.records.reading import capacity, stock
from sizao_web.records.reading.facts import effective
from sizao_web.settings.clock import bare

LARGEST = 99_999_999
TEAMS = {"sampling_team": "sampling", "cdc": "tracing", "site": "disinfection"}
"""Duty -> the teams that it has."""
FACT_OF = {"beds": "beds", "tubes": "laboratory_capacities", "teams": "teams", "stock": "stock_counts"}
FIELDS = {
    "beds": ("total", "reserved", "occupied"),
    "tubes": ("tubes_a_day",),
    "teams": ("teams", "free"),
    "stock": ("quantity", "daily_use", "reserve", "incoming"),
}
OPTIONAL = frozenset({"reserve", "incoming"})


@dataclass(frozen=True)
class Card:
    """One thing that the office says today. values: as said before; to: the report of today, to correct."""

    what: str
    of: str
    kind: str
    words: Words
    values: tuple[tuple[str, Words, Any], ...]
    told: bool
    today: bool
    to: str | None

    @property
    def name(self) -> str:
        """Its name in the form."""
        return f"{self.what}:{self.of}:{self.kind}"


def owed(request: HttpRequest) -> list[Card]:
    """What the office reports each day, with what it said before."""
    scope = request.scope
    if scope.role not in REPORTING or not scope.organisation:
        return []
    wanted = list(_wanted(request))
    meet(request, [{"of": of} for _, of, _, _ in wanted], offices=["of"])
    return [_card(request, *one) for one in wanted]


def _wanted(request: HttpRequest) -> list[tuple[str, str, str, dict[str, Any] | None]]:
    """(what, of whom, kind, the last report) of everything that the duty reports."""
    scope, moment, own = request.scope, request.moment, request.scope.organisation or ""
    if scope.role == "county_hospital":
        told = {(row["place"], row["kind"]): row for row in capacity.last_beds(scope, moment)}
        keys = sorted({*told, *((place, "isolation") for place in _hospitals(request))})
        return [("beds", place, kind, told.get((place, kind))) for place, kind in keys]
    if scope.role == "laboratory":
        rows = capacity.last_told(scope, moment, "laboratory_capacities", ("place",))
        return [("tubes", own, "", next((row for row in rows if row["place"] == own), None))]
    if scope.role in KEEPING:
        return [
            ("stock", own, one.row["item"], {**one.row, "quantity": one.quantity})
            for one in stock.shelves(scope, moment)
            if one.row["office"] == own
        ]
    mine = {
        row["kind"]: row
        for row in capacity.last_told(scope, moment, "teams", ("office", "kind"))
        if row["office"] == own
    }
    return [("teams", own, kind, mine.get(kind)) for kind in sorted({*mine, TEAMS[scope.role]})]


def _hospitals(request: HttpRequest) -> list[str]:
    scope, today = request.scope, day_of(request)
    inside = Q(located_in=scope.area) | Q(located_in__gte=f"{scope.area}/", located_in__lt=f"{scope.area}0")
    lasting = Q(until_on__isnull=True) | Q(until_on__gt=today)
    rows = effective(scope, "places", request.moment).filter(
        inside, lasting, kind="hospital", from_on__lte=today
    )
    return sorted(set(rows.values_list("place", flat=True)))


def _card(request: HttpRequest, what: str, of: str, kind: str, last: dict[str, Any] | None) -> Card:
    columns = fact(FACT_OF[what])
    values = tuple(
        (name, columns.column(name).meaning, _plain(last[name]) if last else "") for name in FIELDS[what]
    )
    today = last is not None and local_day(bare(last["counted_at"]), settings.SIZAO.zone) == day_of(request)
    to = address(FACT, FACT_OF[what], hex_key(last["key_hi"], last["key_lo"])) if last and today else None
    return Card(what, of, kind, kind_words(what, kind), values, last is not None, today, to)


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    return int(value) if isinstance(value, float) and value == int(value) else value


@page(roles=REPORTING, methods=("POST",))
def report(request: HttpRequest) -> HttpResponse:
    """Record what was said: everything as before by one tap, or one thing with its numbers."""
    cards = [card for card in owed(request) if not card.today]
    asked = request.POST.get("card", "")
    if request.POST.get("same") == "all":
        chosen = [(card, {name: value for name, _, value in card.values}) for card in cards if card.told]
    else:
        chosen = [(card, _typed(request, card)) for card in cards if card.name == asked]
    given, wrong = [], []
    for card, values in chosen:
        numbers = {name: _number(str(value)) for name, value in values.items()}
        if any(
            number is None and (value or name not in OPTIONAL)
            for (name, value), number in zip(values.items(), numbers.values(), strict=True)
        ):
            wrong.append(card)
        else:
            given.append(_given(request, card, numbers))
    if wrong or not given:
        messages.error(request, _why(cards, wrong))
        return redirect("capacity:today")
    try:
        record_facts(request.scope, request.moment, given)
    except Conflict:
        messages.warning(
            request,
            say("今天已经报过；要改请点“更正”。", "Reported today already; to change it, correct it."),
        )
        return redirect("capacity:today")
    except Refused as refused:
        messages.error(request, " ".join(said(words) for _, words in refused.problems))
        return redirect("capacity:today")
    except NotAllowed as cause:
        raise PermissionDenied from cause
    messages.success(request, say(f"已报 {len(given)} 项。", f"Reported: {len(given)}."))
    return redirect("capacity:today")


@page(roles=KEEPING, methods=("POST",))
def move(request: HttpRequest) -> HttpResponse:
    """Record what came in or went out."""
    kind, item = request.POST.get("kind", ""), request.POST.get("item", "")
    quantity = _number(request.POST.get("quantity", ""))
    known = kind in CODE_LISTS["movement_kinds"].names() and item in CODE_LISTS["supply_items"].names()
    if not known or not quantity or not request.scope.organisation:
        messages.error(
            request,
            say(
                "没有登记：请选择物资和类别，数量填大于 0 的数。",
                "Not recorded: choose item and kind, and a quantity above 0.",
            ),
        )
        return redirect("capacity:today")
    values = {
        "office": request.scope.organisation, "kind": kind, "item": item, "quantity": quantity,
        "moved_at": request.moment,
    }  # fmt: skip
    try:
        record_facts(
            request.scope,
            request.moment,
            [Given("movements", values, form_number(request.POST.get("form", "")))],
        )
    except Conflict:
        pass  # sent twice: the first is there
    except Refused as refused:
        messages.error(request, " ".join(said(words) for _, words in refused.problems))
        return redirect("capacity:today")
    except NotAllowed as cause:
        raise PermissionDenied from cause
    messages.success(request, say("出入账已登记。", "The movement is recorded."))
    return redirect("capacity:today")


def _typed(request: HttpRequest, card: Card) -> dict[str, Any]:
    if request.POST.get("same") == "yes":
        return {name: value for name, _, value in card.values}
    return {name: request.POST.get(name, "").strip() for name, _, _ in card.values}


def _given(request: HttpRequest, card: Card, numbers: dict[str, float | None]) -> Given:
    whole = card.what != "stock"
    values: dict[str, Any] = {
        name: int(number) if whole and number is not None else number for name, number in numbers.items()
    }
    about = "place" if card.what in ("beds", "tubes") else "office"
    values |= {about: card.of, "counted_at": request.moment}
    if card.kind:
        values["item" if card.what == "stock" else "kind"] = card.kind
    record = f"capacity/{card.name}/{day_of(request).isoformat()}"
    return Given(FACT_OF[card.what], values, record)


def _why(cards: list[Card], wrong: list[Card]) -> str:
    if wrong:
        name = said(wrong[0].words)
        return say(
            f"没有登记：{name}请填数，没有填 0。",
            f"Not recorded: {name} needs numbers, 0 where there is none.",
        )
    if not cards:
        return say(
            "今天都报过了；要改请点“更正”。", "Everything was reported today; to change it, correct it."
        )
    return say(
        "没有登记：还没有以前的数，请填写。", "Not recorded: nothing was said before, so enter the numbers."
    )


def _number(text: str) -> float | None:
    try:
        found = float(text.replace(",", ""))
    except ValueError:
        return None
    return found if 0 <= found <= LARGEST else None
