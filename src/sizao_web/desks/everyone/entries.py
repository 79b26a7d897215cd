"""This desk's entries in the way around."""

from __future__ import annotations

from sizao.terms.words import Words
from sizao_web.pages.navigation import Entry, register
from sizao_web.pages.routes import EVERY_ROLE, SEEING_ROWS


def register_all() -> None:
    """Called when the app is ready."""
    register(Entry("everyone:start", Words("首页", "Start"), EVERY_ROLE, 0))
    register(Entry("everyone:lists", Words("任务清单", "Lists"), SEEING_ROWS, 50))
