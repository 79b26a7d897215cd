"""The start page: the first screen of the duty."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sizao_web.pages.routes import EVERY_ROLE, page


@page(roles=EVERY_ROLE)
def start(request: HttpRequest) -> HttpResponse:
    """Where each duty begins."""
    return render(request, "everyone/start.html")
