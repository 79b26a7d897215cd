"""Sign in as one of the people of the demonstration, without a password."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from sizao_web.accounts.models import Account
from sizao_web.demo.personas import by_group
from sizao_web.pages.routes import page
from sizao_web.records.access.scope import enter
from sizao_web.records.actions.note_account import note_account


@page(roles=None, methods=("GET", "POST"))
def personas(request: HttpRequest) -> HttpResponse:
    """Who there is, what each has before them; a POST signs in as one."""
    if request.method == "POST":
        people = Account.objects.filter(persona=True, is_active=True)
        account = get_object_or_404(people, username=request.POST.get("username", ""))
        enter(None, account.username)  # signing in writes to the account, and only its own person may
        login(request, account, backend="allauth.account.auth_backends.AuthenticationBackend")
        note_account(None, request.moment, account, "sign_in")
        return redirect("/")
    made = Account.objects.filter(persona=True).exists()
    return render(request, "demo/personas.html", {"groups": by_group() if made else []})
