"""This desk's entries in the way around."""

from __future__ import annotations

from sizao.terms.words import Words
from sizao_web.desks.laboratory.duty import SAMPLING, TESTING
from sizao_web.pages.navigation import Entry, register


def register_all() -> None:
    """Called when the app is ready."""
    register(
        Entry("laboratory:sampling", Words("采样", "Sampling"), SAMPLING, 10),
        Entry("laboratory:today", Words("实验室", "Laboratory"), TESTING, 10),
    )
