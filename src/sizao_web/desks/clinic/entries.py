"""This desk's entries in the way around."""

from __future__ import annotations

from sizao.terms.words import Words
from sizao_web.desks.clinic.duty import SEEING, SELLING
from sizao_web.pages.navigation import Entry, register


def register_all() -> None:
    """Called when the app is ready."""
    register(
        Entry("clinic:pharmacy", Words("售药", "Sales"), SELLING, 10),
        Entry("clinic:today", Words("门诊", "Clinic"), SEEING, 10),
    )
