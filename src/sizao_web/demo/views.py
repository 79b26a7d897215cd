"""Sign in as one of the people of the demonstration, without a password."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from sizao_web.accounts.models import Account
from sizao_web.pages.routes import page


@page(roles=None, methods=("GET", "POST"))
def personas(request: HttpRequest) -> HttpResponse:
    """The list of personas; a POST signs in as one."""
    people = Account.objects.filter(persona=True).order_by("id")
    if request.method == "POST":
        account = get_object_or_404(people, username=request.POST.get("username", ""))
        login(request, account, backend="allauth.account.auth_backends.AuthenticationBackend")
        return redirect("/")
    return render(request, "demo/personas.html", {"people": people.prefetch_related("assignments")})
