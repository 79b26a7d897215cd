"""This desk's entries in the way around."""

from __future__ import annotations

from sizao.terms.words import Words
from sizao_web.desks.policy.proposing import SEEING
from sizao_web.pages import navigation
from sizao_web.pages.routes import AT_WORK


def register_all() -> None:
    """Called when the app is ready."""
    navigation.register(
        navigation.Entry("policy:pack", Words("规则", "Rules"), AT_WORK, 80),
        navigation.Entry("policy:proposals", Words("报批", "Proposals"), SEEING, 81),
    )
