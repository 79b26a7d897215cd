"""The administrator's pages: partners that send by machine, and their keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao.facts.dictionary import DECLARED
from sizao.terms.words import Words
from sizao_web.accounts.registering import Duty, NotRegistered
from sizao_web.accounts.roles import ROLES
from sizao_web.desks.account.administration import ADMINISTRATORS, offers
from sizao_web.pages.language import say
from sizao_web.pages.names import meet
from sizao_web.pages.routes import page
from sizao_web.records.actions import administer_partners as deed
from sizao_web.records.actions.administer_partners import LONGEST_DAYS, OVERLAP_DAYS, PER_DAY, PER_MINUTE
from sizao_web.records.reading import partners as reading

WHOLE = Words("请填整数。", "Give a whole number.")


@page(roles=ADMINISTRATORS)
def partners(request: HttpRequest) -> HttpResponse:
    """Partners of the own area, their keys that hold, and which of these end soon."""
    found = list(reading.partners(request.scope))
    rows = [_told(request.moment, one) for one in found]
    meet(request, [one.assignment for one in found], areas=["area"], offices=["organisation"])
    return render(request, "account_desk/partners.html", {"rows": rows})


@page(roles=ADMINISTRATORS, methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponse:
    """Make a partner; then it is given a key."""
    problems: dict[str, Words] = {}
    scope, moment = request.scope, request.moment
    if request.method == "POST":
        asked = ("name", "role", "area", "organisation")
        typed = {name: request.POST.get(name, "").strip() for name in asked}
        offered = offers(scope, moment)
        typed["area"] = offered["areas"].meant(typed["area"])
        typed["organisation"] = offered["organisations"].meant(typed["organisation"])
        label = Words(request.POST.get("name_zh", "").strip(), request.POST.get("name_en", "").strip())
        duty = Duty(typed["role"], typed["area"], typed["organisation"] or None, moment)
        try:
            made = deed.add(scope, moment, typed["name"], label=label, duty=duty)
        except NotRegistered as refused:
            problems = refused.problems
        except deed.NotAllowed:
            problems = {"area": Words("只能为本地区建立。", "Only partners of the own area can be made.")}
        else:
            return redirect("account:partner", made.name)
    context = {
        "typed": request.POST,
        "problems": problems,
        "roles": [(name, role.label) for name, role in ROLES.items() if role.gives_by_machine],
        **offers(scope, moment),
    }
    return render(request, "account_desk/new_partner.html", context)


@page(roles=ADMINISTRATORS, about="partner")
def partner(request: HttpRequest, partner: str) -> HttpResponse:
    """A partner: its duty, its limits, its keys."""
    return _one(request, _found(request, partner))


@page(roles=ADMINISTRATORS, about="partner", methods=("POST",))
def issue(request: HttpRequest, partner: str) -> HttpResponse:
    """Issue a key; it is shown once."""
    found = _found(request, partner)
    facts, days = request.POST.getlist("facts"), _whole(request, "days", LONGEST_DAYS)
    return _handed(request, found, lambda: deed.issue(request.scope, request.moment, found, facts, days=days))


@page(roles=ADMINISTRATORS, about="partner", methods=("POST",))
def rotate(request: HttpRequest, partner: str, public: str) -> HttpResponse:
    """Exchange a key; the new one is shown once, the old one holds on for the overlap."""
    found, key = _found(request, partner), _key(request, partner, public)
    overlap = _whole(request, "overlap", OVERLAP_DAYS)
    return _handed(request, found, lambda: deed.rotate(request.scope, request.moment, key, overlap=overlap))


@page(roles=ADMINISTRATORS, about="partner", methods=("POST",))
def revoke(request: HttpRequest, partner: str, public: str) -> HttpResponse:
    """End a key at once."""
    deed.revoke(request.scope, request.moment, _key(request, partner, public))
    messages.success(request, say("密钥已撤销。", "The key is revoked."))
    return redirect("account:partner", partner)


@page(roles=ADMINISTRATORS, about="partner", methods=("POST",))
def limit(request: HttpRequest, partner: str) -> HttpResponse:
    """Change how often it may ask."""
    found = _found(request, partner)
    limits = {name: _whole(request, name, 0) for name in ("per_minute", "per_day")}
    try:
        deed.limit(request.scope, request.moment, found, **limits)
    except NotRegistered as refused:
        return _one(request, _found(request, partner), refused.problems)
    messages.success(request, say("限额已更改。", "The limits are changed."))
    return redirect("account:partner", partner)


@page(roles=ADMINISTRATORS, about="partner", methods=("POST",))
def end(request: HttpRequest, partner: str) -> HttpResponse:
    """No key of the partner holds any more."""
    deed.end(request.scope, request.moment, _found(request, partner))
    messages.success(request, say("接入方已停用。", "The partner has ended."))
    return redirect("account:partner", partner)


def _handed(request: HttpRequest, found: Any, make: Callable[[], deed.Issued]) -> HttpResponse:
    try:
        issued = make()
    except NotRegistered as refused:
        return _one(request, found, refused.problems)
    return render(request, "account_desk/handed_key.html", {"partner": found, "issued": issued})


def _found(request: HttpRequest, name: str) -> Any:
    found = reading.partner_of(request.scope, name)
    if found is None:
        raise Http404
    return found


def _key(request: HttpRequest, partner: str, public: str) -> Any:
    found = reading.key_of(request.scope, public)
    if found is None or found.partner.name != partner:
        raise Http404
    return found


def _one(request: HttpRequest, found: Any, problems: dict[str, Words] | None = None) -> HttpResponse:
    given = sorted(ROLES[found.assignment.role].gives_by_machine)
    context = {
        **_told(request.moment, found),
        "problems": problems or {},
        "facts": [(name, DECLARED[name].meaning) for name in given],
        "chosen": request.POST.getlist("facts"),
        "longest": LONGEST_DAYS,
        "overlap": OVERLAP_DAYS,
        "per_minute": PER_MINUTE,
        "per_day": PER_DAY,
    }
    return render(request, "account_desk/partner.html", context)


def _told(moment: datetime, one: Any) -> dict[str, Any]:
    keys = sorted(one.keys.all(), key=lambda key: key.pk, reverse=True)
    soon = {key.pk for key in reading.ending(keys, moment)}
    told = [
        {
            "key": key,
            "holds": one.ended_at is None and reading.usable(key, moment),
            "days": reading.days_left(key, moment),
            "soon": key.pk in soon,
        }
        for key in keys
    ]
    return {
        "partner": one,
        "label": Words(one.label_zh, one.label_en),
        "keys": told,
        "held": [key for key in told if key["holds"]],
    }


def _whole(request: HttpRequest, name: str, default: int) -> int:
    text = request.POST.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else default if not text else 0
