"""This desk's entries in the way around."""

from __future__ import annotations

from sizao.terms.words import Words
from sizao_web.accounts.roles import ROLES, givers_of
from sizao_web.pages.navigation import Entry, register
from sizao_web.pages.routes import AT_WORK, SEEING_ROWS

HANDING = frozenset(givers_of("hand_overs"))
# Conflicts of partners are settled by these; the others would find an empty list.
BY_MACHINE = frozenset({"cdc", "laboratory", "county_hospital", "institution", "port_health"})
GIVING = frozenset(name for name, role in ROLES.items() if role.gives and role.is_work)


MERGING = frozenset(name for name, role in ROLES.items() if "merges" in role.gives and role.identities)


def register_all() -> None:
    """Called when the app is ready."""
    register(Entry("everyone:start", Words("首页", "Start"), AT_WORK, 0))
    register(Entry("everyone:hand-overs", Words("移交", "Hand-overs"), HANDING, 35))
    register(Entry("everyone:search", Words("搜索", "Search"), AT_WORK, 40))
    register(Entry("everyone:lists", Words("任务清单", "Lists"), SEEING_ROWS, 50))
    register(
        Entry("everyone:appeals", Words("申诉", "Appeals"), frozenset(givers_of("appeal_decisions")), 52)
    )
    register(Entry("everyone:conflicts", Words("接口冲突", "Conflicts"), BY_MACHINE, 55))
    register(Entry("everyone:doubts", Words("是否同一人", "One or two"), MERGING, 56))
    register(Entry("everyone:facts", Words("登记", "Record"), GIVING, 45))
    register(Entry("everyone:deliveries", Words("报送文件", "Deliver files"), GIVING, 46))
