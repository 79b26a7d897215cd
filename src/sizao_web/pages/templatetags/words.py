"""Words in templates, Chinese and English side by side.

{% say "任务" "Tasks" %}, {{ label|said }}, {% code "grades" value %}
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.pages import language as tongue

register = template.Library()


@register.simple_tag
def say(zh: str, en: str, *values: Any) -> str:
    """One of two tellings; {} in it stands for the values in order, which may be markup."""
    text = tongue.say(zh, en)
    return format_html(text, *values) if values else text


@register.filter
def said(words: Words | str | None) -> str:
    """Words in the language of the page."""
    return tongue.said(words)


@register.simple_tag
def code(codes: str, value: str | None) -> str:
    """The label of a code; the code itself where its list is open."""
    if value is None:
        return tongue.say("未填", "not given")
    found = CODE_LISTS[codes]
    return value if found.open or value not in found.names() else tongue.said(found.label_of(value))


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """An instant in the city's zone, to the minute, readable by machines too."""
    if value is None:
        return "—"
    local = timezone.localtime(value)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), local.strftime("%Y-%m-%d %H:%M"))


@register.filter
def end(value: datetime | None) -> SafeString | str:
    """An end, which is no part of what lasts: midnight is said as the end of the day before it, for nobody
    reads "until the 17th, 00:00" as the 16th."""
    if value is None:
        return "—"
    local = timezone.localtime(value)
    if local.time() != time(0):
        return moment(value)
    last = local.date() - timedelta(days=1)
    words = tongue.say(f"{last} 24:00", f"the end of {last}")
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), words)


@register.filter
def day(value: date | None) -> SafeString | str:
    """A civil date."""
    return "—" if value is None else format_html('<time datetime="{0}">{0}</time>', value.isoformat())
