"""Pairs of numbers that may be one person, for who sees both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from sizao.intake.persons import Said
from sizao.intake.persons.likeness import WORDS
from sizao.terms.words import Words
from sizao_web.records import audit
from sizao_web.records.access.policies import MERGING, POLICIES
from sizao_web.records.access.scope import Scope
from sizao_web.records.matching.known import last_said
from sizao_web.records.models import Doubt, DoubtDecision
from sizao_web.records.reading.identities import names_of
from sizao_web.records.reading.persons import Person, person

__all__ = ["MERGING", "Doubt", "Side", "Two", "doubts", "names_in", "open_doubts", "reasons", "two"]


@dataclass(frozen=True)
class Side:
    """One of the two: what it is known by, and what is recorded of it."""

    number: str
    said: Said | None
    person: Person


@dataclass(frozen=True)
class Two:
    """A doubt, both sides, and what was said of it, the last first."""

    doubt: Doubt
    sides: tuple[Side, Side]
    decisions: tuple[DoubtDecision, ...]

    @property
    def last(self) -> DoubtDecision | None:
        """What holds; None while nobody has said anything."""
        return self.decisions[0] if self.decisions else None


def doubts(scope: Scope, *, every: bool = False) -> QuerySet[Doubt]:
    """Those of which nobody has said anything, or all, the likeliest first; `state` is what was said last."""
    said = DoubtDecision.objects.filter(doubt=OuterRef("pk")).order_by("-number").values("decision")[:1]
    rows = Doubt.objects.filter(POLICIES["person_doubt"].q(scope)).annotate(state=Subquery(said))
    if not every:
        rows = rows.filter(state__isnull=True)
    return rows.order_by("-score", "-found_at", "pk")


def open_doubts(scope: Scope, numbers: Iterable[str]) -> list[Doubt]:
    """The open ones in which one of these numbers stands."""
    if scope.role not in MERGING:
        return []
    mine = tuple(numbers)
    return list(doubts(scope).filter(Q(one__in=mine) | Q(other__in=mine)))


def names_in(scope: Scope, moment: datetime, rows: Iterable[Doubt]) -> dict[str, str]:
    """Number -> name of everybody in these pairs; each is read by it."""
    return names_of(scope, moment, {one for row in rows for one in (row.one, row.other)}, "doubts")


def two(scope: Scope, moment: datetime, number: int) -> Two | None:
    """One doubt with both sides; None where the scope does not see both."""
    found = doubts(scope, every=True).filter(pk=number).first()
    if found is None:
        return None
    said = last_said([found.one, found.other])
    sides = []
    for one in (found.one, found.other):
        told = person(scope, moment, one, moment)
        if told is None:
            return None
        sides.append(Side(one, said.get(one), told))
    audit.note(scope, moment, "read", "identity", [found.one, found.other])
    return Two(found, (sides[0], sides[1]), tuple(found.decisions.order_by("-number")))


def reasons(doubt: Doubt) -> list[Words]:
    """What agrees and what does not, in words; nothing of what stands in a record."""
    return [WORDS[field, level] for field, level in doubt.levels.items() if (field, level) in WORDS]
