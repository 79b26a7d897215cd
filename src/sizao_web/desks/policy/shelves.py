"""Packs beside the one in use: to read, and to try on what is on record here. None of them binds anybody."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao.terms.time import local_day
from sizao_web.accounts.roles import DECIDING
from sizao_web.desks.policy import presenters, wording
from sizao_web.pages.language import language, said
from sizao_web.pages.routes import AT_WORK, page
from sizao_web.records.actions.propose import NotAllowed, Refused, try_pack
from sizao_web.records.reading.pack import Pack, pack_in_use, shelf
from sizao_web.settings.clock import bare

NOTHING_ADOPTED: frozenset[tuple[str, str]] = frozenset()


@page(roles=AT_WORK)
def packs(request: HttpRequest) -> HttpResponse:
    """Every pack of the shelf: what it is, and whether it could be adopted."""
    here = pack_in_use().policy
    rows = [
        {"name": name, "policy": found.policy if found else None, "here": name == here.pack}
        for name, found in shelf().items()
    ]
    return render(request, "policy/packs.html", {"rows": rows, "policy": here})


@page(roles=AT_WORK, methods=("GET", "POST"))
def one(request: HttpRequest, pack: str) -> HttpResponse:
    """One pack: gaps, parameters, rules. A POST has it compared with what is in force."""
    found, problem = _found(pack), None
    if request.method == "POST":
        if request.scope.role not in DECIDING:
            raise PermissionDenied
        try:
            return redirect("policy:proposal", try_pack(request.scope, request.moment, found.policy).pk)
        except Refused as refused:
            problem = said(refused.problems[0][1])
        except NotAllowed as cause:
            raise PermissionDenied from cause
    day = local_day(bare(request.moment), settings.SIZAO.zone)
    context = {
        "policy": found.policy,
        "here": found.policy.pack == pack_in_use().policy.pack,
        "problem": problem,
        "rows": presenters.rules(found, day, NOTHING_ADOPTED),
        "texts": len(found.policy.versions()),
        "authorities": presenters.authorities(found.policy),
        "parameters": presenters.parameters(found.policy, day),
        "marks": wording.MARKS,
        "warnings": [words.get(language()) for words in found.policy.warnings],
        # Grade rules alone bind nobody: there is nothing to compare.
        "tries": request.scope.role in DECIDING and bool(found.policy.rules),
        "notices": presenters.notices(found.policy),
    }
    return render(request, "policy/shelf_pack.html", context, status=422 if problem else 200)


@page(roles=AT_WORK)
def rule(request: HttpRequest, pack: str, rule: str) -> HttpResponse:
    """A rule of such a pack, read aloud as a notice."""
    found, day = _found(pack), local_day(bare(request.moment), settings.SIZAO.zone)
    if rule not in found.policy.rules:
        raise Http404
    context = presenters.rule_page(found, rule, day, NOTHING_ADOPTED)
    return render(request, "policy/rule.html", {**context, "shelf": found.policy.pack})


def _found(name: str) -> Pack:
    found = shelf().get(name)
    if found is None:
        raise Http404
    return found
