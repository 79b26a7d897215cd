"""One's own account: what one may do, the password, the second factor."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao_web.accounts import lock_out, registering, second_factor
from sizao_web.accounts.registering import NotRegistered
from sizao_web.accounts.roles import OWN_ACCOUNT
from sizao_web.desks.account.presenters import told_deeds
from sizao_web.desks.account.views import inside
from sizao_web.pages.language import say
from sizao_web.pages.routes import page
from sizao_web.records.access.scope import Scope, assignments_in_force
from sizao_web.records.actions.note_account import note_account
from sizao_web.records.reading.accounts import deeds


@page(roles=None, signed_in=True)
def account(request: HttpRequest) -> HttpResponse:
    """Duties, password, second factor, and what this account did lately."""
    nobody = Scope(request.user.username, "", "", None, OWN_ACCOUNT)
    context = {
        "assignments": assignments_in_force(request.user, request.moment),
        "second_factor": second_factor.is_set_up(request.user),
        "codes_left": second_factor.recovery_codes_left(request.user),
        "deeds": told_deeds(deeds(request.scope or nobody, request.user, most=20)),
        "wanting": request.wanting,
    }
    return render(request, "account_desk/account.html", context)


@page(roles=None, signed_in=True, methods=("GET", "POST"))
def password(request: HttpRequest) -> HttpResponse:
    """Choose another password; other sessions of the account end."""
    problems = {}
    if request.method == "POST":
        problems = _change_password(request)
        if not problems:
            note_account(request.scope, request.moment, request.user, "choose_password")
            messages.success(
                request,
                say("密码已更改。其他设备上的登录已结束。", "Password changed. Other sessions have ended."),
            )
            return redirect(inside(request, request.POST.get("next")))
    context = {
        "problems": problems,
        "given": request.user.password_given,
        "shortest": settings.SHORTEST_PASSWORD,
        "next": request.POST.get("next") or request.GET.get("next", ""),
    }
    return render(request, "account_desk/password.html", context)


@page(roles=None, signed_in=True, methods=("GET", "POST"))
def set_up(request: HttpRequest) -> HttpResponse:
    """Set up a second factor: scan, type a code, keep the recovery codes, which are shown this once."""
    wrong = False
    if second_factor.is_set_up(request.user):
        return redirect("account:own")
    if request.method == "POST":
        codes = second_factor.confirm(request.user, request.session, request.POST.get("code", ""))
        if codes is not None:
            note_account(request.scope, request.moment, request.user, "set_up_second_factor")
            onward = inside(request, request.POST.get("next"))
            return render(request, "account_desk/codes.html", {"codes": codes, "next": onward})
        wrong = True
    context = {
        "offer": second_factor.offer(request.user, request.session),
        "wrong": wrong,
        "required": request.wanting == "second_factor",
        "next": request.POST.get("next") or request.GET.get("next", ""),
    }
    return render(request, "account_desk/set_up.html", context)


@page(roles=None, signed_in=True, methods=("GET", "POST"))
def remove(request: HttpRequest) -> HttpResponse:
    """Remove the second factor, with the password; a new one may then be set up."""
    if request.method == "POST" and (wrong := _password_wrong(request)) is None:
        second_factor.remove(request.user)
        request.session.pop(second_factor.PASSED, None)
        note_account(request.scope, request.moment, request.user, "remove_second_factor")
        messages.success(request, say("两步验证已解除。", "The second factor has been removed."))
        return redirect("account:own")
    return render(request, "account_desk/remove.html", {"wrong": request.method == "POST" and wrong})


@page(roles=None, signed_in=True, methods=("GET", "POST"))
def codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, with the password; the earlier ones count no more."""
    if not second_factor.is_set_up(request.user):
        return redirect("account:set-up")
    if request.method == "POST" and (wrong := _password_wrong(request)) is None:
        made = second_factor.new_recovery_codes(request.user)
        note_account(request.scope, request.moment, request.user, "new_recovery_codes")
        return render(request, "account_desk/codes.html", {"codes": made, "next": "/account/"})
    return render(request, "account_desk/new_codes.html", {"wrong": request.method == "POST" and wrong})


def _change_password(request: HttpRequest) -> dict[str, object]:
    chosen = request.POST.get("password", "")
    if wrong := _password_wrong(request, "current"):
        return {"current": wrong}
    if chosen != request.POST.get("again", ""):
        return {"again": say("两次输入的新密码不同。", "The two new passwords differ.")}
    if chosen == request.POST.get("current"):
        return {"password": say("新密码与现在的相同。", "The new password is the present one.")}
    try:
        registering.choose_password(request.user, chosen)
    except NotRegistered as refused:
        return dict(refused.problems)
    update_session_auth_hash(request, request.user)
    return {}


def _password_wrong(request: HttpRequest, field: str = "current") -> str | None:
    """What is wrong with the present password as typed; wrong ones count as at signing in."""
    if lock_out.locked_until(request, request.user.username):
        return say("输错次数太多，请稍后再试。", "Too many wrong tries; please try again later.")
    if request.user.check_password(request.POST.get(field, "")):
        return None
    lock_out.note_failure(request, request.user.username)
    return say("现在的密码不对。", "The present password is not right.")
