"""Quarantine sites: the rooms of an office, who is in them, who is expected, what is still due of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery

from sizao.capacity.placement import CONTACTS, ENDS_APART, FAMILY, OTHERS, Guest, Limits, Room
from sizao.terms.time import local_day
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Obligation
from sizao_web.records.reading.facts import effective, plain
from sizao_web.records.reading.ledger import obligations, standing
from sizao_web.records.reading.pack import number_on
from sizao_web.settings.clock import bare

Row = dict[str, Any]
CENTRAL = "central"
ROOM = ("place", "room", "floor", "beds", "use", "until_on")
CONDITION = ("place", "room", "condition", "stated_at")
"""What is read of rooms and of their conditions: a site has hundreds."""


@dataclass(frozen=True)
class Stay:
    """Somebody in a room. row: the room stay as recorded; ends_at: when the last restriction ends."""

    person: str
    room: str
    row: Row
    household: str | None
    cases: frozenset[str]
    ends_at: datetime | None

    @property
    def since(self) -> datetime:
        """When they came into this room."""
        at: datetime = self.row["from_at"]
        return at


@dataclass(frozen=True)
class Site:
    """One site as it is now. rooms: by number, with their guests; left over: stays in rooms on no record."""

    place: str
    located_in: str
    rooms: tuple[Room, ...]
    stays: tuple[Stay, ...]
    conditions: dict[str, Row] = field(default_factory=dict)

    @property
    def floors(self) -> list[str]:
        """Floors with a room or a guest, in order."""
        return sorted({one.floor for one in self.rooms})

    @property
    def by_room(self) -> dict[str, list[Stay]]:
        """Room -> who is in it."""
        found: dict[str, list[Stay]] = {}
        for one in self.stays:
            found.setdefault(one.room, []).append(one)
        return found

    @property
    def free(self) -> list[Room]:
        """Rooms for people in quarantine that stand empty and ready."""
        return [one for one in self.rooms if one.free]

    def room(self, number: str) -> Room | None:
        """The room of that number."""
        return next((one for one in self.rooms if one.room == number), None)

    def stay_of(self, person: str) -> Stay | None:
        """Where somebody is."""
        return self._by_person.get(person)

    @cached_property
    def _by_person(self) -> dict[str, Stay]:
        found: dict[str, Stay] = {}
        for one in self.stays:
            found.setdefault(one.person, one)
        return found


def sites_of(scope: Scope, known_by: datetime, today: date) -> list[Row]:
    """The quarantine sites in the areas for which the organisation has the task `site`, in order."""
    tasks = effective(scope, "offices", known_by).filter(office=scope.organisation, task="site")
    covered = Q(pk__in=())
    for area in _lasting(tasks, today).values_list("covers", flat=True):
        covered |= Q(located_in=area) | Q(located_in__gte=f"{area}/", located_in__lt=f"{area}0")
    places = effective(scope, "places", known_by).filter(covered, kind="quarantine_site")
    return plain(_lasting(places, today).order_by("place"))


def site(scope: Scope, known_by: datetime, zone: str, place: Row) -> Site:
    """A site with its rooms, their conditions and those who are in them."""
    today, name = local_day(bare(known_by), zone), place["place"]
    stays = _stays(scope, known_by, zone, name)
    conditions = {room: row for (_, room), row in _conditions(scope, known_by, [name]).items()}
    left = {room: at for (_, room), at in _left(scope, known_by, [name]).items()}
    guests: dict[str, list[Guest]] = {}
    for one in stays:
        guests.setdefault(one.room, []).append(guest_of(one, zone))
    found = []
    for row in _rooms(scope, known_by, [name], today):
        number, inside = row["room"], tuple(guests.pop(row["room"], ()))
        state = _condition(conditions.get(number), left.get(number), bool(inside))
        found.append(Room(number, row["floor"], row["beds"], row["use"], state, inside))
    # Who is in a room on no record is not lost: the room is shown with as many beds as people.
    strays = [Room(room, "?", len(inside), guests=tuple(inside)) for room, inside in sorted(guests.items())]
    return Site(name, place["located_in"], (*found, *strays), tuple(stays), conditions)


@dataclass(frozen=True)
class Occupied:
    """How full one site is. states: state of a room (`state_of`) -> how many; inside: who is in a room."""

    states: Counter[str] = field(default_factory=Counter)
    inside: list[str] = field(default_factory=list)


def occupied(scope: Scope, known_by: datetime, zone: str, places: Iterable[str]) -> dict[str, Occupied]:
    """Site -> how full it is. Four questions, however many sites; nobody's room or end is told."""
    found = {place: Occupied() for place in places}
    wanted, today = list(found), local_day(bare(known_by), zone)
    taken = set[tuple[str, str]]()
    for place, room, person in _running(scope, known_by, wanted).values_list("place", "room", "person"):
        found[place].inside.append(person)
        taken.add((place, room or ""))
    conditions, left = _conditions(scope, known_by, wanted), _left(scope, known_by, wanted)
    held = _held(scope, known_by, wanted, today).values_list("place", "room", "use", "until_on")
    strays = set(taken)
    for at, (place, _, use, until) in {row[:2]: row for row in held}.items():
        if until is None or until > today:
            strays.discard(at)
            here = at in taken
            condition = _condition(conditions.get(at), left.get(at), here)
            found[place].states[state_of(use, condition, taken=here)] += 1
    for place, _ in strays:  # rooms on no record, with somebody in them
        found[place].states["occupied"] += 1
    return found


