"""Record a fact: what the duty may record, the entry form of each, and what was recorded last."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from sizao.facts.declaration import Fact
from sizao.facts.dictionary import COMMON, FACTS
from sizao.terms.identifiers import hex_key, natural_key
from sizao.terms.words import Words
from sizao_web.desks.everyone.presenters import rest, short
from sizao_web.pages.forms import FactForm
from sizao_web.pages.language import said, say
from sizao_web.pages.routes import AT_WORK, page
from sizao_web.pages.tubes import TubeForm
from sizao_web.records.actions.record_facts import Conflict, Given, NotAllowed, Refused, record_facts
from sizao_web.records.reading.choices import on_record
from sizao_web.records.reading.history import history, recent_own
from sizao_web.records.reading.pack import policy_in_use

NOT_OURS = Words(
    "本岗位不能为这名人员或这个场所登记。请核对编号；由其他机构负责的，请联系该机构或办理移交。",
    "This duty does not record about this person or place. Check the number; where another office answers, "
    "ask them, or have the person handed over.",
)

OWN = {"by": "office", "from_office": "office", "accepted_office": "office", "place": "place"}
"""Columns that begin with the office or place that the duty works for."""


@page(roles=AT_WORK)
def what_may_be_recorded(request: HttpRequest) -> HttpResponse:
    """The facts that the duty gives, and what this account recorded last."""
    scope = request.scope
    given = [_told(fact) for name, fact in FACTS.items() if scope.may_give(name)]
    recent = [
        {
            "fact": FACTS[fact],
            "words": short(FACTS[fact]),
            "link": link,
            "key": hex_key(link["key_hi"], link["key_lo"]),
        }
        for fact, link in recent_own(scope, request.moment)
    ]
    return render(request, "everyone/facts/index.html", {"given": given, "recent": recent})


@page(roles=AT_WORK)
def dictionary(request: HttpRequest) -> HttpResponse:
    """Every fact there is, and what it means."""
    facts = [_told(fact) for fact in FACTS.values()]
    return render(request, "everyone/facts/dictionary.html", {"facts": facts})


@page(roles=AT_WORK)
def dictionary_entry(request: HttpRequest, fact: str) -> HttpResponse:
    """One fact: its columns, checks, who gives it, how long it is kept."""
    found = fact_or_404(fact)
    context = {
        "fact": found,
        "words": short(found),
        "common": COMMON,
        "may_give": request.scope.may_give(fact),
    }
    return render(request, "everyone/facts/entry.html", context)


@page(roles=AT_WORK, methods=("GET", "POST"))
def new(request: HttpRequest, fact: str) -> HttpResponse:
    """The entry form of a fact; a POST records it."""
    found = fact_or_404(fact)
    if not request.scope.may_give(fact):
        raise PermissionDenied
    form = entry_form(request, found)
    if request.method == "POST" and form.is_valid() and (recorded := _record(request, form)):
        return redirect(_after(request, found, recorded))
    status = 422 if request.method == "POST" else 200
    context = {"fact": found, "words": short(found), "form": form, "next": inside(request)}
    return render(request, "everyone/facts/new.html", context, status=status)


def _told(fact: Fact) -> dict[str, Any]:
    return {"fact": fact, "words": short(fact), "more": rest(fact)}


def entry_form(request: HttpRequest, fact: Fact) -> FactForm:
    """The form of a fact; of a sample with the people in the tube, where the duty records those too."""
    prefill: dict[str, str] = {name: value for name, value in request.GET.items() if value}
    own = request.scope.organisation
    for column in fact.columns:
        # Whoever works for an office or a place records for it; the field stays open to change.
        of = OWN.get(column.name)
        if own and of and of == column.of and on_record(request.scope, of, [own], request.moment):
            prefill.setdefault(column.name, own)
    kind = TubeForm if fact.name == "samples" and request.scope.may_give("sample_members") else FactForm
    return kind(
        fact,
        request.scope,
        request.moment,
        data=request.POST if request.method == "POST" else None,
        prefill=prefill,
        grounds=policy_in_use().grounds,
    )


def _record(request: HttpRequest, form: FactForm) -> str | None:
    """Record what the form says; the number of the record, or None and the problems in the form."""
    given = [Given(fact, values, record) for fact, values, record in form.facts()]
    try:
        record_facts(request.scope, request.moment, given)
    except (Refused, Conflict) as refused:
        for _, words in refused.problems:
            form.add_error(None, said(words))
        return None
    except NotAllowed:
        form.add_error(None, said(NOT_OURS))
        return None
    return given[0].source_record


def _after(request: HttpRequest, fact: Fact, record: str) -> str:
    """Where to go then, with a word that it is kept."""
    key = hex_key(*natural_key(fact.name, "sizao", record))
    messages.success(request, say("已保存：", "Recorded: ") + said(short(fact)) + say("。", "."))
    if to := inside(request):
        return to
    if history(request.scope, fact.name, key) is None:
        messages.info(
            request,
            say(
                "有关人员不在本岗位的查看范围内，此处不再显示。",
                "It is about somebody outside your range and is not shown here.",
            ),
        )
        return reverse("everyone:facts")
    return reverse("everyone:fact", args=[fact.name, key])


def inside(request: HttpRequest) -> str:
    """The address to go back to, when it lies on this site; else nothing."""
    to = request.POST.get("next") or request.GET.get("next") or ""
    return to if url_has_allowed_host_and_scheme(to, {request.get_host()}, request.is_secure()) else ""


def fact_or_404(name: str) -> Fact:
    """A fact of the dictionary."""
    found: Any = FACTS.get(name)
    if found is None:
        raise Http404
    return found
