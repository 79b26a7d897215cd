"""This desk's entries in the way around."""

from __future__ import annotations

from sizao.terms.words import Words
from sizao_web.pages.navigation import Entry, register


def register_all() -> None:
    """Called when the app is ready."""
    register(
        Entry("account:list", Words("账号", "Accounts"), frozenset({"administrator"}), 10),
        Entry("account:partners", Words("接口接入方", "Partners"), frozenset({"administrator"}), 11),
    )
