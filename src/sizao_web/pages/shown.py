"""One page of a list as its templates show it: rows, headings, pages, files, and the filters in use."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from sizao.terms.words import Words
from sizao_web.pages import exports
from sizao_web.pages.addresses import address
from sizao_web.pages.filters import Asked
from sizao_web.pages.language import said
from sizao_web.pages.listing import Column, Listing, Told
from sizao_web.pages.markup import escaped
from sizao_web.pages.paging import Paging


@dataclass(frozen=True)
class Heading:
    """The heading of a column; address sorts by it."""

    label: Words
    address: str | None
    sorted: str | None  # ascending | descending


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
            label = escaped(said(column.label))
            opened[column.name] = (
                f'<td role="cell" class="{css}" data-label="{label}">',
                f'<td role="cell" class="{css} is-empty" data-label="{label}">',
            )
        return mark_safe(
            "".join(
                '<tr role="row">'
                + "".join(f"{opened[column.name][cell == '']}{escaped(cell)}</td>" for column, cell in row)
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
    def takes_in(self) -> str | None:
        """Where files of such rows are taken in, for who may record them."""
        fact = self.listing.fact
        may = fact is not None and self.request.scope.may_give(fact)
        return address("everyone:deliveries") if may else None

    @property
    def sort(self) -> str:
        """How the list is sorted, for the form to keep."""
        return self.request.GET.get("sort", "")

    def _address(self, **changes: str | None) -> str:
        """This list with other parameters; it starts at its first page unless a page is asked for."""
        asked = {key: value for key, value in self.request.GET.items() if value and key not in ("page", "as")}
        merged = {key: value for key, value in {**asked, **changes}.items() if value is not None}
        return f"{self.request.path}?{urlencode(merged)}" if merged else self.request.path
