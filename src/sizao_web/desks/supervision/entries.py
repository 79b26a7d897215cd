"""This desk's entries in the way around."""

from __future__ import annotations

from sizao.terms.words import Words
from sizao_web.desks.supervision.duty import INSPECTING, RECTIFYING
from sizao_web.pages.navigation import Entry, register


def register_all() -> None:
    """Called when the app is ready."""
    roles = INSPECTING | RECTIFYING | {"command"}
    register(Entry("supervision:today", Words("督导整改", "Findings"), roles, 12))
