"""What somebody reads about themselves and whom they care for: what binds them, why, papers, who looked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from sizao.facts.dictionary import FACTS
from sizao.facts.schemas import stored_columns
from sizao_web.records import audit
from sizao_web.records.access.scope import Scope
from sizao_web.records.audit import Look
from sizao_web.records.models import Obligation, Standing
from sizao_web.records.reading.facts import effective, plain
from sizao_web.records.reading.ledger import every_obligation, obligations, standing, unknown
from sizao_web.records.reading.stories import typed

Row = dict[str, Any]
LATELY = timedelta(days=14)
"""For so long what is over stays on the first page; everything else stands on the paper."""


@dataclass(frozen=True)
class Mine:
    """One person of the scope: what binds them, and the rows about them."""

    person: str
    standing: Standing | None
    binding: tuple[Obligation, ...]  # open spans that restrict
    now: tuple[Obligation, ...]  # other rows that are open or overdue
    later: tuple[Obligation, ...]
    over: tuple[Obligation, ...]  # ended lately
    not_known: int
    orders: tuple[Row, ...]
    releases: tuple[Row, ...]


@dataclass(frozen=True)
class Reason:
    """A fact about the person on which a row rests, by the columns that they are told."""

    fact: str
    told: Mapping[str, Any]
    known_at: datetime


@dataclass(frozen=True)
class Reasons:
    """told: facts about the person and the areas; others: facts of other people, which are not told."""

    told: tuple[Reason, ...]
    others: int


def mine(scope: Scope, moment: datetime) -> list[Mine]:
    """Everybody of the scope, the resident first. Reading it is an entry of their own audit."""
    audit.note(scope, moment, "read", "person", scope.persons)
    rows: dict[str, list[Obligation]] = {person: [] for person in scope.persons}
    for row in obligations(scope).filter(about__in=scope.persons).order_by("due_at", "obligation_id"):
        rows[row.about].append(row)
    bound = {one.person: one for one in standing(scope).filter(person__in=scope.persons)}
    open_questions = list(unknown(scope).filter(about__in=scope.persons).values_list("about", flat=True))
    orders, releases = (_rows(scope, fact, moment) for fact in ("orders", "releases"))
    return [
        _one(person, rows[person], bound.get(person), moment, open_questions.count(person), orders, releases)
        for person in scope.persons
    ]


def _one(
    person: str,
    rows: Sequence[Obligation],
    bound: Standing | None,
    moment: datetime,
    not_known: int,
    orders: Iterable[Row],
    releases: Iterable[Row],
) -> Mine:
    alive = [row for row in rows if row.status in ("open", "overdue")]
    binding = [row for row in rows if row.restricts and (row.closes_at is None or row.closes_at > moment)]
    binding = [row for row in binding if row.status not in ("waived", "upcoming")]
    over = [
        row
        for row in rows
        if row.status in ("met", "met_late", "missed", "waived")
        and row not in binding
        and row.due_at > moment - LATELY
    ]
    return Mine(
        person,
        bound,
        tuple(binding),
        tuple(row for row in alive if row not in binding),
        tuple(row for row in rows if row.status == "upcoming"),
        tuple(reversed(over)),
        not_known,
        tuple(row for row in orders if row["person"] == person),
        tuple(row for row in releases if row["person"] == person),
    )


def obligation(scope: Scope, moment: datetime, number: str) -> Obligation | None:
    """A row about somebody of the scope; None for any other."""
    found = every_obligation(scope).filter(obligation_id=number, about__in=scope.persons, about_kind="person")
    row: Obligation | None = found.first()
    if row is not None:
        audit.note(scope, moment, "read", "why", [row.about])
    return row


def reasons(row: Obligation) -> Reasons:
    """What a row rests on, as far as it is the person's own business."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM sizao_own_reasons(%s)", [row.obligation_id])
        links = cursor.fetchall()
    last: dict[tuple[str, int, int], tuple[Any, ...]] = {}
    for link in sorted(links, key=lambda one: (one[3], one[4], one[5])):
        last[link[0], link[1], link[2]] = link
    told = [_reason(link) for link in last.values() if link[6] != "retract"]
    cited = {one for one in [*row.because.split(","), f"{row.trigger_fact}:{row.trigger_key}"] if one}
    told.sort(key=lambda one: (one.known_at, one.fact))
    return Reasons(tuple(told), max(0, len(cited) - len(last)))


def _reason(link: tuple[Any, ...]) -> Reason:
    values = link[7] if isinstance(link[7], dict) else json.loads(link[7])
    kinds = {one.name: one.arrow for one in stored_columns(link[0])}
    return Reason(link[0], {name: typed(kinds[name], value) for name, value in values.items()}, link[4])


def beside(scope: Scope, row: Obligation, most: int = 30) -> list[Obligation]:
    """Other rows of the same cause about the same person: what came before, and what comes next."""
    same = Q(rule=row.rule, trigger_fact=row.trigger_fact, trigger_key=row.trigger_key, about=row.about)
    rows = obligations(scope).filter(same).exclude(obligation_id=row.obligation_id)
    return list(rows.order_by("due_at", "obligation_id")[:most])


def order(scope: Scope, moment: datetime, number: str) -> Row | None:
    """An order about somebody of the scope."""
    return next((row for row in _rows(scope, "orders", moment) if row["order"] == number), None)


def released(scope: Scope, moment: datetime, person: str) -> Row | None:
    """The last release of somebody of the scope."""
    return next((row for row in _rows(scope, "releases", moment) if row["person"] == person), None)


def looks(scope: Scope, person: str) -> list[Look]:
    """Who read or recorded something about somebody of the scope, the last first; of no account the name."""
    return audit.who_looked(scope, person) if person in scope.persons else []


def declared(scope: Scope, moment: datetime) -> list[Row]:
    """What was declared about the people of the scope, by whomever, the last first."""
    return _rows(scope, "declarations", moment)


def recorded(scope: Scope, fact: str, moment: datetime) -> list[Row]:
    """The effective rows of a fact about the people of the scope, the last first."""
    return _rows(scope, fact, moment)


def _rows(scope: Scope, fact: str, moment: datetime) -> list[Row]:
    if not scope.may_read(fact):
        return []
    event = FACTS[fact].event
    rows = effective(scope, fact, moment).filter(person__in=scope.persons)
    return plain(rows.order_by(f"-{event}", "-known_at"))


def days_left(until: datetime | None, moment: datetime) -> int | None:
    """Whole days until a restriction ends, today included; None where it has no end or has ended."""
    if until is None or until <= moment:
        return None
    return max(1, -(-int((until - moment).total_seconds()) // 86_400))
