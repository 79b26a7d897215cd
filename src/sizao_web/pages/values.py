"""The values of a fact as pages show them: labels of codes and areas, local time, links to what they name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString

from sizao.facts.declaration import ColumnType, Fact
from sizao.facts.schemas import StoredColumn, own_columns
from sizao_web.pages.addresses import address
from sizao_web.pages.entry_fields import UNITS, label
from sizao_web.pages.language import said, say
from sizao_web.pages.markup import filled
from sizao_web.pages.names import area_name, office_name
from sizao_web.pages.telling import Row
from sizao_web.pages.templatetags.words import code, day, moment

ROUTES = {
    "person": "everyone:person",
    "place": "everyone:place",
    "office": "everyone:office",
    "obligation": "everyone:why",
    "rule": "policy:rule",
}
"""What an identifier is of -> the page that shows it."""


def rows(request: HttpRequest, fact: Fact, link: Row) -> Iterator[tuple[str, SafeString | str]]:
    """(label, value) of every own column of a row that is not empty."""
    for column in own_columns(fact):
        found = link[column.name]
        if found is not None:
            yield said(label(column)), shown(request, column, found)


def changed(request: HttpRequest, fact: Fact, before: Row, after: Row) -> Iterator[tuple[str, Any, Any]]:
    """(label, value before, value after) of the columns that a correction changed."""
    for column in own_columns(fact):
        old, new = before[column.name], after[column.name]
        if old != new:
            yield said(label(column)), shown(request, column, old), shown(request, column, new)


def shown(request: HttpRequest, column: StoredColumn, value: Any) -> SafeString | str:
    """One value."""
    declared = column.declared
    if value is None:
        return say("未填", "not given")
    match declared.type:
        case ColumnType.CODE:
            return code(declared.codes or "", value)
        case ColumnType.AREA:
            return area_name(request, value)
        case ColumnType.INSTANT:
            return moment(value)
        case ColumnType.DATE:
            return day(value)
        case ColumnType.IMPRECISE_DATE:
            # Tables hold the day after the last possible one.
            return day(value - timedelta(days=1) if column.name.endswith("_latest") else value)
        case ColumnType.FLAG:
            return say("是", "yes") if value else say("否", "no")
        case ColumnType.ID:
            return _named(request, declared.of or "", value)
    unit = declared.unit or ""
    words = said(UNITS[unit]) if unit in UNITS else unit
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return f"{text} {words}".strip() if unit != "year" else text


def _named(request: HttpRequest, of: str, value: str) -> SafeString | str:
    words = office_name(request, value) if of in ("place", "office") else value
    to = address(ROUTES[of], value) if of in ROUTES else None
    return words if to is None else filled('<a href="{}">{}</a>', to, words)
