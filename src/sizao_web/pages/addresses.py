"""Addresses of what a row names, so that lists need not know the desk that shows it."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

PERSON, WHY = "everyone:person", "everyone:why"


def address(route: str, *arguments: str) -> str | None:
    """The address of a route; None where this installation has no such page."""
    try:
        return reverse(route, args=arguments)
    except NoReverseMatch:
        return None
