"""Who read about how many people, for supervision: counts, and readers who read more than their like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from statistics import median

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sizao.terms.time import local_day, midnight
from sizao.terms.words import Words
from sizao_web.accounts.roles import PURPOSES, ROLES
from sizao_web.pages.names import account_name, meet
from sizao_web.pages.routes import page
from sizao_web.records.reading import looks
from sizao_web.records.reading.accounts import names_of
from sizao_web.records.reading.looks import Reader
from sizao_web.settings.clock import bare

ASKING = frozenset({"supervision"})


@dataclass(frozen=True)
class Line:
    """One reader as the page shows them. usual: the median of those with the same duty that day."""

    reader: Reader
    name: Words
    duty: Words
    purpose: Words
    usual: int
    unusual: bool


@page(roles=ASKING)
def reads(request: HttpRequest) -> HttpResponse:
    """The readers of a day in the own area, most people first; of one account what it read."""
    today = local_day(bare(request.moment), settings.SIZAO.zone)
    day, wrong = _day(request.GET.get("day", ""), today)
    since, until = (
        midnight(one, settings.SIZAO.zone).replace(tzinfo=UTC) for one in (day, day + timedelta(days=1))
    )
    found = looks.readers(request.scope, request.moment, since, until)
    meet(request, [{"organisation": one.organisation} for one in found], offices=["organisation"])
    account = request.GET.get("account", "")
    context = {
        "day": day,
        "wrong": wrong,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1) if day < today else None,
        "lines": _lines(found),
        "account": account,
        "who": account_name(request, account) if account else "",
        "what": looks.what_was_read(request.scope, account, since, until) if account else (),
        "limit": int(looks.limit("unusual_people")),
        "times": int(looks.limit("unusual_times")),
    }
    return render(request, "watch/reads.html", context, status=422 if wrong else 200)


def _lines(found: Sequence[Reader]) -> list[Line]:
    people = names_of([one.account for one in found])
    by_duty: dict[str, list[int]] = {}
    for one in found:
        by_duty.setdefault(one.role, []).append(one.people)
    lines = []
    for one in found:
        usual = int(median(by_duty[one.role]))
        lines.append(
            Line(
                one,
                people.get(one.account, Words(one.account, one.account)),
                ROLES[one.role].label if one.role in ROLES else Words(one.role, one.role),
                PURPOSES.get(one.purpose, Words(one.purpose, one.purpose)),
                usual,
                looks.is_unusual(one.people, usual),
            )
        )
    return lines


def _day(text: str, today: date) -> tuple[date, bool]:
    """The day asked about, and whether what stood there was none."""
    if not text:
        return today, False
    try:
        return min(date.fromisoformat(text), today), False
    except ValueError:
        return today, True
