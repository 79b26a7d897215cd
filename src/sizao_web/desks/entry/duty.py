"""Whose desk this is: the teams at stations and airports, and those who verify pushed names."""

from __future__ import annotations

from sizao.terms.words import Words

ARRIVING = frozenset({"port_health"})
"""Who takes down arrivals and hands them over."""

VERIFYING = frozenset({"port_health", "community", "street", "cdc", "command"})
"""Who sees pushed names; those whose duty may record a disposition settle them."""

WAY = (
    ("entry:today", Words("今天到达", "Arrivals today")),
    ("entry:declare", Words("申报", "Declare")),
    ("entry:pushed", Words("推送名单", "Pushed names")),
)
"""The pages of this desk that somebody goes to by themselves."""

PAGE = "entry"  # what the audit calls these pages
