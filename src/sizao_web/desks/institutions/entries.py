"""This desk's entries in the way around."""

from __future__ import annotations

from sizao.terms.words import Words
from sizao_web.desks.institutions.views import REPORTING
from sizao_web.pages.navigation import Entry, register


def register_all() -> None:
    """Called when the app is ready."""
    register(Entry("institutions:today", Words("今日报告", "Today's report"), REPORTING, 10))
