"""This desk's entries in the way around."""

from __future__ import annotations

from sizao.terms.words import Words
from sizao_web.desks.recovered.duty import FOLLOWING
from sizao_web.pages.navigation import Entry, register


def register_all() -> None:
    """Called when the app is ready."""
    register(Entry("recovered:today", Words("康复随访", "Recovered"), FOLLOWING, 10))
