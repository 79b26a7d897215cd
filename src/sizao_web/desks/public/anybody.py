"""Pages without signing in: the nearest fever clinic, notices and bulletins, one's rights, whom to call."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.accounts.roles import SELF
from sizao_web.pages.exports import table_file
from sizao_web.pages.language import said
from sizao_web.pages.paging import Paging
from sizao_web.pages.routes import page
from sizao_web.records.reading import public

A_PAGE = 10  # notices, which are read whole
NEWEST = 3  # on the first page
LONGEST = 200  # signs of an area's path


@page(roles=None)
def start(request: HttpRequest) -> HttpResponse:
    """Where to turn: clinics, the newest notices, rights, the way to sign in."""
    found = [one for one in public.notices(request.moment) if not one.over]
    context = {"notices": found[:NEWEST], "more": len(found) - NEWEST, "areas": _labels(request, found)}
    return render(request, "public/start.html", context)


@page(roles=None)
def clinics(request: HttpRequest) -> HttpResponse:
    """Fever clinics, the nearest to the chosen area first; the area is chosen step by step.

    A resident who has not chosen begins at the own community; ?near= without an area is everywhere.
    """
    own = "" if "near" in request.GET else _home(request)
    area = own or request.GET.get("near", "")[:LONGEST].strip("/")
    around = public.areas_around(request.moment, area)
    unknown = bool(area) and area not in around
    if unknown:
        area, around = "", public.areas_around(request.moment, "")
    found = public.clinics(request.moment, area)
    labels = {**around, **_of_areas(request, {path for one in found for path in (one.area, one.common)})}
    rows = [
        {
            "clinic": one,
            "name": one.name,
            "where": labels.get(one.area, Words(one.area, one.area)),
            "common": labels.get(one.common) if one.common else None,
        }
        for one in found
    ]
    if request.GET.get("as") == "csv":
        return table_file("fever-clinics", _HEADINGS, [_cells(row) for row in rows])
    context = {
        "rows": rows,
        "area": area,
        "unknown": unknown and not own,
        "own": bool(own) and not unknown,
        "path": [(path, around[path]) for path in around if area == path or area.startswith(f"{path}/")],
        "below": [(path, label) for path, label in around.items() if _lies_below(path, area)],
    }
    return render(request, "public/clinics.html", context)


@page(roles=None)
def notices(request: HttpRequest) -> HttpResponse:
    """Notices and bulletins as published, those in force first; one kind where it is asked for."""
    kinds = CODE_LISTS["publication_kinds"]
    kind = request.GET.get("kind", "")
    kind = kind if kind in kinds.names() else ""
    every = public.notices(request.moment)
    found = [one for one in every if not kind or one.kind == kind]
    labels = _labels(request, found)
    if request.GET.get("as") == "csv":
        return table_file("notices", _NOTICE_HEADINGS, [_notice_cells(one, labels) for one in found])
    where = _page_of(request, len(found))
    context = {
        "notices": found[where.offset : where.offset + A_PAGE],
        "areas": labels,
        "offices": public.contacts(request.moment),
        "kind": kind,
        "kinds": [
            (one.code, one.label) for one in kinds.codes if any(each.kind == one.code for each in every)
        ],
        "paging": where,
    }
    return render(request, "public/notices.html", context)


@page(roles=None)
def rights(request: HttpRequest) -> HttpResponse:
    """What a restricted person may ask for, and whom to call."""
    found = sorted(public.contacts(request.moment).items())
    offices = [contact for subject, contact in found if subject.startswith("office/")]
    return render(request, "public/rights.html", {"offices": offices})


def _home(request: HttpRequest) -> str:
    """The community of a resident who has signed in; of everybody else nothing is known."""
    scope = request.scope
    return scope.area if scope is not None and scope.role == SELF else ""


def _labels(request: HttpRequest, found: Iterable[public.Notice]) -> dict[str, Words]:
    return _of_areas(request, {one.covers for one in found})


def _of_areas(request: HttpRequest, paths: Iterable[str]) -> dict[str, Words]:
    """Labels of these areas; one step around an area tells those that it lies in, too."""
    known: dict[str, Words] = {}
    for path in sorted({path for path in paths if path}, key=len, reverse=True):
        if path not in known:
            known.update(public.areas_around(request.moment, path))
    return known


def _page_of(request: HttpRequest, total: int) -> Paging:
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    return Paging(min(max(1, number), max(1, -(-total // A_PAGE))), A_PAGE, total)


def _lies_below(path: str, area: str) -> bool:
    return path.startswith(f"{area}/") if area else "/" not in path


_HEADINGS = (
    Words("名称", "name"),
    Words("所在区域", "area"),
    Words("地址", "address"),
    Words("电话", "telephone"),
    Words("开放时间", "open hours"),
)
_NOTICE_HEADINGS = (
    Words("类别", "kind"),
    Words("标题", "title"),
    Words("正文", "text"),
    Words("适用区域", "area"),
    Words("起始日期", "first day"),
    Words("终止日期（不含当日）", "first day on which it no longer holds"),
)


def _cells(row: dict[str, Any]) -> list[str]:
    contact = row["clinic"].contact
    reached = (contact.address, contact.telephone, contact.hours) if contact else ("", "", "")
    return [said(one) for one in (row["name"], row["where"], *reached)]


def _notice_cells(one: public.Notice, labels: dict[str, Words]) -> list[str]:
    days = [one.from_on.isoformat(), one.until_on.isoformat() if one.until_on else ""]
    return [said(one.label), said(one.title), said(one.text), said(labels.get(one.covers, one.covers)), *days]
