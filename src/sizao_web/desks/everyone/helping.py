"""Help: one short page for each page of the shell, Chinese and English side by side."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao_web.desks.everyone.help_topics import OF_PAGES, TOPICS
from sizao_web.pages.routes import EVERY_ROLE, page


@page(roles=EVERY_ROLE)
def index(request: HttpRequest) -> HttpResponse:
    """All topics; `page` leads to the one of that page."""
    asked = request.GET.get("page", "")
    if asked in OF_PAGES:
        return redirect("everyone:help-topic", OF_PAGES[asked])
    return render(request, "everyone/help.html", {"topics": TOPICS})


@page(roles=EVERY_ROLE)
def topic(request: HttpRequest, topic: str) -> HttpResponse:
    """One topic."""
    if topic not in TOPICS:
        raise Http404
    context = {"title": TOPICS[topic], "text": f"everyone/help/{topic}.html"}
    return render(request, "everyone/help_topic.html", context)
