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
from sizao_web.records.reading.about import About, about
from sizao_web.records.reading.facts import effective
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
    classified: tuple[Row, ...]  # the last first
    as_contact: tuple[Row, ...]  # cases they were in contact with: other, case, exposures, designations
    as_case: tuple[Row, ...]  # people who were in contact with them, of those the scope sees
    recorded: tuple[Entry, ...]  # the last event first

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
    found = about(scope, same, known_by)
    homes = _current(found.rows("residences", "person", same), today)
    households = _current(found.rows("households", "person", same), today)
    home = homes[0] if homes else None
    household = households[0]["household"] if households else (home or {}).get("household")
    rooms = [row for row in found.rows("room_stays", "person", same) if row["until_at"] is None]
    classified = found.rows("classifications", "person", same)
    return Person(
        number,
        same,
        last_identity(scope, number),
        _last(found.rows("people", "person", same), "happened_at"),
        home,
        household,
        _members(scope, household, known_by, today) if household else (),
        next(iter(_current(found.rows("occupations", "person", same), today)), None),
        _last(rooms, "from_at"),
        _last(found.rows("deaths", "person", same), "died_on"),
        tuple(sorted(classified, key=lambda row: (row["classified_on"], row["happened_at"]), reverse=True)),
        _pairs(found, same, "person", "case_person"),
        _pairs(found, same, "case_person", "person"),
        tuple(timeline(scope, found, same, known_by)),
    )


def is_seen(scope: Scope, number: str) -> bool:
    """Whether this scope answers for the person."""
    return sees_person(scope, number)


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


def looks(scope: Scope, number: str) -> list[Look]:
    """Who read or wrote about the person, the last first."""
    return audit.who_looked(scope, number)


def _same(scope: Scope, number: str, known_by: datetime) -> tuple[str, ...]:
    """The number and every other one that stands for the same person, as far as the scope sees."""
    found = {number}
    while scope.may_read("merges"):
        rows = effective(scope, "merges", known_by).filter(Q(person__in=found) | Q(same_as__in=found))
        more = {one for pair in rows.values_list("person", "same_as") for one in pair} - found
        if not more:
            break
        found |= more
    return (number, *sorted(found - {number}))


def _pairs(found: About, same: tuple[str, ...], mine: str, other: str) -> tuple[Row, ...]:
    """Exposures and designations by (the other person, case), those with the last contact first."""
    pairs: dict[tuple[str, str], Row] = {}
    for fact in ("exposures", "designations"):
        for row in found.rows(fact, mine, same):
            pair = pairs.setdefault((row[other], row["case"]), {"other": row[other], "case": row["case"]})
            pair[fact] = row
    return tuple(sorted(pairs.values(), key=_last_contact, reverse=True))


def _last_contact(pair: Row) -> tuple[date, str]:
    days = [
        row[column]
        for fact, column in (("designations", "last_exposed_on"), ("exposures", "last_on"))
        if (row := pair.get(fact)) and row[column]
    ]
    return max(days, default=date.min), pair["other"]


def _current(rows: list[Row], day: date) -> list[Row]:
    """The rows that hold on a day, the one that began last first."""
    held = [
        row for row in rows if row["from_on"] <= day and (row["until_on"] is None or row["until_on"] > day)
    ]
    return sorted(held, key=lambda row: (row["from_on"], row["known_at"]), reverse=True)


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
