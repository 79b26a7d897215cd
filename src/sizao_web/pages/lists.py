"""One way to show a list: filters, order, pages, counts, cards on a phone, and the whole of it as a file.

A desk states a Listing once and calls `show` with rows that `records.reading` gave it. The count, the pages
and the files come from the same rows with the same filters, so that they never disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from sizao_web.pages import exports
from sizao_web.pages.filters import Asked, ask, narrowed
from sizao_web.pages.listing import Column, Listing, Tab, Told
from sizao_web.pages.paging import Paging, paging
from sizao_web.pages.shown import Shown
from sizao_web.pages.telling import Row, Telling, telling
from sizao_web.records.reading import ledger

SHORT = 5_000  # rows that are sorted faster than found along their order


def show(
    request: HttpRequest,
    listing: Listing,
    rows: QuerySet[Any],
    *,
    tabs: Sequence[Tab] = (),
    counts: QuerySet[Any] | None = None,
    total: int | None = None,
    said: Telling | None = None,
    template: str = "pages/list.html",
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The list as a page, as a part of it for htmx, or (`as=csv`, `as=xlsx`) as a file.

    counts: counts of the ledger that stand for these very rows, so that they need not be counted one by one;
    total: their sum where it is known.
    said: how rows are told, where not as of this request's moment.
    """
    tells = said or telling(request)
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
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "" if value is None else str(value)


def _order(listing: Listing, sort: str) -> tuple[Any, ...]:
    column = next((one for one in listing.columns if one.order and one.name == sort.removeprefix("-")), None)
    if column is None:
        return listing.order
    first = [one.lstrip("-") for one in column.order]
    return (*(f"-{one}" if sort.startswith("-") else one for one in first), *listing.order)
