"""What a list is: its words, its columns, its filters and its order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.safestring import SafeString

from sizao.terms.words import Words
from sizao_web.pages.filters import Filter
from sizao_web.pages.telling import Row, Telling

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
    long: its order has an index of its own, along which a page of a long list is read. fact: what its rows
    are, so that whoever may record it is shown where files of it are taken in.
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
    fact: str | None = None


@dataclass(frozen=True)
class Tab:
    """A neighbouring list, with its count where that is known."""

    label: Words
    address: str
    current: bool
    count: int | None = None
