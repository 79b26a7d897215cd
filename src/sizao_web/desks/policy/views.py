"""The pack, its parameters and its rules as pages. Whoever signs in may read them."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from sizao.terms.time import local_day
from sizao_web.desks.policy import presenters, tables, wording
from sizao_web.pages.language import language
from sizao_web.pages.routes import AT_WORK, page
from sizao_web.records.reading import figures
from sizao_web.records.reading.pack import adopted_texts, pack_in_use
from sizao_web.settings.clock import bare


@page(roles=AT_WORK)
def pack(request: HttpRequest) -> HttpResponse:
    """What the pack is, what is missing in it, and every number it works with."""
    found, day = pack_in_use(), local_day(bare(request.moment), settings.SIZAO.zone)
    adopted = adopted_texts(request.moment)
    rows = presenters.rules(found, day, adopted)
    context = {
        "policy": found.policy,
        "day": day,
        "texts": len(found.policy.versions()),
        "adopted": len(adopted),
        "in_force": sum(1 for row in rows if row.state is wording.IN_FORCE),
        "authorities": presenters.authorities(found.policy),
        "parameters": presenters.parameters(found.policy, day),
        "marks": wording.MARKS,
        "warnings": [one.get(language()) for one in found.policy.warnings],
    }
    return render(request, "policy/pack.html", context)


@page(roles=AT_WORK)
def rules(request: HttpRequest) -> HttpResponse:
    """The rules, searchable; the same rows as a file with `as=csv`."""
    found, day = pack_in_use(), local_day(bare(request.moment), settings.SIZAO.zone)
    every = presenters.rules(found, day, adopted_texts(request.moment))
    asked = {name: request.GET.get(name, "").strip() for name in tables.FILTERS}
    rows = presenters.chosen(every, asked)
    if request.GET.get("as") == "csv":
        return tables.rules_file(rows, found, day)
    context = {
        "policy": found.policy,
        "rows": tables.with_counts(request.scope, rows),
        "total": len(every),
        "asked": asked,
        "filtered": any(value for name, value in asked.items() if name != "q"),
        "choices": tables.choices(every),
        "sees_rows": request.scope.duty.sees != "reference",
        "query": request.GET.urlencode(),
    }
    part = request.htmx and not request.htmx.boosted
    return render(request, "policy/_rules.html" if part else "policy/rules.html", context)


@page(roles=AT_WORK)
def rule(request: HttpRequest, rule: str) -> HttpResponse:
    """One rule: its texts read aloud, what it rests on, what proves it, its examples, and its rows here."""
    found, day = pack_in_use(), local_day(bare(request.moment), settings.SIZAO.zone)
    if rule not in found.policy.rules:
        raise Http404
    context = {
        **presenters.rule_page(found, rule, day, adopted_texts(request.moment)),
        "counts": presenters.by_status(figures.by_status(request.scope, rule=rule), rule),
        "sees_rows": request.scope.duty.sees != "reference",
    }
    return render(request, "policy/rule.html", context)


@page(roles=AT_WORK)
def parameters(request: HttpRequest) -> HttpResponse:
    """Every value of every parameter as a file."""
    found, day = pack_in_use(), local_day(bare(request.moment), settings.SIZAO.zone)
    return tables.parameters_file(presenters.parameters(found.policy, day), found)


@page(roles=AT_WORK)
def help_text(request: HttpRequest) -> HttpResponse:
    """How to read a rule."""
    return render(request, "policy/help.html", {"marks": wording.MARKS, "policy": pack_in_use().policy})
