"""Which help pages there are, and of which pages. What they say stands in templates/everyone/help/."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sizao.terms.words import Words

TOPICS: Mapping[str, Words] = MappingProxyType(
    {
        "start": Words("首页：先做什么", "Start: what to do first"),
        "why": Words("为什么：一项任务的来由", "Why: where a row comes from"),
        "record": Words("登记：一件事只登一次", "Record: each thing once"),
        "correct": Words("更正与撤回", "Correct and retract"),
        "person": Words("人员页与病例页", "A person, a case"),
        "workplaces": Words("场所页与机构页", "Places and offices"),
        "search": Words("搜索", "Search"),
        "hand-overs": Words("移交", "Hand-overs"),
        "lists": Words("任务清单", "Lists"),
        "visits": Words("今日上门", "Visits"),
        "command": Words("指挥总览", "The command's overview"),
        "rules": Words("规则", "Rules"),
        "proposals": Words("报批：两个人的决定", "Proposals: decisions of two"),
        "account": Words("账号与登录", "Account and signing in"),
    }
)
"""Name in the address -> title."""

OF_PAGES: Mapping[str, str] = MappingProxyType(
    {
        "everyone:start": "start",
        "everyone:why": "why",
        "everyone:why-unknown": "why",
        "everyone:facts": "record",
        "everyone:new-fact": "record",
        "everyone:dictionary": "record",
        "everyone:dictionary-entry": "record",
        "everyone:fact": "correct",
        "everyone:correct-fact": "correct",
        "everyone:retract-fact": "correct",
        "everyone:person": "person",
        "everyone:place": "workplaces",
        "everyone:office": "workplaces",
        "everyone:search": "search",
        "everyone:hand-overs": "hand-overs",
        "everyone:offer-hand-over": "hand-overs",
        "everyone:lists": "lists",
        "everyone:list": "lists",
        "community:visits": "visits",
        "community:household": "visits",
        "community:person": "visits",
        "community:offline": "visits",
        "command:overview": "command",
        "command:cases": "command",
        "command:ask": "command",
        "command:then": "command",
        "command:then-rows": "command",
        "policy:pack": "rules",
        "policy:rules": "rules",
        "policy:rule": "rules",
        "policy:packs": "rules",
        "policy:shelf-pack": "rules",
        "policy:shelf-rule": "rules",
        "policy:proposals": "proposals",
        "policy:propose": "proposals",
        "policy:proposal": "proposals",
    }
)
"""Name of a page -> its help."""
