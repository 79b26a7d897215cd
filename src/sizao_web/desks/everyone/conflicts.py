"""Two contents under one key of a partner, beside each other; settled by somebody else than the sender."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao.facts.checks import Problem, read_value
from sizao.facts.dictionary import FACTS
from sizao.facts.schemas import own_columns
from sizao.terms.words import Words
from sizao_web.accounts.roles import ROLES
from sizao_web.pages.entry_fields import label
from sizao_web.pages.language import said, say
from sizao_web.pages.paging import paging
from sizao_web.pages.routes import page
from sizao_web.pages.values import shown
from sizao_web.records.actions.keep_conflict import settle_conflict
from sizao_web.records.actions.record_facts import NotAllowed, Refused
from sizao_web.records.reading.conflicts import Both, both
from sizao_web.records.reading.conflicts import conflicts as of_scope

SETTLING = frozenset(name for name, role in ROLES.items() if role.gives_by_machine)
DECISIONS = ("kept", "taken")


@page(roles=SETTLING)
def conflicts(request: HttpRequest) -> HttpResponse:
    """Every conflict that one may settle; those that are open, unless all are asked for."""
    every = request.GET.get("all") == "1"
    rows = of_scope(request.scope, state=None if every else "open")
    pages = paging(request.GET, rows.count())
    listed = [
        {"row": one, "meaning": FACTS[one.fact].meaning}
        for one in rows[pages.offset : pages.offset + pages.size]
    ]
    return render(request, "everyone/conflicts.html", {"rows": listed, "paging": pages, "every": every})


@page(roles=SETTLING, methods=("GET", "POST"), about="conflict")
def conflict(request: HttpRequest, conflict: int) -> HttpResponse:
    """Both contents; what is decided about them."""
    found = both(request.scope, conflict)
    if found is None:
        raise Http404
    problems: list[Words] = []
    if request.method == "POST":
        decision, why = request.POST.get("decision", ""), request.POST.get("why", "")
        if decision not in DECISIONS:
            problems = [Words("选择保留哪一份。", "Choose which of the two holds.")]
        else:
            try:
                values = _second(found)
                settle_conflict(request.scope, request.moment, found.conflict, decision, why, values)
            except Refused as refused:
                problems = [words for _, words in refused.problems]
            except NotAllowed:
                problems = [Words("发送方自己不能处理。", "The sender does not settle it.")]
            else:
                messages.success(request, say("已处理。", "It is settled."))
                return redirect("everyone:conflict", conflict)
    context = {
        "found": found,
        "meaning": FACTS[found.conflict.fact].meaning,
        "rows": list(_rows(request, found)),
        "problems": problems,
        "typed": request.POST,
    }
    return render(request, "everyone/conflict.html", context, status=422 if problems else 200)


def _second(found: Both) -> dict[str, Any]:
    """Own columns of the second, as the dictionary reads them; it was checked when it came."""
    values: dict[str, Any] = {}
    for column in own_columns(FACTS[found.conflict.fact]):
        given = found.conflict.second.get(column.name)
        text = None if given is None else str(given)
        value = read_value(column, text)
        if isinstance(value, Problem):
            raise Refused([(0, Words(value.say("zh"), value.say("en")))])
        values[column.name] = value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
    return values


def _rows(request: HttpRequest, found: Both) -> Iterator[tuple[str, Any, Any, bool]]:
    """(label, first, second, whether they differ) of each column, as pages show it."""
    for column in own_columns(FACTS[found.conflict.fact]):
        given = found.conflict.second.get(column.name)
        first = found.first[column.name] if found.first else None
        second = read_value(column, None if given is None else str(given))
        if isinstance(second, Problem):
            yield said(label(column)), shown(request, column, first), str(given or ""), True
            continue
        second = second.replace(tzinfo=UTC) if isinstance(second, datetime) else second
        differs = found.first is not None and first != second
        yield said(label(column)), shown(request, column, first), shown(request, column, second), differs
