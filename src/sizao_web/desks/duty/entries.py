"""This desk's entries in the way around."""

from __future__ import annotations

from sizao.terms.words import Words
from sizao_web.desks.duty.whose import OFFICES
from sizao_web.pages.navigation import Entry, register


def register_all() -> None:
    """Called when the app is ready."""
    register(Entry("duty:today", Words("值班", "On duty"), OFFICES, 36))
