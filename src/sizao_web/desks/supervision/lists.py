"""The lists of this desk: what is due about findings, findings, inspections. Each whole as a file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString

from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.desks.supervision import presenters as words
from sizao_web.desks.supervision.duty import SEEING
from sizao_web.pages.addresses import address
from sizao_web.pages.filters import Filter, equal, within
from sizao_web.pages.ledger_lists import (
    AREA,
    AREA_AND_BELOW,
    OfPlace,
    among,
    area_of,
    areas_of_scope,
    local,
    number_of,
    obligations,
    plain,
)
from sizao_web.pages.listing import Column, Listing, Tab
from sizao_web.pages.lists import show
from sizao_web.pages.markup import filled
from sizao_web.pages.presenters import Status
from sizao_web.pages.routes import page
from sizao_web.pages.telling import Row, Telling
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading import findings as reading
from sizao_web.records.reading import ledger
from sizao_web.records.reading.ledger import of_status

PLACE = Words("场所", "place")
PLACE_ASKED = Words("场所名称或编号", "name or number of the place")
INSPECTED_AT = Words("检查时间", "inspected at")
KIND = Words("类别", "kind")
SEVERITY = Words("严重程度", "severity")
WHOSE = {"us": Words("由我们办", "ours"), "others": Words("由别人办", "of others")}
FOUND_AT = Words("发现时间", "found at")


@page(roles=SEEING)
def due(request: HttpRequest) -> HttpResponse:
    """What is to be done about findings, by whom."""
    rows = ledger.obligations(request.scope).filter(trigger_fact="findings")
    return show(request, DUE, rows, tabs=_tabs(request, "due"))


@page(roles=SEEING)
def findings(request: HttpRequest) -> HttpResponse:
    """Everything that inspections found."""
    rows = reading.every_finding(request.scope, request.moment)
    return show(request, FINDINGS, rows, tabs=_tabs(request, "findings"))


@page(roles=SEEING)
def inspections(request: HttpRequest) -> HttpResponse:
    """Every inspection."""
    rows = reading.every_inspection(request.scope, request.moment)
    return show(request, INSPECTIONS, rows, tabs=_tabs(request, "inspections"))


def ours(scope: Scope) -> Q:
    """The rows that this office or place must do."""
    own = scope.organisation
    return Q(responsible=own) | Q(responsible__isnull=True, done_by=own) if own else Q(pk__in=())


def _tabs(request: HttpRequest, current: str) -> list[Tab]:
    named = {
        "due": Words("待办", "To be done"),
        "findings": Words("问题", "Findings"),
        "inspections": Words("检查", "Inspections"),
    }
    return [Tab(label, reverse(f"supervision:{name}"), name == current) for name, label in named.items()]


def _place(row: Row, telling: Telling) -> str:
    return telling.office(row["place"])


def _place_cell(row: Row, telling: Telling) -> SafeString | str:
    to = address("everyone:place", row["place"])
    words = telling.shown(row["place"])
    return filled('<a href="{}">{}</a>', to, words) if to else words


def _link(route: str, column: str) -> Any:
    def cell(row: Row, telling: Telling) -> SafeString | str:
        to = address(route, row[column])
        return filled('<a href="{}">{}</a>', to, row[column]) if to else str(row[column])

    return cell


class _Whose(Filter):
    """Reads "us" or "others" as a condition on rows."""

    def read(self, text: str, telling: Telling) -> Q:
        """The condition. NotUnderstood for anything else."""
        super().read(text, telling)
        return ours(telling.scope) if text == "us" else ~ours(telling.scope)


FINDING_CELL = _link("supervision:finding", "finding")
NOW = Words("现在要办", "to be done now")
TO_DO = of_status(["overdue", "open"])


def _state(row: Row, telling: Telling) -> str:
    return telling.said(words.STATES[reading.state_of(row)].label)


def _state_cell(row: Row, telling: Telling) -> SafeString:
    return _coloured(words.STATES[reading.state_of(row)], telling)


def _severity(row: Row, telling: Telling) -> str:
    return telling.said(words.severity(row["severity"]).label)


def _severity_cell(row: Row, telling: Telling) -> SafeString:
    return _coloured(words.severity(row["severity"]), telling)


def _coloured(shown: Status, telling: Telling) -> SafeString:
    return filled('<span class="state {}">{}</span>', shown.css, telling.said(shown.label))


def _kind(row: Row, telling: Telling) -> str:
    return telling.said(words.kind(row["kind"]))


def _codes(codes: str) -> dict[str, Words]:
    return {one.code: one.label for one in CODE_LISTS[codes].codes}


FINDINGS = Listing(
    name="findings",
    fact="findings",
    title=Words("检查发现的问题", "Findings"),
    meaning=Words(
        "一行一个问题：在哪里、多严重、整改到哪一步。",
        "One row a finding: where, how serious, how far it is put right.",
    ),
    empty=Words("您负责的范围内还没有检查发现的问题。", "Nothing was found yet in what you answer for."),
    fields=(
        "finding",
        "inspection",
        "place",
        "severity",
        "kind",
        "note",
        "found_at",
        "area",
        "is_rectified",
        "is_checked",
    ),
    columns=(
        Column("state", Words("状态", "state"), _state, _state_cell, lead=True),
        Column("severity", SEVERITY, _severity, _severity_cell, lead=True),
        Column("place", PLACE, _place, _place_cell, ("place",)),
        number_of("place"),
        Column("kind", KIND, _kind, None, ("kind",)),
        Column("note", Words("问题描述", "what is wrong"), plain("note")),
        Column("found", FOUND_AT, local("found_at"), None, ("found_at",)),
        Column("area", AREA, area_of, None, ("area",)),
        Column(
            "finding",
            Words("问题编号", "finding"),
            plain("finding"),
            FINDING_CELL,
        ),
        Column("inspection", Words("检查编号", "inspection"), plain("inspection"), on_page=False),
    ),
    order=("-found_at", "finding"),
    filters=(
        Filter(
            "state",
            Words("状态", "state"),
            reading.in_state,
            "choice",
            lambda telling: {name: one.label for name, one in words.STATES.items()},
        ),
        Filter(
            "severity", SEVERITY, equal("severity"), "choice", lambda telling: _codes("finding_severities")
        ),
        Filter("kind", KIND, equal("kind"), "choice", lambda telling: _codes("finding_kinds")),
        Filter("area", AREA_AND_BELOW, within("area"), "listed", areas_of_scope),
        OfPlace("place", PLACE_ASKED, among("place")),
    ),
    areas=("area",),
    offices=("place",),
)

_DUE = obligations(
    "findings-due",
    Words("问题整改和复查", "What is due about findings"),
    Words(
        "整改由场所办，复查由督导组办；逾期不办会怎样，点“为什么？”。",
        "The place puts it right, inspectors check again. What follows when nobody does: see “why?”.",
    ),
    Words("现在没有待整改、待复查的问题。", "Nothing is to be put right or checked again now."),
)

DUE = replace(
    _DUE,
    filters=(
        _Whose("who", Words("由谁办", "whose"), lambda found: found, "choice", lambda telling: WHOSE),
        Filter(
            "now", NOW, lambda found: of_status(["overdue", "open"]), "choice", lambda telling: {"yes": NOW}
        ),
        *(one for one in _DUE.filters if one.name != "counted"),
    ),
)

INSPECTIONS = Listing(
    name="inspections",
    fact="inspections",
    title=Words("督导检查", "Inspections"),
    meaning=Words(
        "一行一次检查，没有发现问题的也在内。",
        "One row an inspection, those that found nothing too.",
    ),
    empty=Words("您负责的范围内还没有检查记录。", "No inspection is on record yet in what you answer for."),
    fields=("inspection", "place", "inspected_at", "by", "area"),
    columns=(
        Column(
            "inspected",
            Words("检查时间", "inspected at"),
            local("inspected_at"),
            None,
            ("inspected_at",),
            lead=True,
        ),
        Column("place", PLACE, _place, _place_cell, ("place",)),
        number_of("place"),
        Column("by", Words("检查机构", "by"), lambda row, telling: telling.office(row["by"]), None, ("by",)),
        Column("area", AREA, area_of, None, ("area",)),
        Column(
            "inspection",
            Words("检查编号", "inspection"),
            plain("inspection"),
            _link("supervision:inspection", "inspection"),
        ),
    ),
    order=("-inspected_at", "inspection"),
    filters=(
        Filter("area", AREA_AND_BELOW, within("area"), "listed", areas_of_scope),
        OfPlace("place", PLACE_ASKED, among("place")),
    ),
    areas=("area",),
    offices=("place", "by"),
)
