"""Whose desk this is, and what all its pages share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sizao.terms.words import Words
from sizao_web.pages.unsent import Unsent

SAMPLING = frozenset({"sampling_team"})
TESTING = frozenset({"laboratory"})
PAGE = "laboratory"  # what the audit calls these pages

UNSENT = Unsent(
    "sampling", "laboratory:sampling", "laboratory:record", "laboratory:offline", "laboratory:worker"
)
TEAM_WAY = (
    ("laboratory:sampling", Words("今天", "Today")),
    ("laboratory:taken", Words("试管", "Tubes")),
)
"""The pages of a sampling team that somebody goes to by themselves."""

BENCH_WAY = (
    ("laboratory:today", Words("今天", "Today")),
    ("laboratory:receive", Words("接收", "Receive")),
    ("laboratory:results", Words("出结果", "Results")),
)
"""The pages of a laboratory that somebody goes to by themselves."""


def team_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of a sampling team; what it could not send is shown on each."""
    shown = {"way": TEAM_WAY, "unsent": UNSENT, **context}
    answer = render(request, template, shown, status=status)
    answer["Cache-Control"] = "no-store"
    return answer
