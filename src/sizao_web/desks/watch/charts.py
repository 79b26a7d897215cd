"""Control charts of laboratories and reporters: which are out of control, one as a picture and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from sizao.facts.dictionary import DECLARED
from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.desks.watch.drawing import picture
from sizao_web.pages.exports import stopped, table_file
from sizao_web.pages.language import said
from sizao_web.pages.paging import paging
from sizao_web.pages.routes import page
from sizao_web.records.actions.note_export import note_export
from sizao_web.records.reading import charts as reading
from sizao_web.records.reading.accounts import names_of
from sizao_web.records.reading.alarms import WATCHING
from sizao_web.records.reading.labels import place_labels

WATCHERS = frozenset(WATCHING)


@dataclass(frozen=True)
class Line:
    """A day of a chart as pages show it, with the address of its rows."""

    row: reading.ControlDay
    verdict: Words | None
    name: Words
    address: str


@page(roles=WATCHERS)
def charts(request: HttpRequest) -> HttpResponse:
    """Every laboratory and reporter with its last day, signals first; with `of` and `subject` one chart; with
    `day` the rows behind one of its numbers. `as=csv`: the chart as a file."""
    kind, subject = request.GET.get("of", ""), request.GET.get("subject", "")
    if not kind and not subject:
        return _all(request)
    days = reading.days_of(request.scope, kind, subject) if kind in reading.CHARTS else []
    if not days:
        raise Http404
    if request.GET.get("as") == "csv":
        return _file(request, kind, subject, days)
    return _one(request, kind, subject, days)


def _all(request: HttpRequest) -> HttpResponse:
    found = reading.latest(request.scope)
    names = _names(request, [one.subject for one in found])
    groups = [
        {
            "chart": chart,
            "lines": [_line(one, names) for one in found if one.kind == kind],
            "signals": sum(one.verdict is not None for one in found if one.kind == kind),
        }
        for kind, chart in reading.CHARTS.items()
    ]
    return render(request, "watch/charts.html", {"groups": groups})


def _one(request: HttpRequest, kind: str, subject: str, days: Sequence[reading.ControlDay]) -> HttpResponse:
    name = _names(request, [subject])[subject]
    chart = reading.CHARTS[kind]
    chosen, rows, wrong = _day(request, days), None, False
    if chosen is not None:
        rows = reading.rows_of(request.scope, request.moment, kind, subject, chosen.day)
    elif request.GET.get("day"):
        wrong = True
    pages = paging(request.GET, len(rows or ()))
    lines = [_line(one, {subject: name}) for one in reversed(days)]
    context = {
        "kind": kind,
        "chart": chart,
        "subject": subject,
        "name": name,
        "picture": picture(days, [_address(one) for one in days]),
        "lines": lines,
        "signals": [one for one in lines if one.verdict],
        "chosen": chosen,
        "rows": [_told(one) for one in (rows or ())[pages.offset : pages.offset + pages.size]],
        "readable": rows is not None,
        "paging": pages,
        "address": f"?{urlencode({'of': kind, 'subject': subject})}",
    }
    return render(request, "watch/chart.html", context, status=404 if wrong else 200)


def _day(request: HttpRequest, days: Sequence[reading.ControlDay]) -> reading.ControlDay | None:
    try:
        wanted = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return None
    return next((one for one in days if one.day == wanted), None)


def _line(one: reading.ControlDay, names: dict[str, Words]) -> Line:
    verdict = reading.VERDICTS.get(one.verdict or "")
    return Line(one, verdict, names[one.subject], _address(one))


def _address(one: reading.ControlDay) -> str:
    asked = urlencode({"of": one.kind, "subject": one.subject, "day": one.day.isoformat()})
    return f"?{asked}#rows"


def _names(request: HttpRequest, subjects: Sequence[str]) -> dict[str, Words]:
    """What laboratories and people are called; a source by its own name."""
    places = place_labels(request.scope, request.moment, subjects)
    people = names_of(subjects)
    return {
        one: places.get(one)
        or people.get(one)
        or Words(one.removeprefix("sheet/"), one.removeprefix("sheet/"))
        for one in subjects
    }


def _told(row: reading.Row) -> dict[str, Any]:
    codes = next(column.codes for column in DECLARED["results"].columns if column.name == "result")
    label = next(
        (code.label for code in CODE_LISTS[str(codes)].codes if code.code == row.result),
        Words("", ""),
    )
    return {"row": row, "meaning": DECLARED[row.fact].meaning, "result": label if row.result else None}


def _file(request: HttpRequest, kind: str, subject: str, days: Sequence[reading.ControlDay]) -> HttpResponse:
    if no := stopped(request, f"{request.path}?{urlencode({'of': kind, 'subject': subject})}"):
        return no
    names = ("day", "tested", "found", "expected", "lower", "upper", "verdict")
    called = said(_names(request, [subject])[subject])
    rows = [[subject, called, *(getattr(one, name) for name in names)] for one in days]
    note_export(request.scope, request.moment, "control chart", len(rows), about=subject)
    return table_file(f"chart-{kind}", [Words("对象", "subject"), Words("名称", "name"), *names], rows)
