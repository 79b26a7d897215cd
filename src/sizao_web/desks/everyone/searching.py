"""Search: one box for people, cases, rows, places, offices, areas, rules and forms.

What is typed is sent in the body and never stands in an address: it may be a name or a telephone number.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from sizao.facts.dictionary import FACTS
from sizao_web.desks.everyone.presenters import short
from sizao_web.pages.addresses import address
from sizao_web.pages.names import meet
from sizao_web.pages.routes import AT_WORK, page
from sizao_web.records.reading.finding import MOST, Found, find
from sizao_web.records.reading.pack import rule_labels

LONGEST = 80
MOST_RULES = 10  # and so many forms


@page(roles=AT_WORK, methods=("GET", "POST"))
def search(request: HttpRequest) -> HttpResponse:
    """The box; a POST finds. Who types a whole number is led there at once."""
    text = request.POST.get("q", "").strip()[:LONGEST]
    if not text:
        return render(request, "everyone/search.html", {"text": ""})
    found = find(request.scope, request.moment, text)
    if to := _exactly(found, text):
        return redirect(to)
    meet(request, found.rows, offices=["about", "responsible"])
    meet(request, [{"office": one} for one in found.offices], offices=["office"])
    meet(
        request,
        [{"area": area, "place": place} for place, _, area in found.places],
        areas=["area"],
        offices=["place"],
    )
    rules, forms = _rules(text), _forms(request, text)
    context = {
        "text": text,
        "found": found,
        "rules": rules,
        "forms": forms,
        "most": MOST,
        "fewest": MOST_RULES,
        "nothing": not (found.anything or rules or forms),
    }
    return render(request, "everyone/search.html", context)


def _exactly(found: Found, text: str) -> str | None:
    """The page of what has exactly this number."""
    if text in found.persons:
        return reverse("everyone:person", args=[text])
    if len(found.rows) == 1 and found.rows[0].obligation_id == text.lower():
        return reverse("everyone:why", args=[text.lower()])
    if text in {case for case, *_ in found.cases} and len(found.cases) == 1:
        return reverse("everyone:person", args=[found.cases[0][1]])
    if text in {place for place, *_ in found.places}:
        return reverse("everyone:place", args=[text])
    return reverse("everyone:office", args=[text]) if text in found.offices else None


def _rules(text: str) -> list[dict[str, Any]]:
    wanted = text.lower()
    return [
        {"rule": rule, "label": label, "address": address("policy:rule", rule)}
        for rule, label in rule_labels().items()
        if wanted in f"{rule} {label.zh} {label.en}".lower()
    ][:MOST_RULES]


def _forms(request: HttpRequest, text: str) -> list[dict[str, Any]]:
    wanted = text.lower()
    return [
        {"fact": fact, "words": short(fact), "given": request.scope.may_give(name)}
        for name, fact in FACTS.items()
        if wanted in f"{name} {fact.meaning.zh} {fact.meaning.en}".lower()
    ][:MOST_RULES]
