"""Addresses of what a row names, so that lists need not know the desk that shows it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

PERSON, WHY, ROWS = "everyone:person", "everyone:why", "everyone:list"


def address(route: str, *arguments: str) -> str | None:
    """The address of a route; None where this installation has no such page."""
    try:
        return reverse(route, args=arguments)
    except NoReverseMatch:
        return None


def rows(which: str, **asked: str | None) -> str:
    """The address of a list of the ledger, narrowed by its filters; what is None or empty does not narrow."""
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{reverse(ROWS, args=[which])}{'?' if query else ''}{query}"
