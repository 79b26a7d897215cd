"""Names in templates: {% area path %}, {% office id %}, {% place id %}, and with a link to their page.

{% place_then id moment %} on what was made out at a moment; {% account name %}, who works by an account.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from sizao.terms.words import Words
from sizao_web.pages import names
from sizao_web.pages.addresses import address
from sizao_web.pages.telling import numbered

register = template.Library()


@register.simple_tag(takes_context=True)
def area(context: template.Context, path: str | None) -> str:
    """An area by its label; nothing for none."""
    return names.area_name(context["request"], path)


@register.simple_tag(takes_context=True)
def office(context: template.Context, name: str | None) -> SafeString | str:
    """An office by area and task."""
    return names.office_name(context["request"], name)


@register.simple_tag(takes_context=True)
def place(context: template.Context, name: str | None) -> SafeString | str:
    """A place by its name; its number stands smaller beside it where the name does not tell it apart."""
    return names.office_name(context["request"], name)


@register.simple_tag(takes_context=True)
def account(context: template.Context, username: str | None) -> SafeString | str:
    """Who works by an account, with its name smaller beside."""
    return names.account_name(context["request"], username) if username else ""


@register.simple_tag(takes_context=True)
def account_and_office(context: template.Context, username: str | None) -> SafeString | str:
    """Who works by an account and for which office or place, where no duty stands beside it."""
    if not username:
        return ""
    who = names.account_name(context["request"], username)
    office = names.account_office(context["request"], username)
    return format_html("{}{}{}", who, " · " if office else "", office)


@register.simple_tag(takes_context=True)
def works_for(context: template.Context, duty: Any) -> SafeString | str:
    """Whom a duty works for, told behind the duty: its office or place, else its area; without anybody signed
    in, their numbers."""
    if context["request"].scope is None:
        return duty.organisation or duty.area
    if duty.organisation:
        return names.office_beside(context["request"], duty.organisation, duty.label)
    return names.area_name(context["request"], duty.area)


@register.simple_tag(takes_context=True)
def office_beside(context: template.Context, name: str | None, duty: Words) -> SafeString | str:
    """An office behind the duty that somebody has there."""
    return names.office_beside(context["request"], name, duty)


@register.simple_tag(takes_context=True)
def place_and_number(context: template.Context, name: str | None) -> SafeString | str:
    """A place by its name, with its number beside it in any case: where somebody must be sure which one."""
    told = names.office_name(context["request"], name)
    return told if not name or name in told else numbered(told, name)


@register.simple_tag(takes_context=True)
def place_words(context: template.Context, name: str | None) -> str:
    """A place, or an office, as text without markup: for titles."""
    return names.words_of(context["request"], name)


@register.simple_tag(takes_context=True)
def place_then(context: template.Context, name: str, moment: datetime) -> str:
    """A place as it was called when a document was made out."""
    return names.place_name_of(context["request"], name, moment)


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
    to = address("everyone:person", person) if person else None
    return format_html('<a class="whole" href="{}">{}</a>', to, person) if to else whole(person)


@register.filter
def whole(number: str | None) -> SafeString | str:
    """A number that is not broken at its hyphens: half of one is another's."""
    return format_html('<span class="whole">{}</span>', number) if number else ""


@register.filter
def or_number(name: str | None, number: str | None) -> SafeString | str:
    """What somebody is called; their number, unbroken, where no name is on record or may be read."""
    return name or whole(number)


def _link(to: str | None, words: Any) -> SafeString | str:
    return format_html('<a href="{}">{}</a>', to, words) if to else words
