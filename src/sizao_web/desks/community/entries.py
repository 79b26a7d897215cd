"""This desk's entries in the way around."""

from __future__ import annotations

from sizao.terms.words import Words
from sizao_web.desks.community.duty import AT_DOORS
from sizao_web.pages.navigation import Entry, register


def register_all() -> None:
    """Called when the app is ready."""
    register(
        Entry("community:visits", Words("今日上门", "Visits"), AT_DOORS, 10),
        Entry("community:requests", Words("群众诉求", "Requests"), AT_DOORS, 12),
    )
