"""Where a team must go, in which order, and whom it samples there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sizao.terms.time import midnight
from sizao.terms.words import Words
from sizao_web.desks.laboratory.duty import PAGE
from sizao_web.pages import demands, presenters
from sizao_web.pages.addresses import WHY, address
from sizao_web.pages.telling import Telling
from sizao_web.pages.urgency import GROUPS, consequence, group_of
from sizao_web.records.reading import tubes
from sizao_web.records.reading.identities import identities_of
from sizao_web.records.reading.pack import policy_in_use, rule_label


@dataclass(frozen=True)
class Due:
    """One row of somebody: what, by which rule, until when, what happens otherwise."""

    what: Words
    rule: Words
    css: str
    until: Words
    otherwise: Words
    why: str | None


@dataclass(frozen=True)
class Person:
    """Somebody to be sampled. rows: what is due of them; largest: how many may share the tube; waiting: the
    tube not resulted yet.
    """

    person: str
    name: str
    telephone: str | None
    address: str | None
    household: str | None
    rows: tuple[tubes.Row, ...]
    largest: int
    waiting: tubes.Tube | None
    first: datetime
    group: str
    again: bool  # because a tube with several people does not prove this person's test
    taken: tuple[tubes.Tube, ...]  # their tubes without a result, the last first; of who is due again all
    telling: Telling

    @cached_property
    def due(self) -> tuple[Due, ...]:
        """What is due in words: put together for those who are shown, of a thousand on the list."""
        return tuple(_due(self.telling, row) for row in self.rows)

    @property
    def alone(self) -> bool:
        """Whether nobody else may be in the tube."""
        return self.largest == 1

    @property
    def css(self) -> str:
        """The colour of the first limit."""
        return self.due[0].css

    @property
    def until(self) -> Words:
        """The first limit."""
        return self.due[0].until


@dataclass(frozen=True)
class Spot:
    """A place or an area with those who are sampled there, the most urgent first."""

    at: str
    name: str
    site: bool
    people: tuple[Person, ...]
    reasons: tuple[tuple[Words, int], ...]

    @cached_property
    def to_do(self) -> list[Person]:
        """Who is still to be sampled."""
        return [one for one in self.people if one.waiting is None]

    @property
    def why(self) -> Words:
        """The rules because of which somebody is sampled here, the most frequent first, with how many."""
        told = [(words, f" × {count}" if count > 1 else "") for words, count in self.reasons]
        return Words(
            "；".join(f"{words.zh}{times}" for words, times in told),
            "; ".join(f"{words.en}{times}" for words, times in told),
        )

    @property
    def waiting(self) -> list[Person]:
        """Whose result is awaited."""
        return [one for one in self.people if one.waiting is not None]

    @property
    def first(self) -> Person:
        """The most urgent: of those to sample, or of those who wait."""
        return (self.to_do or list(self.people))[0]

    @property
    def overdue(self) -> int:
        """People past their limit."""
        return sum(one.group == "overdue" for one in self.to_do)


def awaited(telling: Telling) -> tubes.Awaited:
    """The tubes of yesterday and today without a result."""
    today = tubes.day_of(telling.moment, telling.zone)
    yesterday = presenters.aware(midnight(today - timedelta(days=1), telling.zone))
    return tubes.awaited_since(telling.scope, telling.moment, yesterday)


def spots(telling: Telling, awaited: tubes.Awaited) -> list[Spot]:
    """Every place with somebody to sample, in the order in which to go there; those done come last.

    By numbers alone: names are read of those who are shown, by `named`.
    """
    rows = tubes.due(telling.scope)
    people = sorted({row["about"] for row in rows})
    at = tubes.sites_of(telling.scope, telling.moment, people)
    sites, areas = set(at.values()), {row["about"]: row["area"] for row in rows}
    where = {one: at.get(one) or areas[one] or "" for one in people}
    groups: dict[str, list[Person]] = {}
    for person in _people(telling, rows, awaited):
        groups.setdefault(where[person.person], []).append(person)
    reasons: dict[str, Counter[Words]] = {one: Counter() for one in groups}
    labels = {text: rule_label(*text) for text in {(row["rule"], row["version"]) for row in rows}}
    for row in rows:
        reasons[where[row["about"]]][labels[row["rule"], row["version"]]] += 1
    telling.meet([{"at": one} for one in groups if one not in sites], areas=("at",))
    telling.meet([{"at": one} for one in groups if one in sites], offices=("at",))
    made = [
        Spot(
            one,
            telling.office(one) if one in sites else telling.area(one),
            one in sites,
            tuple(here),
            tuple(reasons[one].most_common()),
        )
        for one, here in groups.items()
    ]
    return sorted(
        made, key=lambda one: (not one.to_do, one.first.group != "overdue", one.first.first, one.at)
    )


def spot_at(telling: Telling, at: str) -> Spot | None:
    """The spot of that name, its people with their names; one where nothing is due is none."""
    found = next((one for one in spots(telling, awaited(telling)) if one.at == at), None)
    return None if found is None else replace(found, people=named(telling, found.people))


def named(telling: Telling, people: Sequence[Person]) -> tuple[Person, ...]:
    """The same people with name, telephone and address as far as on record; each is noted as read."""
    known = identities_of(telling.scope, telling.moment, {one.person for one in people}, PAGE)
    return tuple(
        replace(one, name=who.name, telephone=who.telephone, address=who.address)
        if (who := known.get(one.person))
        else one
        for one in people
    )


def _people(telling: Telling, rows: Sequence[tubes.Row], awaited: tubes.Awaited) -> list[Person]:
    """People with what is due of them, the most urgent first."""
    again = _demanding_again()
    pooled = {row["about"] for row in rows if row["rule"] in again}
    fullest = tubes.fullest(tubes.day_of(telling.moment, telling.zone))
    by_person: dict[str, list[tubes.Row]] = {}
    for row in rows:
        by_person.setdefault(row["about"], []).append(row)
    opened = {person: min(row["opens_at"] for row in mine) for person, mine in by_person.items()}
    taken = tubes.awaited_of(telling.scope, telling.moment, opened, awaited=awaited, whole=pooled)
    found = [
        _person(telling, person, mine, taken.get(person, []), fullest=fullest, again=again)
        for person, mine in by_person.items()
    ]
    return sorted(found, key=lambda one: (one.group != "overdue", one.first, one.household or "", one.person))


def _person(
    telling: Telling,
    person: str,
    rows: Sequence[tubes.Row],
    taken: Sequence[tubes.Tube],
    *,
    fullest: int,
    again: frozenset[str],
) -> Person:
    awaited = [tubes.waits(row, taken) for row in rows]
    waiting = None if None in awaited else awaited[0]
    open_rows = [row for row, tube in zip(rows, awaited, strict=True) if tube is None] or list(rows)
    first = open_rows[0]
    limits = [row["largest"] for row in open_rows if row["largest"] is not None]
    late = any(row["status"] == "overdue" for row in open_rows)
    return Person(
        person,
        "",
        None,
        None,
        first["household"],
        tuple(open_rows),
        min([fullest, *limits]),
        waiting,
        first["due_at"],
        group_of(late, first["due_at"], telling.moment, telling.zone),
        any(row["rule"] in again for row in open_rows),
        tuple(taken),
        telling,
    )


def _due(telling: Telling, row: tubes.Row) -> Due:
    late = row["status"] == "overdue"
    standing = presenters.standing_of(row["status"], telling.moment, due_at=row["due_at"])
    return Due(
        demands.demand(row),
        rule_label(row["rule"], row["version"]),
        GROUPS["overdue" if late else "today"][1],
        standing if late else presenters.limit(row["due_at"], telling.moment, telling.zone),
        consequence(row, telling.moment, telling.zone),
        address(WHY, row["obligation_id"]),
    )


def _demanding_again() -> frozenset[str]:
    """The rules that demand each member of a tube anew."""
    return frozenset(
        rule
        for rule, texts in policy_in_use().rules.items()
        if any(text.for_each == tubes.OF_A_POOL for text in texts)
    )


@dataclass(frozen=True)
class Pool:
    """A tube that does not prove its members' tests, and those of them who must be sampled alone."""

    tube: tubes.Tube
    people: tuple[Person, ...]


def pools(telling: Telling, found: Iterable[Spot]) -> list[Pool]:
    """The tubes because of which people must be sampled again, the most urgent first."""
    again = named(telling, [one for spot in found for one in spot.people if one.again])
    grouped: dict[str, tuple[tubes.Tube, list[Person]]] = {}
    for person in again:
        tube = next((one for one in person.taken if one.kind != "single" and one.result), None)
        if tube is not None:
            grouped.setdefault(tube.sample, (tube, []))[1].append(person)
    made = [Pool(tube, tuple(people)) for tube, people in grouped.values()]
    return sorted(made, key=lambda one: one.people[0].first)


def counts(found: Iterable[Spot]) -> dict[str, Any]:
    """Group -> how many people are still to be sampled."""
    counted = Counter(person.group for spot in found for person in spot.to_do)
    return {group: counted[group] for group in GROUPS}
