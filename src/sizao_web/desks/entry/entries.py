"""This desk's entries in the way around."""

from __future__ import annotations

from sizao.terms.words import Words
from sizao_web.desks.entry.duty import ARRIVING, VERIFYING
from sizao_web.pages.navigation import Entry, register


def register_all() -> None:
    """Called when the app is ready."""
    register(
        Entry("entry:today", Words("到达", "Arrivals"), ARRIVING, 10),
        Entry("entry:pushed", Words("推送名单", "Pushed names"), VERIFYING - ARRIVING, 20),
    )
