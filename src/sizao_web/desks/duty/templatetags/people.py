"""Whoever is on duty, by name: {% who account names %}."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

register = template.Library()


@register.simple_tag
def who(account: str, names: Mapping[str, str]) -> str:
    """What the holder of an account is called; the account itself where it is none here."""
    return names.get(account, account)
