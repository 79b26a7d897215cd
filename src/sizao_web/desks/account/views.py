"""Sign in, sign out, choose a duty, choose a language."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from sizao_web.accounts import lock_out, second_factor
from sizao_web.accounts.middleware import BEGUN, DJANGO_NAMES, ENDED, LANGUAGE_COOKIE, SEEN
from sizao_web.accounts.models import Account
from sizao_web.pages.kept import kept_form, opened, sealed, token
from sizao_web.pages.language import say
from sizao_web.pages.routes import EVERY_ROLE, page
from sizao_web.records.access.middleware import ASSIGNMENT, set_scope
from sizao_web.records.access.scope import assignments_in_force, enter
from sizao_web.records.actions.note_account import note_account
from sizao_web.settings.clock import real

HALF = "half_signed_in"  # key of the session: whose password was right, when, and where they were going
PATIENCE = 600  # seconds in which the code must follow the password
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@page(roles=None, methods=("GET", "POST"))
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password. A name that nobody has is answered like a wrong password, and as late.

    A form that came when the session had ended comes along (`kept`), through a wrong password and the code,
    and is offered to its own account when that has signed in.
    """
    if request.method == "POST" and request.GET.get("kept"):
        return _in_the_middle(request)
    name = request.POST.get("username", "").strip().lower()[: lock_out.LONGEST_NAME]
    onward = request.POST.get("next") or request.GET.get("next", "")
    kept = request.POST.get("kept", "")
    ended = bool(request.session.pop(ENDED, ""))
    context = {"next": onward, "username": name, "ended": ended, "kept": kept}
    context["unsaved"] = bool(request.GET.get("unsaved"))
    if request.method == "POST":
        if until := lock_out.locked_until(request, name):
            return _locked(request, until)
        account = authenticate(request, username=name, password=request.POST.get("password", ""))
        if account is not None:
            return _halfway(request, account, onward, kept)
        context["wrong"] = True
    return render(request, "account_desk/sign_in.html", context)


@page(roles=None, methods=("GET", "POST"))
def code(request: HttpRequest) -> HttpResponse:
    """The second factor, after the right password."""
    half = request.session.get(HALF)
    if not half or request.moment.timestamp() - half["at"] > PATIENCE:
        return redirect("account:sign-in")
    account = Account.objects.get(pk=half["account"])
    if until := lock_out.locked_until(request, account.username):
        return _locked(request, until)
    if request.method == "POST":
        enter(None, account.username)
        if account.is_active and second_factor.verify(account, request.POST.get("code", "")):
            return _whole(request, account, half["next"], passed=True, kept=request.POST.get("kept", ""))
        lock_out.note_failure(request, account.username)
    context = {"wrong": request.method == "POST", "kept": request.POST.get("kept", "")}
    return render(request, "account_desk/code.html", context)


@page(roles=None, methods=("POST",))
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if request.user.is_authenticated:
        note_account(request.scope, request.moment, request.user, "sign_out")
    logout(request)
    return redirect("account:sign-in")


@page(roles=EVERY_ROLE, methods=("POST",))
def choose_duty(request: HttpRequest) -> HttpResponse:
    """Work under another of one's assignments in force; anything else changes nothing."""
    mine = {str(one.pk): one.pk for one in assignments_in_force(request.user, request.moment)}
    if request.POST.get("assignment", "") in mine:
        request.session[ASSIGNMENT] = mine[request.POST["assignment"]]
    return redirect("/")


@page(roles=None, methods=("POST",))
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the language with the account, or in a cookie for who has not signed in."""
    chosen = request.POST.get("language", "")
    response = redirect(inside(request, request.POST.get("next")))
    if chosen in DJANGO_NAMES:
        if request.user.is_authenticated:
            request.user.language = chosen
            request.user.save(update_fields=["language"])
        response.set_cookie(
            LANGUAGE_COOKIE,
            chosen,
            max_age=365 * 86_400,
            samesite="Lax",
            httponly=True,
            secure=request.is_secure(),
        )
    return response


def inside(request: HttpRequest, address: str | None) -> str:
    """The address when it lies on this site, else the start."""
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if address and safe else "/"


def _in_the_middle(request: HttpRequest) -> HttpResponse:
    """The page to sign in, with the form that came when the session had ended."""
    account = str(request.session.pop(ENDED, ""))
    form = kept_form(request, request.GET["kept"]) if account else None
    context = {"next": "", "username": account, "ended": bool(account), "unsaved": form is None}
    context["kept"] = sealed(form, account) if form else ""
    response = render(request, "account_desk/sign_in.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _halfway(request: HttpRequest, account: Account, onward: str, kept: str) -> HttpResponse:
    enter(None, account.username)
    if not second_factor.is_set_up(account):
        return _whole(request, account, onward, passed=False, kept=kept)
    # A key from before the password is nobody's any more.
    request.session.cycle_key()
    request.session[HALF] = {"account": account.pk, "at": request.moment.timestamp(), "next": onward}
    if kept:
        return render(request, "account_desk/code.html", {"kept": kept})
    return redirect("account:code")


def _whole(request: HttpRequest, account: Account, onward: str, *, passed: bool, kept: str) -> HttpResponse:
    request.session.pop(HALF, None)
    login(request, account, backend=BACKEND)
    moment = request.moment.timestamp()
    request.session.update({BEGUN: moment, SEEN: moment, second_factor.PASSED: passed})
    note_account(None, request.moment, account, "sign_in")
    if not kept:
        return redirect(inside(request, onward))
    form = opened(kept, account.username)
    if form is None:
        messages.warning(
            request,
            say(
                "登录过期时填写的表单属于另一个账号，或已超过一小时：没有保存，也不再保留。",
                "The form that was sent when the session had ended is another account's, or is more than an "
                "hour old: it was not saved and is not kept.",
            ),
        )
        return redirect(inside(request, onward))
    set_scope(request)
    return render(request, "account_desk/kept.html", {"kept": form, "token": token(request)})


def _locked(request: HttpRequest, until: datetime) -> HttpResponse:
    # Tries are counted by the real clock; the page shows the installation's, which a demonstration moves.
    until += request.moment - real()
    return render(request, "account_desk/locked.html", {"until": until}, status=429)