def state_of(use: str, condition: str, *, taken: bool) -> str:
    """What a room counts as: occupied, or the condition in which it stands empty; staff rooms apart."""
    if use != "quarantine":
        return "other_use"
    return "occupied" if taken else condition


def guest_of(stay: Stay, zone: str) -> Guest:
    """Somebody in a room as the proposal of rooms knows them."""
    return Guest(stay.person, stay.household, stay.cases, last_day(stay.ends_at, zone))


def last_day(ends_at: datetime | None, zone: str) -> date | None:
    """The last day of a restriction that ends at this moment."""
    return None if ends_at is None else local_day(bare(ends_at) - timedelta(microseconds=1), zone)


def limits_on(day: date) -> Limits:
    """Who may share a room, as the pack states it on a day; where it states nothing, nobody may."""
    stated = [number_on(name, day) for name in (FAMILY, CONTACTS, OTHERS)]
    apart = number_on(ENDS_APART, day)
    family, contacts, others = (1 if one is None else int(one) for one in stated)
    return Limits(family, contacts, others, None if apart is None else int(apart))


def expected(scope: Scope, inside: Iterable[str]) -> QuerySet[Obligation]:
    """Restrictions that the office must carry out at a site and that nobody is in a room for yet."""
    waiting = obligations(scope).filter(
        responsible=scope.organisation, restricts=True, place=CENTRAL, about_kind="person",
        status__in=("overdue", "open", "upcoming"),
    )  # fmt: skip
    return waiting.exclude(about__among=inside).order_by("due_at", "obligation_id")


def households_of(scope: Scope, known_by: datetime, zone: str, persons: Iterable[str]) -> dict[str, str]:
    """Person -> the household to which they belong today."""
    today = local_day(bare(known_by), zone)
    rows = effective(scope, "households", known_by).filter(person__among=persons, from_on__lte=today)
    return dict(_lasting(rows, today).values_list("person", "household"))


def cases_of(scope: Scope, known_by: datetime, persons: Iterable[str]) -> dict[str, frozenset[str]]:
    """Person -> the cases of whom they are close contacts."""
    rows = effective(scope, "designations", known_by).filter(person__among=persons, class_named="close")
    found: dict[str, set[str]] = {}
    for person, case in rows.values_list("person", "case"):
        found.setdefault(person, set()).add(case)
    return {person: frozenset(cases) for person, cases in found.items()}


def ends_of(scope: Scope, persons: Iterable[str]) -> dict[str, datetime]:
    """Person -> when the last restriction ends; nobody who is bound by nothing."""
    return dict(standing(scope).filter(person__among=persons).values_list("person", "until"))


