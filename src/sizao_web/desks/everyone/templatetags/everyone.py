"""Rows of the ledger and columns of facts in this desk's templates."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from sizao.facts.checks import expected
from sizao.facts.declaration import Column
from sizao.facts.dictionary import FACTS
from sizao.terms.codes import CODE_LISTS
from sizao.terms.identifiers import hex_key
from sizao.terms.words import Words
from sizao_web.accounts.roles import PURPOSES, ROLES
from sizao_web.pages import presenters
from sizao_web.pages.entry_fields import UNITS
from sizao_web.pages.language import said
from sizao_web.records.reading.pack import rule_label, verb_label

register = template.Library()

DEEDS = {
    "read": Words("查看", "read"),
    "record": Words("登记", "recorded"),
    "replace": Words("更正", "corrected"),
    "retract": Words("撤回", "retracted"),
    "export": Words("导出", "exported"),
    "match": Words("比对是否同一人", "compared, for who may be one person"),
    "doubt_same": Words("判断为同一人", "said that it is one person"),
    "doubt_apart": Words("判断为两个人", "said that they are two"),
}
PAGES = {
    "person": Words("人员页", "the person's page"),
    "search": Words("搜索", "a search"),
    "doubts": Words("是否同一人", "a page of pairs"),
    "identity": Words("身份", "identity"),
    "entry": Words("到达页面", "a page of arrivals"),
    "quarantine": Words("隔离点页面", "a page of the quarantine site"),
    "laboratory": Words("采样和实验室页面", "a page of sampling or the laboratory"),
    "clinic": Words("发热门诊和药店页面", "a page of a clinic or pharmacy"),
    "recovered": Words("康复随访页面", "a page of the recovered"),
    "community": Words("上门页面", "a page of visits"),
}
"""What the audit calls a page that is no fact."""


@register.simple_tag(takes_context=True)
def state(context: template.Context, row: Any) -> SafeString:
    """The status of a row in its colour and words."""
    moment = context["request"].moment
    words = presenters.standing_of(row.status, moment, due_at=row.due_at, withdrawn_at=row.withdrawn_at)
    css = presenters.status(row.status, row.withdrawn_at).css
    return format_html('<span class="state {}">{}</span>', css, said(words))


@register.simple_tag(takes_context=True)
def limit(context: template.Context, row: Any) -> str:
    """Until when a row is due, seen from now."""
    words = presenters.due(
        row.status,
        context["request"].moment,
        settings.SIZAO.zone,
        opens_at=row.opens_at,
        due_at=row.due_at,
        met_at=row.met_at,
    )
    return said(words)


@register.simple_tag
def verb(name: str) -> str:
    """What is to be done."""
    return said(verb_label(name))


@register.simple_tag
def rule_name(rule: str, version: int | None = None) -> str:
    """What a rule is called."""
    return said(rule_label(rule, version))


@register.simple_tag
def value_words(column: Column) -> SafeString | str:
    """What may stand in a column: the codes of its list with their labels, or the kind of value."""
    codes = CODE_LISTS.get(column.codes or "")
    if codes is not None and not codes.open:
        return format_html_join(
            ", ", "{} <code>{}</code>", ((said(one.label), one.code) for one in codes.codes)
        )
    unit = column.unit or ""
    words = said(UNITS[unit]) if unit in UNITS else unit
    return f"{said(expected(column))} {words}".strip()


@register.simple_tag
def fact_address(fact: str, link: Any) -> str:
    """The page of a fact."""
    return reverse("everyone:fact", args=[fact, hex_key(link["key_hi"], link["key_lo"])])


@register.simple_tag
def role_name(role: str) -> str:
    """What a duty is called."""
    return said(ROLES[role].label) if role in ROLES else role


@register.simple_tag
def deed_words(look: Any) -> str:
    """What somebody did with what is recorded about a person."""
    deed = DEEDS.get(look.deed)
    what = FACTS[look.what].meaning if look.what in FACTS else PAGES.get(look.what)
    words = [said(deed) if deed else look.deed]
    if what is not None:
        words.append(re.split("[：:]", said(what))[0])
    purpose = PURPOSES.get(look.purpose)
    return " · ".join([*words, *([said(purpose)] if purpose else [])])


@register.filter
def local_day(instant: datetime) -> date:
    """The city's day of an instant."""
    return timezone.localtime(instant).date()
