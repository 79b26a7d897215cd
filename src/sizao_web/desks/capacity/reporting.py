"""Once a day, by those who have it: what was said before is shown, and one tap says that nothing changed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from sizao.terms.codes import CODE_LISTS
from sizao_web.desks.capacity.cards import FACT_OF, OPTIONAL, Card, owed
from sizao_web.desks.capacity.duty import KEEPING, REPORTING, day_of, form_number
from sizao_web.desks.capacity.views import first_screen
from sizao_web.pages.language import said, say
from sizao_web.pages.routes import page
from sizao_web.records.actions.record_facts import Conflict, Given, NotAllowed, Refused, record_facts

LARGEST = 99_999_999


@page(roles=REPORTING, methods=("POST",))
def report(request: HttpRequest) -> HttpResponse:
    """Record what was said: everything as before by one tap, or one thing with its numbers."""
    cards = [card for card in owed(request) if not card.today]
    if not cards:  # tapped twice
        messages.warning(
            request,
            say("今天都报过了；要改请点“更正”。", "Everything was reported today; to change it, correct it."),
        )
        return redirect("capacity:today")
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
    typed = {card.name: values for card, values in chosen}
    if wrong or not given:
        return first_screen(request, problem=_why(wrong), typed=typed)
    try:
        record_facts(request.scope, request.moment, given)
    except Conflict:
        messages.warning(
            request,
            say("今天已经报过；要改请点“更正”。", "Reported today already; to change it, correct it."),
        )
        return redirect("capacity:today")
    except Refused as refused:
        problem = " ".join(said(words) for _, words in refused.problems)
        return first_screen(request, problem=problem, typed=typed)
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
        problem = say(
            "没有登记：请选择物资和类别，数量填大于 0 的数。",
            "Not recorded: choose item and kind, and a quantity above 0.",
        )
        return first_screen(request, problem=problem, moved=request.POST)
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
        problem = " ".join(said(words) for _, words in refused.problems)
        return first_screen(request, problem=problem, moved=request.POST)
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


def _why(wrong: list[Card]) -> str:
    if wrong:
        name = said(wrong[0].words)
        return say(
            f"没有登记：{name}请填数，没有填 0。",
            f"Not recorded: {name} needs numbers, 0 where there is none.",
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
