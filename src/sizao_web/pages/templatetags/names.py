"""Names in templates: {% area path %}, {% office id %}, {% place id %}, and with a link to their page."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from sizao_web.pages import names
from sizao_web.pages.addresses import address

register = template.Library()


@register.simple_tag(takes_context=True)
def area(context: template.Context, path: str | None) -> str:
    """An area by its label; nothing for none."""
    return names.area_name(context["request"], path)


@register.simple_tag(takes_context=True)
def office(context: template.Context, name: str | None) -> str:
    """An office by area and task."""
    return names.office_name(context["request"], name)


@register.simple_tag(takes_context=True)
def place(context: template.Context, name: str | None) -> str:
    """A place by kind and number."""
    return names.office_name(context["request"], name)


@register.simple_tag(takes_context=True)
def office_link(context: template.Context, name: str | None) -> SafeString | str:
    """An office with the way to its page."""
    return (
        _link(address("everyone:office", name), names.office_name(context["request"], name)) if name else ""
    )


@register.simple_tag(takes_context=True)
def place_link(context: template.Context, name: str | None) -> SafeString | str:
    """A place with the way to its page."""
    return _link(address("everyone:place", name), names.office_name(context["request"], name)) if name else ""


@register.simple_tag
def person_link(person: str | None) -> SafeString | str:
    """A person by number, with the way to their page."""
    return _link(address("everyone:person", person), person) if person else ""


def _link(to: str | None, words: Any) -> SafeString | str:
    return format_html('<a href="{}">{}</a>', to, words) if to else words
