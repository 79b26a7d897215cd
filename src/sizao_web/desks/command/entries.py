"""This desk's entries in the way around."""

from __future__ import annotations

from sizao.terms.words import Words
from sizao_web.desks.command.views import COMMANDING
from sizao_web.pages import navigation


def register_all() -> None:
    """Called when the app is ready."""
    navigation.register(navigation.Entry("command:overview", Words("指挥总览", "Overview"), COMMANDING, 5))
