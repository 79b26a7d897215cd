"""This desk's entries in the way around."""

from __future__ import annotations

from sizao.terms.words import Words
from sizao_web.accounts.roles import ROLES, givers_of
from sizao_web.pages.navigation import Entry, register
from sizao_web.pages.routes import EVERY_ROLE, SEEING_ROWS

HANDING = frozenset(givers_of("hand_overs"))
GIVING = frozenset(name for name, role in ROLES.items() if role.gives)


def register_all() -> None:
    """Called when the app is ready."""
    register(Entry("everyone:start", Words("首页", "Start"), EVERY_ROLE, 0))
    register(Entry("everyone:hand-overs", Words("移交", "Hand-overs"), HANDING, 35))
    register(Entry("everyone:search", Words("搜索", "Search"), EVERY_ROLE, 40))
    register(Entry("everyone:lists", Words("任务清单", "Lists"), SEEING_ROWS, 50))
    register(Entry("everyone:facts", Words("登记", "Record"), GIVING, 45))
