"""Sign in, sign out, choose a language."""

from __future__ import annotations

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from sizao_web.accounts.middleware import DJANGO_NAMES, LANGUAGE_COOKIE
from sizao_web.pages.routes import EVERY_ROLE, page
from sizao_web.records.access.middleware import ASSIGNMENT
from sizao_web.records.access.scope import assignments_in_force


@page(roles=None, methods=("GET", "POST"))
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password."""
    wrong = False
    if request.method == "POST":
        account = authenticate(
            request, username=request.POST.get("username", ""), password=request.POST.get("password", "")
        )
        if account is not None:
            login(request, account)
            return redirect(_inside(request, request.POST.get("next")))
        wrong = True
    context = {
        "wrong": wrong,
        "next": request.GET.get("next", ""),
        "username": request.POST.get("username", ""),
    }
    return render(request, "account_desk/sign_in.html", context)


@page(roles=None, methods=("POST",))
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("/sign-in/")


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
    response = redirect(_inside(request, request.POST.get("next")))
    if chosen in DJANGO_NAMES:
        if request.user.is_authenticated:
            request.user.language = chosen
            request.user.save(update_fields=["language"])
        response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=365 * 86_400, samesite="Lax", httponly=True)
    return response


def _inside(request: HttpRequest, address: str | None) -> str:
    """The address when it lies on this site, else the start."""
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if address and safe else "/"
