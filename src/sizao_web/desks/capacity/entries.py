"""This desk's entries in the way around."""

from __future__ import annotations

from sizao.terms.words import Words
from sizao_web.desks.capacity.duty import LOOKING
from sizao_web.pages.navigation import Entry, register


def register_all() -> None:
    """Called when the app is ready."""
    register(Entry("capacity:today", Words("承载能力", "Capacity"), LOOKING, 12))