def due_about(persons: Sequence[str]) -> list[Row]:
    """What is still due of people whom the office has, whoever does it; of restrictions also those met."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM sizao_due_about(%s)", [list(persons)])
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def orders_of(scope: Scope, known_by: datetime, person: str) -> list[Row]:
    """The orders that were made about somebody, the last first."""
    return plain(effective(scope, "orders", known_by).filter(person=person).order_by("-from_on", "-known_at"))


def releases_of(scope: Scope, known_by: datetime, person: str) -> list[Row]:
    """The releases of somebody, the last first."""
    return plain(effective(scope, "releases", known_by).filter(person=person).order_by("-released_at"))


def stays_at(scope: Scope, known_by: datetime, person: str) -> list[Row]:
    """Where somebody is said to stay now (`stays` without an end)."""
    return plain(effective(scope, "stays", known_by).filter(person=person, until_on__isnull=True))


def rooms_of(scope: Scope, known_by: datetime, person: str) -> list[Row]:
    """Every room stay of somebody, the last first."""
    return plain(effective(scope, "room_stays", known_by).filter(person=person).order_by("-from_at"))


def needs_of(scope: Scope, known_by: datetime, persons: Iterable[str]) -> list[Row]:
    """Requests of these people that nobody has answered, the oldest first."""
    asked = effective(scope, "requests", known_by).filter(person__among=persons).order_by("asked_at")
    rows = plain(asked)
    answered = effective(scope, "request_outcomes", known_by)
    done = set(
        answered.filter(request__in=[row["request"] for row in rows]).values_list("request", flat=True)
    )
    return [row for row in rows if row["request"] not in done]


def checks_of(
    scope: Scope, known_by: datetime, since: datetime, persons: Iterable[str]
) -> dict[str, list[Row]]:
    """Person -> the checks of health since a moment, in order."""
    rows = effective(scope, "health_checks", known_by).filter(person__among=persons, checked_at__gte=since)
    found: dict[str, list[Row]] = {}
    for row in plain(rows.order_by("checked_at")):
        found.setdefault(row["person"], []).append(row)
    return found


def guests(scope: Scope, known_by: datetime, places: Iterable[str]) -> QuerySet[Any]:
    """The room stays that run at these sites, each with `ends_at`: when the last restriction ends."""
    rows = _running(scope, known_by, places)
    ends = standing(scope).filter(person=OuterRef("person")).values("until")[:1]
    return rows.annotate(ends_at=Subquery(ends))


def _running(scope: Scope, known_by: datetime, places: Iterable[str]) -> QuerySet[Any]:
    return effective(scope, "room_stays", known_by).filter(
        place__among=places, until_at__isnull=True, from_at__lte=known_by
    )


def _stays(scope: Scope, known_by: datetime, zone: str, place: str) -> list[Stay]:
    found = plain(guests(scope, known_by, [place]).order_by("room", "person"))
    persons = [row["person"] for row in found]
    households, cases = households_of(scope, known_by, zone, persons), cases_of(scope, known_by, persons)
    ends = ends_of(scope, persons)
    return [
        Stay(
            row["person"], row["room"] or "", row, households.get(row["person"]),
            cases.get(row["person"], frozenset()), ends.get(row["person"]),
        )
        for row in found
    ]  # fmt: skip


def _rooms(scope: Scope, known_by: datetime, places: list[str], today: date) -> list[Row]:
    """Of each room what holds today: ROOM."""
    held = _held(scope, known_by, places, today).values(*ROOM)
    found = {(row["place"], row["room"]): row for row in held}
    lasting = [row for row in found.values() if row["until_on"] is None or row["until_on"] > today]
    return sorted(lasting, key=lambda row: (row["floor"], row["room"], row["place"]))


def _held(scope: Scope, known_by: datetime, places: list[str], today: date) -> QuerySet[Any]:
    """What was said of rooms up to a day; of each room the last counts."""
    rows = effective(scope, "rooms", known_by).filter(place__among=places, from_on__lte=today)
    return rows.order_by("from_on", "known_at")


def _conditions(scope: Scope, known_by: datetime, places: list[str]) -> dict[tuple[str, str], Row]:
    """(place, room) -> what was last said of it: CONDITION."""
    rows = effective(scope, "room_conditions", known_by).filter(place__among=places)
    stated = rows.order_by("stated_at", "known_at").values(*CONDITION)
    return {(row["place"], row["room"]): row for row in stated}


def _left(scope: Scope, known_by: datetime, places: list[str]) -> dict[tuple[str, str], datetime]:
    """(place, room) -> when somebody last left it."""
    rows = effective(scope, "room_stays", known_by).filter(place__among=places, until_at__lte=known_by)
    last = rows.values_list("place", "room").annotate(at=Max("until_at")).order_by()
    return {(place, room): at for place, room, at in last}


def _condition(stated: Row | None, left_at: datetime | None, taken: bool) -> str:
    """What was said of the room; the last who leaves leaves it to be disinfected, until it is said to be."""
    if taken and (stated is None or stated["condition"] != "out_of_use"):
        return "ready"
    if stated is not None and stated["condition"] == "out_of_use":
        return "out_of_use"
    if left_at is not None and (stated is None or stated["stated_at"] < left_at):
        return "to_disinfect"
    return "ready" if stated is None else str(stated["condition"])


def _lasting(rows: QuerySet[Any], today: date) -> QuerySet[Any]:
    return rows.filter(Q(from_on__lte=today), Q(until_on__isnull=True) | Q(until_on__gt=today))
