"""The visits as the page shows them: one card a door, with what is due of whom and what was found today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sizao.terms.time import local_day
from sizao.terms.words import Words
from sizao_web.desks.community import presenters as words
from sizao_web.desks.community.depending import Mate, mates_of
from sizao_web.desks.community.forms import new_form
from sizao_web.pages import demands, presenters
from sizao_web.pages.addresses import PERSON, WHY, address
from sizao_web.pages.telling import Telling
from sizao_web.pages.urgency import consequence, group_of
from sizao_web.records.reading.identities import Known, identities_of
from sizao_web.records.reading.persons import is_seen
from sizao_web.records.reading.proofs import way_of
from sizao_web.records.reading.visits import Door, members_of, recorded_today, rows_of
from sizao_web.settings.clock import bare

PAGE = "community"  # what the audit calls these pages


@dataclass(frozen=True)
class Due:
    """One row of a person: what, until when, in which colour, and what happens otherwise."""

    what: Words
    until: Words
    css: str
    otherwise: Words
    why: str | None


@dataclass(frozen=True)
class Member:
    """One person at the door. mates: of whom it is asked whether they depend on this person."""

    person: str
    name: str
    telephone: str | None
    page: str | None
    due: tuple[Due, ...]
    ways: tuple[str, ...]
    today: tuple[str, ...]
    mates: tuple[Mate, ...] = ()

    @property
    def asks_temperature(self) -> bool:
        """Whether a check of health is due; who has nothing due may be asked too."""
        return "health_checks" in self.ways

    @property
    def asks_tube(self) -> bool:
        """Whether a test is due."""
        return bool({"tests", "samplings"} & set(self.ways))

    @property
    def asks_dependants(self) -> bool:
        """Whether it must be asked who depends on the person."""
        return "dependants" in self.ways

    @property
    def asks_carer(self) -> bool:
        """Whether somebody must be found who cares for the person."""
        return "carers" in self.ways

    @property
    def asks_home(self) -> bool:
        """Whether an answer puts on record that the person is at home under observation."""
        return any(way.startswith("room_stays") for way in self.ways)


@dataclass(frozen=True)
class Card:
    """One door. form: the number of its form, made anew each time the page is made; area: where it lies, said
    to who answers for several."""

    door: str
    household: str | None
    office: str
    address: str | None
    group: str
    css: str
    until: Words
    members: tuple[Member, ...]
    others: tuple[Member, ...] = ()
    area: str = ""
    form: str = field(default_factory=new_form)

    @property
    def page(self) -> str | None:
        """The page of this door alone."""
        if self.household:
            return address("community:household", self.household)
        return address("community:person", self.door)

    @property
    def telephones(self) -> list[tuple[str, str]]:
        """(name, number) of those who have one."""
        return [(one.name or one.person, one.telephone) for one in self.members if one.telephone]

    @property
    def names(self) -> list[str]:
        """Whom the visit is to."""
        return [one.name or one.person for one in self.members]

    @property
    def tasks(self) -> list[tuple[Words, int]]:
        """What is to be done there, and of how many."""
        found: dict[Words, int] = {}
        for member in self.members:
            for due in dict.fromkeys(due.what for due in member.due):
                found[due] = found.get(due, 0) + 1
        return list(found.items())


def cards(telling: Telling, offices: Sequence[str], doors: Sequence[Door]) -> list[Card]:
    """The cards of these doors, with those of whom something is due."""
    rows = rows_of(telling.scope, offices, [one.door for one in doors])
    known = identities_of(telling.scope, telling.moment, {row["about"] for row in rows}, PAGE)
    today = recorded_today(telling.scope, telling.moment, telling.zone, {row["about"] for row in rows})
    mates = mates_of(telling, rows, PAGE)
    telling.meet([{"area": door.area} for door in doors], areas=("area",))
    return [_card(telling, door, _at(rows, door, telling.zone), known, today, mates) for door in doors]


def household_card(
    telling: Telling, offices: Sequence[str], household: str, all_doors: Sequence[Door]
) -> Card | None:
    """The card of one household with all its people, due or not; None when nobody of it is seen."""
    people = members_of(telling.scope, telling.moment, telling.zone, [household])[household]
    rows = rows_of(telling.scope, offices, [household])
    return _whole(telling, household, household, people, rows, all_doors)


def person_card(
    telling: Telling, offices: Sequence[str], person: str, all_doors: Sequence[Door]
) -> Card | None:
    """The card of a person who belongs to no household on record, due or not; None when they are not seen."""
    if not is_seen(telling.scope, person):
        return None
    rows = [row for row in rows_of(telling.scope, offices, [person]) if row["about"] == person]
    return _whole(telling, person, None, [person], rows, all_doors)


def _whole(
    telling: Telling,
    door: str,
    household: str | None,
    people: Sequence[str],
    rows: list[dict[str, Any]],
    all_doors: Sequence[Door],
) -> Card | None:
    persons = sorted({*people, *(row["about"] for row in rows)})
    if not persons:
        return None
    known = identities_of(telling.scope, telling.moment, persons, PAGE)
    today = recorded_today(telling.scope, telling.moment, telling.zone, persons)
    first = next((one for one in all_doors if one.door == door), None)
    due = {row["about"] for row in rows}
    others = [_member(telling, person, [], known, today) for person in persons if person not in due]
    if first is None:
        nothing = Words("今天没有待办", "nothing is due")
        office = telling.scope.organisation or ""
        return Card(
            door, household, office, _address(known), "later", "state-met", nothing, (), tuple(others)
        )
    card = _card(telling, first, rows, known, today, mates_of(telling, rows, PAGE))
    return Card(
        door,
        household,
        card.office,
        _address(known),
        card.group,
        card.css,
        card.until,
        card.members,
        tuple(others),
    )


def _at(rows: list[dict[str, Any]], door: Door, zone: str) -> list[dict[str, Any]]:
    """The rows of one visit: a household that must be visited on two days has two."""
    here = [row for row in rows if (row["household"] or row["about"]) == door.door]
    return [row for row in here if row["responsible"] == door.office and _on(row, zone) <= door.visit_on]


def _on(row: dict[str, Any], zone: str) -> date:
    return local_day(bare(row["due_at"]) - timedelta(microseconds=1), zone)


def _card(
    telling: Telling,
    door: Door,
    rows: list[dict[str, Any]],
    known: Mapping[str, Known],
    today: Mapping[str, Any],
    mates: Mapping[str, tuple[Mate, ...]],
) -> Card:
    group = group_of(door.overdue > 0, door.due_at, telling.moment, telling.zone, on=door.visit_on)
    name = "overdue" if door.overdue else "open"
    mark = presenters.standing_of(name, telling.moment, due_at=door.due_at)
    limit = presenters.limit(door.due_at, telling.moment, telling.zone)
    persons = list(dict.fromkeys(row["about"] for row in rows))
    return Card(
        door=door.door,
        household=door.household,
        office=door.office,
        address=_address({person: known[person] for person in persons if person in known}),
        group=group,
        css=words.GROUPS[group][1],
        area=telling.area(door.area) if door.area != telling.scope.area else "",
        until=mark if door.overdue else limit,
        members=tuple(
            replace(
                _member(telling, person, [row for row in rows if row["about"] == person], known, today),
                mates=mates.get(person, ()),
            )
            for person in persons
        ),
    )


def _address(known: Mapping[str, Known]) -> str | None:
    return next((one.address for one in known.values() if one.address), None)


def _member(
    telling: Telling,
    person: str,
    rows: list[dict[str, Any]],
    known: Mapping[str, Known],
    today: Mapping[str, Any],
) -> Member:
    who = known.get(person)
    ways = (way_of(row["rule"], row["version"], row["step"], row["place"]) for row in rows)
    return Member(
        person=person,
        name=who.name if who else "",
        telephone=who.telephone if who else None,
        page=address(PERSON, person),
        due=tuple(_due(telling, row) for row in rows),
        # Of whom nothing is due health may be asked all the same.
        ways=tuple(dict.fromkeys(str(way) for way in ways if way is not None)) or ("health_checks",),
        today=tuple(_said(telling, *one) for one in today.get(person, ())),
    )


def _due(telling: Telling, row: dict[str, Any]) -> Due:
    now, zone = telling.moment, telling.zone
    late = row["status"] == "overdue"
    mark = presenters.standing_of(row["status"], now, due_at=row["due_at"])
    return Due(
        what=demands.demand(row),
        until=mark if late else presenters.limit(row["due_at"], now, zone),
        css="state-overdue" if late else "state-open",
        otherwise=consequence(row, now, zone),
        why=address(WHY, row["obligation_id"]),
    )


def _said(telling: Telling, at: datetime, fact: str, row: Mapping[str, Any]) -> str:
    said = words.told(fact, row, {})
    return f"{telling.local(at):%H:%M} {telling.said(said)}" if said else f"{telling.local(at):%H:%M}"
