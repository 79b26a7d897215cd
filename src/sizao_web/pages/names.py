"""What areas, offices and places are called on one page: each is looked up once for a request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from sizao_web.pages.telling import Telling, telling


def names(request: HttpRequest) -> Telling:
    """The names that this request has met so far."""
    found = getattr(request, "_names", None)
    if found is None:
        found = telling(request)
        request._names = found
    return found


def meet(
    request: HttpRequest, rows: Iterable[Any], *, areas: Iterable[str] = (), offices: Iterable[str] = ()
) -> None:
    """Look up what these attributes of rows are called, so that no tag has to ask for a single one."""
    areas, offices = tuple(areas), tuple(offices)
    told = [
        row if isinstance(row, dict) else {name: getattr(row, name, None) for name in (*areas, *offices)}
        for row in rows
    ]
    names(request).meet(told, areas=areas, offices=offices)


def plainly(text: str, known: Telling) -> str:
    """A sentence of the library with areas by their names alone and offices by theirs."""
    for path in known.areas:
        text = text.replace(f"（{path}）", "").replace(f" ({path})", "")
    # The longest first: the number of an office may begin like that of another.
    for name in sorted(known.offices, key=len, reverse=True):
        text = text.replace(name, known.office(name))
    return text


def area_name(request: HttpRequest, path: str | None) -> str:
    """An area by its label."""
    if path is None:
        return ""
    known = names(request)
    known.meet([{"area": path}], areas=["area"])
    return known.area(path)


def office_name(request: HttpRequest, name: str | None) -> str:
    """An office by area and task, a place by kind and number."""
    if name is None:
        return ""
    known = names(request)
    if name not in known.places:
        known.meet([{"office": name}], offices=["office"])
    return known.office(name)
