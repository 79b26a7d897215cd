"""The administrator's pages: accounts of the own area, and what is done to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao.terms.words import Words
from sizao_web.accounts.models import Account
from sizao_web.accounts.registering import Duty, NotRegistered
from sizao_web.accounts.roles import ROLES
from sizao_web.desks.account.presenters import state, told_deeds
from sizao_web.pages.language import say
from sizao_web.pages.names import beside, meet
from sizao_web.pages.offered import Offered
from sizao_web.pages.paging import paging
from sizao_web.pages.routes import page
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions import administer_accounts as deed
from sizao_web.records.reading import accounts as reading
from sizao_web.records.reading import labels

ADMINISTRATORS = frozenset({"administrator"})


@page(roles=ADMINISTRATORS)
def accounts(request: HttpRequest) -> HttpResponse:
    """Accounts with a duty in the own area, or without any."""
    text = request.GET.get("q", "").strip()
    rows = reading.accounts(request.scope, request.moment, text)
    pages = paging(request.GET, rows.count())
    shown = rows.prefetch_related("assignments")[pages.offset : pages.offset + pages.size]
    told = [
        {
            "account": one,
            "duties": [duty for duty in one.assignments.all() if state(duty, request.moment) == "present"],
        }
        for one in shown
    ]
    meet(request, [duty for one in told for duty in one["duties"]], areas=["area"], offices=["organisation"])
    return render(request, "account_desk/accounts.html", {"rows": told, "paging": pages, "q": text})


@page(roles=ADMINISTRATORS, methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponse:
    """Make an account; its password is shown once."""
    problems: dict[str, Words] = {}
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in ("name_zh", "name_en", "email")}
        language = "en" if request.POST.get("language") == "en" else "zh"
        username = request.POST.get("username", "")
        try:
            made = deed.create(request.scope, request.moment, username, **typed, language=language)
        except NotRegistered as refused:
            problems = refused.problems
        else:
            context = {"account": made.account, "password": made.password}
            return render(request, "account_desk/handed.html", context)
    return render(request, "account_desk/new_account.html", {"typed": request.POST, "problems": problems})


@page(roles=ADMINISTRATORS, about="account")
def one(request: HttpRequest, account: str) -> HttpResponse:
    """An account: duties, how it signs in, what happened to it."""
    return _one(request, _found(request, account))


@page(roles=ADMINISTRATORS, about="account", methods=("POST",))
def assign(request: HttpRequest, account: str) -> HttpResponse:
    """Give a duty."""
    found = _found(request, account)
    duty, problems = _duty(request)
    if not problems:
        try:
            deed.assign(request.scope, request.moment, found, duty)
        except NotRegistered as refused:
            problems = refused.problems
        except deed.NotAllowed:
            problems = {"area": Words("只能授予本地区的职责。", "Only duties of the own area can be given.")}
        else:
            messages.success(request, say("已授予职责。", "The duty has been given."))
            return redirect("account:one", found.username)
    return _one(request, found, problems)


@page(roles=ADMINISTRATORS, about="account", methods=("POST",))
def end(request: HttpRequest, account: str, assignment: int) -> HttpResponse:
    """End a duty now."""
    found = _found(request, account)
    duty = reading.assignment_of(request.scope, found, assignment)
    if duty is None:
        raise Http404
    deed.end_assignment(request.scope, request.moment, found, duty)
    messages.success(request, say("职责已结束。", "The duty has ended."))
    return redirect("account:one", found.username)


@page(roles=ADMINISTRATORS, about="account", methods=("POST",))
def unlock(request: HttpRequest, account: str) -> HttpResponse:
    """Let it try again at once."""
    return _done(request, account, deed.unlock, Words("已解除锁定。", "It has been unlocked."))


@page(roles=ADMINISTRATORS, about="account", methods=("POST",))
def reset_second_factor(request: HttpRequest, account: str) -> HttpResponse:
    """For a lost telephone."""
    told = Words(
        "两步验证已重置，本人登录后重新设置。", "The second factor has been reset; it is set up anew."
    )
    return _done(request, account, deed.reset_second_factor, told)


@page(roles=ADMINISTRATORS, about="account", methods=("POST",))
def close(request: HttpRequest, account: str) -> HttpResponse:
    """Nobody signs in by it any more."""
    return _done(request, account, deed.close, Words("账号已停用。", "The account has been closed."))


@page(roles=ADMINISTRATORS, about="account", methods=("POST",))
def reopen(request: HttpRequest, account: str) -> HttpResponse:
    """Let it sign in again."""
    return _done(request, account, deed.reopen, Words("账号已恢复。", "The account is open again."))


@page(roles=ADMINISTRATORS, about="account", methods=("POST",))
def give_password(request: HttpRequest, account: str) -> HttpResponse:
    """A new password, shown once."""
    found = _found(request, account)
    try:
        password = deed.give_password(request.scope, request.moment, found)
    except deed.NotAllowed:
        raise Http404 from None
    return render(request, "account_desk/handed.html", {"account": found, "password": password})


def _done(
    request: HttpRequest, username: str, act: Callable[[Scope, datetime, Account], None], told: Words
) -> HttpResponse:
    found = _found(request, username)
    try:
        act(request.scope, request.moment, found)
    except deed.NotAllowed:
        raise Http404 from None
    messages.success(request, say(told.zh, told.en))
    return redirect("account:one", found.username)


def _found(request: HttpRequest, username: str) -> Account:
    found = reading.account_of(request.scope, request.moment, username)
    if found is None:
        raise Http404
    return found


def _one(request: HttpRequest, account: Account, problems: dict[str, Words] | None = None) -> HttpResponse:
    stands = reading.condition(request.scope, account)
    scope, moment = request.scope, request.moment
    wanted = {duty.organisation or duty.area for duty in stands.assignments}
    named: dict[str, Words] = {}
    for look_up in (labels.place_labels, labels.office_labels, labels.area_labels):
        named.update(look_up(scope, moment, wanted))
    context: dict[str, Any] = {
        "account": account,
        "own": account.username == scope.account,
        "whole": account.username != scope.account and reading.looks_after(scope, moment, account),
        "duties": [
            {
                "assignment": duty,
                "state": state(duty, moment),
                "where": beside(named.get(place, Words(place, place)), duty.label),
                "mine": duty.area == scope.area or duty.area.startswith(f"{scope.area}/"),
            }
            for duty in stands.assignments
            for place in (duty.organisation or duty.area,)
        ],
        "second_factor": stands.second_factor,
        "locked": stands.locked,
        "deeds": told_deeds(stands.deeds),
        "roles": ROLES.items(),
        **offers(scope, moment),
        "typed": request.POST,
        "problems": problems or {},
    }
    return render(request, "account_desk/one.html", context)


def offers(scope: Scope, moment: datetime) -> dict[str, Offered]:
    """The areas, offices and places that a duty may be of."""
    return {
        "areas": Offered("areas", labels.areas_below(scope, moment, scope.area)),
        "organisations": Offered("organisations", labels.organisations_in(scope, moment, scope.area)),
    }


def _duty(request: HttpRequest) -> tuple[Duty, dict[str, Words]]:
    problems: dict[str, Words] = {}
    scope, moment = request.scope, request.moment
    offered = offers(scope, moment)
    area = offered["areas"].meant(request.POST.get("area", "").strip())
    organisation = offered["organisations"].meant(request.POST.get("organisation", "").strip()) or None
    from_at = _midnight(request.POST.get("from_at", ""), "from_at", problems) or moment
    until_at = _midnight(request.POST.get("until_at", ""), "until_at", problems)
    if not labels.area_labels(scope, moment, [area]):
        problems["area"] = Words(
            "没有此地区。请从列表中选择。", "There is no such area. Choose one of the list."
        )
    known = labels.office_labels(scope, moment, [organisation or ""]) or labels.place_labels(
        scope, moment, [organisation or ""]
    )
    if organisation and not known:
        problems["organisation"] = Words(
            "没有此单位。请从列表中选择。", "There is no such office or place. Choose one of the list."
        )
    person = request.POST.get("person", "").strip() or None
    return Duty(request.POST.get("role", ""), area, organisation, from_at, until_at, person), problems


def _midnight(text: str, field: str, problems: dict[str, Words]) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time.min, ZoneInfo(settings.SIZAO.zone))
    except ValueError:
        problems[field] = Words("请按2020-11-10的形式填写日期。", "Give the day like 2020-11-10.")
        return None
