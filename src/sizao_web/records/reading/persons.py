"""One person as a duty may know them: who, where at home, what binds them, and what is recorded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Q

from sizao.terms.time import local_day
from sizao_web.records import audit
from sizao_web.records.access.persons import sees_person
from sizao_web.records.access.scope import Scope
from sizao_web.records.audit import Look
from sizao_web.records.models import Obligation, Standing
from sizao_web.records.reading.facts import effective, plain
from sizao_web.records.reading.identities import Known, last_identity
from sizao_web.records.reading.ledger import every_obligation, standing, unknown
from sizao_web.records.reading.timeline import Entry, timeline
from sizao_web.settings.clock import bare

Row = dict[str, Any]


@dataclass(frozen=True)
class Person:
    """Who a person is. same: every number of theirs that is seen here, the one asked for first."""

    person: str
    same: tuple[str, ...]
    known: Known | None
    row: Row | None
    home: Row | None
    household: str | None
    members: tuple[str, ...]
    occupation: Row | None
    room: Row | None
    died: Row | None

    @property
    def merged_into(self) -> tuple[str, ...]:
        """The other numbers."""
        return self.same[1:]


def person(scope: Scope, moment: datetime, number: str, known_by: datetime) -> Person | None:
    """The person of that number as known by then, for who answers for them; None for anybody else.

    Each call is a reading of a person and leaves its audit row.
    """
    if not sees_person(scope, number):
        return None
    audit.note(scope, moment, "read", "person", [number])
    same = _same(scope, number, known_by)
    today = local_day(bare(known_by), settings.SIZAO.zone)
    homes = _current(scope, "residences", same, known_by, today)
    households = _current(scope, "households", same, known_by, today)
    home = homes[0] if homes else None
    household = households[0]["household"] if households else (home or {}).get("household")
    rooms = [row for row in _of(scope, "room_stays", same, known_by) if row["until_at"] is None]
    return Person(
        number,
        same,
        last_identity(scope, number),
        _last(_of(scope, "people", same, known_by), "happened_at"),
        home,
        household,
        _members(scope, household, known_by, today) if household else (),
        next(iter(_current(scope, "occupations", same, known_by, today)), None),
        _last(rooms, "from_at"),
        _last(_of(scope, "deaths", same, known_by), "died_on"),
    )


def is_seen(scope: Scope, number: str) -> bool:
    """Whether this scope answers for the person."""
    return sees_person(scope, number)


def case_of(scope: Scope, same: Iterable[str], known_by: datetime) -> list[Row]:
    """The person's classifications, the last first; empty for who was never classified."""
    rows = _of(scope, "classifications", tuple(same), known_by)
    return sorted(rows, key=lambda row: (row["classified_on"], row["happened_at"]), reverse=True)


def contacts(scope: Scope, same: Iterable[str], known_by: datetime) -> tuple[list[Row], list[Row]]:
    """(cases the person was in contact with, contacts of the person as a case): designations, else exposures.

    Of contacts only those whom the scope sees.
    """
    same = tuple(same)
    found = []
    for mine, other in (("person", "case_person"), ("case_person", "person")):
        pairs: dict[tuple[str, str], Row] = {}
        for fact in ("exposures", "designations"):
            if scope.may_read(fact):
                for row in plain(effective(scope, fact, known_by).filter(**{f"{mine}__in": same})):
                    pair = pairs.setdefault(
                        (row[other], row["case"]), {"other": row[other], "case": row["case"]}
                    )
                    pair[fact] = row
        found.append(sorted(pairs.values(), key=_latest, reverse=True))
    return found[0], found[1]


def obligations_about(scope: Scope, same: Iterable[str]) -> list[Obligation]:
    """Every row about the person, whatever became of it."""
    return list(every_obligation(scope).filter(about__in=tuple(same)).order_by("due_at", "obligation_id"))


def standing_of(scope: Scope, same: Iterable[str]) -> tuple[Standing | None, list[Obligation]]:
    """What binds the person now, and the rows that do, as far as the scope sees them."""
    found = standing(scope).filter(person__in=tuple(same)).first()
    if found is None:
        return None, []
    rows = every_obligation(scope).filter(obligation_id__in=found.rows.split(","))
    return found, list(rows.order_by("-closes_at", "obligation_id"))


def unknown_about(scope: Scope, same: Iterable[str]) -> list[Any]:
    """What must be found out about the person."""
    return list(unknown(scope).filter(about__in=tuple(same)).order_by("rule"))


def recorded_about(scope: Scope, same: Iterable[str], known_by: datetime) -> list[Entry]:
    """Everything recorded about the person, the last first."""
    return timeline(scope, tuple(same), known_by)


def looks(scope: Scope, number: str) -> list[Look]:
    """Who read or wrote about the person, the last first."""
    return audit.who_looked(scope, number)


def _same(scope: Scope, number: str, known_by: datetime) -> tuple[str, ...]:
    found = {number}
    if not scope.may_read("merges"):
        return (number,)
    while True:
        rows = effective(scope, "merges", known_by).filter(Q(person__in=found) | Q(same_as__in=found))
        more = {one for pair in rows.values_list("person", "same_as") for one in pair} - found
        if not more:
            return (number, *sorted(found - {number}))
        found |= more


def _of(scope: Scope, fact: str, persons: Iterable[str], known_by: datetime) -> list[Row]:
    if not scope.may_read(fact):
        return []
    return plain(effective(scope, fact, known_by).filter(person__in=tuple(persons)))


def _current(scope: Scope, fact: str, persons: Iterable[str], known_by: datetime, day: date) -> list[Row]:
    """The rows that hold on a day, the one that began last first."""
    rows = [
        row
        for row in _of(scope, fact, persons, known_by)
        if row["from_on"] <= day and (row["until_on"] is None or row["until_on"] > day)
    ]
    return sorted(rows, key=lambda row: (row["from_on"], row["known_at"]), reverse=True)


def _members(scope: Scope, household: str, known_by: datetime, day: date) -> tuple[str, ...]:
    found: set[str] = set()
    for fact in ("households", "residences"):
        if scope.may_read(fact):
            rows = effective(scope, fact, known_by).filter(household=household, from_on__lte=day)
            open_rows = rows.filter(Q(until_on__isnull=True) | Q(until_on__gt=day))
            found |= set(open_rows.values_list("person", flat=True))
    return tuple(sorted(found))


def _last(rows: list[Row], column: str) -> Row | None:
    return max(rows, key=lambda row: (row[column], row["known_at"]), default=None)


def _latest(pair: Row) -> tuple[date, str]:
    days = [
        row[column]
        for fact, column in (("designations", "last_exposed_on"), ("exposures", "last_on"))
        if (row := pair.get(fact)) and row[column]
    ]
    return max(days, default=date.min), pair["other"]
