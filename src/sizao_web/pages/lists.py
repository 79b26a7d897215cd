"""One way to show a list: filters, order, pages, counts, cards on a phone, and the whole of it as a file.

A desk states a Listing once and calls `show` with rows that `records.reading` gave it. The count, the pages
and the files come from the same rows with the same filters, so that they never disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe

from sizao.terms.words import Words
from sizao_web.pages import exports
from sizao_web.pages.filters import Asked, Filter, ask, narrowed
from sizao_web.pages.language import said
from sizao_web.pages.paging import Paging, paging
from sizao_web.pages.telling import Row, Telling, telling
from sizao_web.records.reading import ledger

SHORT = 5_000  # rows that are sorted faster than found along their order
Value = str | int | float | bool | date | datetime | None
Told = str | SafeString


@dataclass(frozen=True)
class Column:
    """One column. value: plain, for files. cell: as the page shows it; without it the value itself.

    order: what the rows are sorted by when its heading is chosen; without it the heading is no link.
    lead: stands at the head of a card on a phone, without its heading.
    """

    name: str
    label: Words
    value: Callable[[Row, Telling], Value]
    cell: Callable[[Row, Telling], Told] | None = None
    order: tuple[Any, ...] = ()
    on_page: bool = True
    in_file: bool = True
    lead: bool = False


@dataclass(frozen=True)
class Listing:
    """What a list is: its words, the columns of the table that it reads, how they are shown, and its order.

    order ends with a column that no two rows share, so that two pages never overlap. areas, offices:
    columns that name an area, or an office or place. persons: rows are about persons, and files are audited.
    long: its order has an index of its own, along which a page of a long list is read.
    """

    name: str
    title: Words
    meaning: Words
    empty: Words
    fields: tuple[str, ...]
    columns: tuple[Column, ...]
    order: tuple[Any, ...]
    filters: tuple[Filter, ...] = ()
    areas: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    persons: bool = False
    long: bool = False


@dataclass(frozen=True)
class Tab:
    """A neighbouring list, with its count where that is known."""

    label: Words
    address: str
    current: bool
    count: int | None = None


@dataclass(frozen=True)
class Heading:
    """The heading of a column; address sorts by it."""

    label: Words
    address: str | None
    sorted: str | None  # ascending | descending


def show(
    request: HttpRequest,
    listing: Listing,
    rows: QuerySet[Any],
    *,
    tabs: Sequence[Tab] = (),
    counts: QuerySet[Any] | None = None,
    total: int | None = None,
    template: str = "pages/list.html",
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The list as a page, as a part of it for htmx, or (`as=csv`, `as=xlsx`) as a file.

    counts: counts of the ledger that stand for these very rows, so that they need not be counted one by one;
    total: their sum where it is known.
    """
    tells = telling(request)
    asked = ask(listing.filters, request.GET, tells)
    chosen = narrowed(rows, asked, tells).order_by(*_order(listing, request.GET.get("sort", "")))
    if request.GET.get("as") in exports.FORMATS and not any(one.problem for one in asked):
        return exports.file(request, listing, chosen, tells, asked)
    pages = paging(request.GET, _total(chosen, counts, total, asked, tells))
    along = listing.long and not request.GET.get("sort") and pages.total > SHORT
    with ledger.along_the_order() if along else nullcontext():
        shown = _rows(chosen.values(*listing.fields), pages)
    tells.meet(shown, areas=listing.areas, offices=listing.offices)
    part = is_part(request)
    shown_list = Shown(request, listing, asked, pages, cells(listing, shown, tells))
    response = render(
        request,
        "pages/_list.html" if part else template,
        {"listing": listing, "tabs": tabs, "list": shown_list, **(context or {})},
    )
    if part:
        # A form names its empty fields too; the address that people keep and hand on does not.
        response.headers["HX-Push-Url"] = shown_list.address
    # The part and the page have the same address: no cache may give one for the other.
    patch_vary_headers(response, ["HX-Request"])
    return response


def _total(
    chosen: QuerySet[Any],
    counts: QuerySet[Any] | None,
    total: int | None,
    asked: list[Asked],
    tells: Telling,
) -> int:
    used = [one for one in asked if one.text]
    if total is not None and not used:
        return total
    if counts is None or any(one.problem or not one.filter.counted for one in used):
        return chosen.count()
    return ledger.total(narrowed(counts, used, tells))


def _rows(chosen: QuerySet[Any], pages: Paging) -> list[Row]:
    """The rows of the page. What lies in the second half is read from the end: half as far at most."""
    first, last = pages.offset, min(pages.offset + pages.size, pages.total)
    if first <= pages.total // 2:
        return list(chosen[first:last])
    return list(chosen.reverse()[pages.total - last : pages.total - first])[::-1]


