"""The rows behind the numbers: what was said of beds, laboratories, teams and stock, and what moved."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from sizao.facts.declaration import Column as DeclaredColumn
from sizao.facts.declaration import ColumnType, heading_key
from sizao.facts.dictionary import fact
from sizao.terms.codes import CODE_LISTS
from sizao.terms.identifiers import hex_key
from sizao.terms.words import Words
from sizao_web.desks.capacity.duty import LOOKING
from sizao_web.pages.addresses import FACT, address
from sizao_web.pages.filters import Filter, equal
from sizao_web.pages.ledger_lists import local, number_of, plain
from sizao_web.pages.listing import Column, Listing
from sizao_web.pages.lists import show
from sizao_web.pages.markup import filled
from sizao_web.pages.routes import page
from sizao_web.pages.telling import Row, Telling
from sizao_web.records.reading.facts import effective

LISTED: Mapping[str, tuple[str, Words, Words]] = MappingProxyType(
    {
        "beds": (
            "beds",
            Words("床位报告", "Beds as counted"),
            Words("每天一份；最后一份算数。", "One a day; the last counts."),
        ),
        "laboratories": (
            "laboratory_capacities",
            Words("检测能力报告", "Laboratories: tubes a day"),
            Words(
                "一天能检多少管；最后一份算数。", "How many tubes each can test in a day; the last counts."
            ),
        ),
        "teams": (
            "teams",
            Words("队伍报告", "Teams"),
            Words("多少支、多少空闲；最后一份算数。", "How many there are and are free; the last counts."),
        ),
        "stock": (
            "stock_counts",
            Words("物资盘点", "Stock as counted"),
            Words("最后一次盘点加其后的出入账，就是现有数。", "The last count, with what moved since."),
        ),
        "movements": (
            "movements",
            Words("物资出入账", "Movements"),
            Words("收到、受赠、发出、使用。", "Received, given, dispatched, used."),
        ),
    }
)
"""List -> fact, title, meaning."""


@page(roles=LOOKING)
def rows(request: HttpRequest, what: str) -> HttpResponse:
    """One of the lists; nobody's who may not read the fact."""
    if what not in LISTED or not request.scope.may_read(LISTED[what][0]):
        raise Http404
    return show(request, listing(what), effective(request.scope, LISTED[what][0], request.moment))


def listing(what: str) -> Listing:
    """The list of a fact about what there is: when, who, which kind, and its numbers."""
    name, title, meaning = LISTED[what]
    declared = fact(name)
    told = next(one for one in declared.columns if one.type is ColumnType.INSTANT)
    codes = [one for one in declared.columns if one.type is ColumnType.CODE]
    offices = [one for one in declared.columns if one.of in ("office", "place")]
    numbers = [one for one in declared.columns if one.type in (ColumnType.COUNT, ColumnType.NUMBER)]
    columns = [
        Column("at", told.meaning, local(told.name), _opened(name, told.name), (told.name,), lead=True)
    ]
    columns += [
        Column(one.name, one.meaning, _office(one.name), None, (one.name,), lead=True) for one in offices[:1]
    ]
    columns += [
        Column(one.name, one.meaning, _code(one.name, one.codes or ""), None, (one.name,)) for one in codes
    ]
    columns += [Column(one.name, one.meaning, plain(one.name), None, (one.name,)) for one in numbers]
    columns += [Column(one.name, one.meaning, _office(one.name), None, (one.name,)) for one in offices[1:]]
    columns += [number_of(one.name, _numbered(one)) for one in offices]
    kept = [told.name, *(one.name for one in (*codes, *offices, *numbers))]
    return Listing(
        name=what,
        title=title,
        meaning=meaning,
        empty=Words("还没有报过。", "Nothing has been reported yet."),
        fields=(*kept, "key_hi", "key_lo", "fact_id"),
        columns=tuple(columns),
        order=(f"-{told.name}", "fact_id"),
        # A number names its kind alike, whatever the fact calls it.
        filters=tuple(
            _filter("kind" if len(codes) == 1 else one.name, one.name, one.meaning, one.codes or "")
            for one in codes
        ),
        offices=tuple(one.name for one in offices),
        fact=name,
    )


def _filter(name: str, column: str, words: Words, codes: str) -> Filter:
    return Filter(
        name, words, equal(column), "choice",
        lambda telling: {one.code: one.label for one in CODE_LISTS[codes].codes},
    )  # fmt: skip


def _opened(name: str, column: str) -> Any:
    def cell(row: Row, telling: Telling) -> Any:
        to = address(FACT, name, hex_key(row["key_hi"], row["key_lo"]))
        at = telling.local(row[column])
        return filled('<a href="{}">{}</a>', to, f"{at:%Y-%m-%d %H:%M}") if to else f"{at:%Y-%m-%d %H:%M}"

    return cell


def _numbered(column: DeclaredColumn) -> Words:
    heading = heading_key(column.meaning.en)
    return Words(f"{column.heading}编号", f"number of {heading}")


def _office(column: str) -> Any:
    return lambda row, telling: telling.office(row[column])


def _code(column: str, codes: str) -> Any:
    return lambda row, telling: telling.said(CODE_LISTS[codes].label_of(row[column])) if row[column] else ""
