"""What somebody who signed in as a resident reads: what they must do, why, until when, papers, who looked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from sizao.facts.dictionary import FACTS
from sizao.facts.schemas import own_columns
from sizao.policy.aloud import say_source
from sizao.policy.model import RuleVersion
from sizao.policy.notice import notice
from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.accounts.roles import PURPOSES, ROLES
from sizao_web.desks.public.hearing import heard
from sizao_web.desks.public.words import deed_of
from sizao_web.pages import presenters
from sizao_web.pages.entry_fields import label
from sizao_web.pages.language import language, said
from sizao_web.pages.names import meet
from sizao_web.pages.paging import Paging
from sizao_web.pages.routes import page
from sizao_web.pages.values import shown
from sizao_web.records.reading import own, public
from sizao_web.records.reading.appeals import appeals
from sizao_web.records.reading.identities import identity_of, names_of
from sizao_web.records.reading.pack import policy_in_use, rule_label, verb_label

RESIDENT = frozenset({"resident"})
PAGE = "own_page"  # what the audit calls these pages
LOOKS = 50  # on one page
IN_FORCE = Words("正在执行", "in force")


@dataclass(frozen=True)
class Line:
    """One row as its page says it."""

    row: Any
    what: Words
    why: Words
    css: str
    state: Words
    limit: Words
    office: str | None


@page(roles=RESIDENT)
def overview(request: HttpRequest) -> HttpResponse:
    """Everybody of the scope: what binds them and until when, what is due, what comes, papers."""
    scope, moment = request.scope, request.moment
    names = names_of(scope, moment, scope.persons, PAGE)
    people = [
        {
            "one": one,
            "name": names.get(one.person) or one.person,
            "self": one.person == scope.persons[0],
            "days": own.days_left(one.standing.until if one.standing else None, moment),
            "binding": _lines(request, one.binding),
            "now": _lines(request, one.now),
            "later": _lines(request, one.later),
            "over": _lines(request, one.over),
        }
        for one in own.mine(scope, moment)
    ]
    waiting = [one for one in appeals(scope, moment, scope.persons) if one.decision is None]
    return render(request, "public/own.html", {"people": people, "appeals": heard(request, waiting)})


@page(roles=RESIDENT, about="obligation")
def why(request: HttpRequest, obligation: str) -> HttpResponse:
    """One row: the rule, the facts about oneself, the source, what comes next, when it ends, whom to call."""
    row = own.obligation(request.scope, request.moment, obligation.lower())
    if row is None:
        raise Http404
    version, found = _version(row), own.reasons(row)
    next_rows = _lines(request, own.beside(request.scope, row))
    line = _lines(request, [row])[0]
    context = {
        "line": line,
        "row": row,
        "text": notice(version, language(), policy_in_use().sources) if version else (),
        "source": say_source(version.source, language(), policy_in_use().sources) if version else "",
        "legal": version.legal_basis.words if version else None,
        "reasons": [_told(request, one) for one in found.told],
        "others": found.others,
        "next": next_rows,
        "call": public.contacts(request.moment).get(row.responsible or row.done_by or ""),
        "appeal": _appeal(version),
        "name": names_of(request.scope, request.moment, [row.about], PAGE).get(row.about) or row.about,
    }
    return render(request, "public/own_why.html", context)


@page(roles=RESIDENT, about="person")
def order_paper(request: HttpRequest, person: str) -> HttpResponse:
    """The last order about somebody of the scope, to be printed."""
    orders = [row for row in own.recorded(request.scope, "orders", request.moment) if row["person"] == person]
    if not orders:
        raise Http404
    meet(request, orders, offices=["appeal_to"])
    version = next(iter(policy_in_use().rules.get(orders[0]["ground_rule"], ())[-1:]), None)
    context = {
        "order": orders[0],
        "who": identity_of(request.scope, request.moment, person, PAGE),
        "person": person,
        "rule": rule_label(orders[0]["ground_rule"]),
        "legal": version.legal_basis.words if version else None,
        "call": public.contacts(request.moment).get(orders[0]["appeal_to"]),
    }
    return render(request, "public/own_order.html", context)


@page(roles=RESIDENT, about="person")
def release_paper(request: HttpRequest, person: str) -> HttpResponse:
    """The last release of somebody of the scope, to be printed."""
    found = own.released(request.scope, request.moment, person)
    if found is None:
        raise Http404
    context = {
        "release": found,
        "who": identity_of(request.scope, request.moment, person, PAGE),
        "person": person,
        "bound": any(
            one.person == person and one.standing for one in own.mine(request.scope, request.moment)
        ),
    }
    return render(request, "public/own_release.html", context)


@page(roles=RESIDENT, about="person")
def looked(request: HttpRequest, person: str) -> HttpResponse:
    """Who read, recorded or exported something about somebody of the scope: which office, when, what for."""
    if person not in request.scope.persons:
        raise Http404
    found = own.looks(request.scope, person)
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    pages = Paging(min(max(1, number), max(1, -(-len(found) // LOOKS))), LOOKS, len(found))
    part = found[pages.offset : pages.offset + LOOKS]
    meet(
        request,
        [{"area": one.area, "office": one.organisation} for one in part],
        areas=["area"],
        offices=["office"],
    )
    names = names_of(request.scope, request.moment, request.scope.persons, PAGE)
    context = {
        "looks": [
            {
                "at": one.happened_at,
                "self": one.account == request.scope.account,
                "role": ROLES[one.role].label if one.role in ROLES else Words(one.role, one.role),
                "area": one.area,
                "office": one.organisation,
                "purpose": PURPOSES.get(one.purpose),
                "deed": deed_of(one),
            }
            for one in part
        ],
        "paging": pages,
        "person": person,
        "name": names.get(person) or person,
        "people": [(one, names.get(one) or one) for one in request.scope.persons],
    }
    return render(request, "public/own_looked.html", context)


def _lines(request: HttpRequest, rows: Iterable[Any]) -> list[Line]:
    rows = list(rows)
    meet(request, rows, offices=["responsible", "done_by"])
    return [
        Line(
            row,
            verb_label(row.verb),
            rule_label(row.rule, row.version),
            *_state(request, row),
            _limit(request, row),
            row.responsible or row.done_by,
        )
        for row in rows
    ]


def _state(request: HttpRequest, row: Any) -> tuple[str, Words]:
    """Colour and words of a row; a restriction that has not ended is in force, whatever proves it so far."""
    lasts = row.restricts and row.withdrawn_at is None and row.status not in ("upcoming", "waived", "missed")
    if lasts and row.closes_at is not None and row.closes_at > request.moment:
        return "state-open", IN_FORCE
    found = presenters.status(row.status, row.withdrawn_at)
    return found.css, found.label


def _limit(request: HttpRequest, row: Any) -> Words:
    """Until when; of a restriction when it ends, which is what somebody who is bound asks."""
    if row.restricts and row.closes_at is not None:
        at = presenters.at(row.closes_at, request.moment, settings.SIZAO.zone)
        return Words(f"至 {at.zh}", f"until {at.en}")
    return presenters.due(
        row.status,
        request.moment,
        settings.SIZAO.zone,
        opens_at=row.opens_at,
        due_at=row.due_at,
        met_at=row.met_at,
    )


def _version(row: Any) -> RuleVersion | None:
    """The text under which the row was made; None where the pack in use has it no more."""
    texts = policy_in_use().rules.get(row.rule, ())
    return next((one for one in texts if one.number == row.version), None)


def _appeal(version: RuleVersion | None) -> Words | None:
    if version is None or version.appeal is None:
        return None
    return CODE_LISTS["office_tasks"].label_of(version.appeal)


def _told(request: HttpRequest, one: own.Reason) -> dict[str, Any]:
    """A fact by its name and the values that are told."""
    fact = FACTS[one.fact]
    columns = {column.name: column for column in own_columns(fact)}
    values = [
        (said(label(columns[name])), _plain(shown(request, columns[name], value)))
        for name, value in one.told.items()
        if value is not None and name in columns
    ]
    return {"what": re.split("[：:]", said(fact.meaning))[0], "values": values, "known_at": one.known_at}


def _plain(value: Any) -> Any:
    """A value without the link that leads an office to a page which is not a resident's."""
    text = str(value)
    return re.sub(r"<a [^>]*>(.*?)</a>", r"\1", text) if text.startswith("<a ") else value
