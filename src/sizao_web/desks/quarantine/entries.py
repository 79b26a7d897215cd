"""This desk's entries in the way around."""

from __future__ import annotations

from sizao.terms.words import Words
from sizao_web.desks.quarantine.here import MANAGING
from sizao_web.pages.navigation import Entry, register


def register_all() -> None:
    """Called when the app is ready."""
    register(Entry("quarantine:today", Words("隔离点", "Site"), MANAGING, 10))
