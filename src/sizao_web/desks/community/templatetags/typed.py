"""What was typed into the form of a visit that came back."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString, mark_safe

from sizao_web.desks.community.forms import Typed

register = template.Library()


@register.simple_tag
def typed_text(typed: Typed | str, asked: str, person: str) -> str:
    """The text of a field; empty in a new form."""
    return typed.given.get(f"{asked}:{person}", "") if isinstance(typed, Typed) else ""


@register.simple_tag
def typed_is(typed: Typed | str, asked: str, person: str, value: str) -> SafeString:
    """` checked` where this was chosen; in a new form the empty choice is."""
    chosen = typed.given.get(f"{asked}:{person}", "") if isinstance(typed, Typed) else ""
    return mark_safe(" checked" if chosen == value else "")