def is_part(request: HttpRequest, name: str = "list") -> bool:
    """Whether htmx asks for this part of the page only."""
    details = request.htmx
    return bool(details) and details.request_type == "partial" and (details.target or "").endswith(f"#{name}")


def cells(listing: Listing, rows: Sequence[Row], tells: Telling) -> list[list[tuple[Column, Told]]]:
    """The cells of each row, with their columns."""
    columns = [column for column in listing.columns if column.on_page]
    return [[(column, _cell(column, row, tells)) for column in columns] for row in rows]


def _cell(column: Column, row: Row, tells: Telling) -> Told:
    if column.cell is not None:
        return column.cell(row, tells)
    value = column.value(row, tells)
    return "" if value is None else str(value)


def _order(listing: Listing, sort: str) -> tuple[Any, ...]:
    column = next((one for one in listing.columns if one.order and one.name == sort.removeprefix("-")), None)
    if column is None:
        return listing.order
    first = [one.lstrip("-") for one in column.order]
    return (*(f"-{one}" if sort.startswith("-") else one for one in first), *listing.order)


@dataclass(frozen=True)
class Shown:
    """One page of a list, for the templates."""

    request: HttpRequest
    listing: Listing
    filters: list[Asked]
    paging: Paging
    rows: list[list[tuple[Column, Told]]]

    @property
    def body(self) -> SafeString:
        """The rows as HTML; a template takes four times as long over as many cells."""
        opened: dict[str, tuple[str, str]] = {}
        for column, _ in self.rows[0] if self.rows else ():
            css = f"cell-{column.name}{' lead' if column.lead else ''}"
            label = escape(said(column.label))
            opened[column.name] = (
                f'<td role="cell" class="{css}" data-label="{label}">',
                f'<td role="cell" class="{css} is-empty" data-label="{label}">',
            )
        return mark_safe(
            "".join(
                '<tr role="row">'
                + "".join(
                    f"{opened[column.name][cell == '']}{conditional_escape(cell)}</td>"
                    for column, cell in row
                )
                + "</tr>\n"
                for row in self.rows
            )
        )

    @property
    def narrowing(self) -> list[tuple[Asked, str]]:
        """The filters in use, each with the address of the list without it."""
        return [(one, self._address(**{one.filter.name: None})) for one in self.filters if one.text]

    @property
    def problems(self) -> list[Asked]:
        """The filters that could not be read."""
        return [one for one in self.filters if one.problem]

    @property
    def whole(self) -> str:
        """The address of the list without any filter."""
        return self.request.path

    @property
    def address(self) -> str:
        """This page of the list, without what is not asked for."""
        page = str(self.paging.number) if self.paging.number > 1 else None
        return self._address(page=page)

    @property
    def headings(self) -> list[Heading]:
        """The headings, those that sort with their address."""
        now = self.request.GET.get("sort", "")
        found = []
        for column in self.listing.columns:
            if not column.on_page:
                continue
            ascending = now == column.name
            to = f"-{column.name}" if ascending else column.name
            is_sorted = "ascending" if ascending else "descending" if now == f"-{column.name}" else None
            found.append(Heading(column.label, self._address(sort=to) if column.order else None, is_sorted))
        return found

    @property
    def numbers(self) -> list[tuple[int | None, str]]:
        """The pages to offer; None where numbers are left out."""
        return [(one, self._address(page=str(one)) if one else "") for one in self.paging.near]

    @property
    def before(self) -> str | None:
        """The page before."""
        return self._address(page=str(self.paging.number - 1)) if self.paging.number > 1 else None

    @property
    def after(self) -> str | None:
        """The page after."""
        more = self.paging.number < self.paging.pages
        return self._address(page=str(self.paging.number + 1)) if more else None

    @property
    def files(self) -> list[tuple[str, str]]:
        """The whole list as a file: kind and address."""
        return [(kind.upper(), self._address(**{"as": kind})) for kind in exports.FORMATS]

    @property
    def sort(self) -> str:
        """How the list is sorted, for the form to keep."""
        return self.request.GET.get("sort", "")

    def _address(self, **changes: str | None) -> str:
        """This list with other parameters; it starts at its first page unless a page is asked for."""
        asked = {key: value for key, value in self.request.GET.items() if value and key not in ("page", "as")}
        merged = {key: value for key, value in {**asked, **changes}.items() if value is not None}
        return f"{self.request.path}?{urlencode(merged)}" if merged else self.request.path
