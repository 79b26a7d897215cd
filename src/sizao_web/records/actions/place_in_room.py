"""Put people into rooms of a quarantine site: newcomers, and those who change rooms. One write for all.

Whoever comes in is taken over from the office that offers them, is no longer at home, and stays on the
grounds of the site: everything that follows from it is on record at once, and nobody types it a second time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sizao.facts.dictionary import fact as declared
from sizao.facts.schemas import own_columns
from sizao_web.records.access.persons import sees_person
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading import hand_overs, sites
from sizao_web.records.writing import Given, NotAllowed, Outcome, write

LEFT = "left the room"

Row = dict[str, Any]


@dataclass(frozen=True)
class Placing:
    """Somebody and the room chosen for them."""

    person: str
    room: str


def place_in_room(
    scope: Scope,
    moment: datetime,
    *,
    site: sites.Site,
    placings: Sequence[Placing],
    at: datetime,
    today: date,
    form: str,
    request: str | None = None,
) -> Outcome:
    """Record that they are in these rooms from `at` on. form: the UUID that the page made.

    NotAllowed for somebody whom this office does not answer for; Refused, Conflict.
    """
    offered = {one.person: one for one in hand_overs.offered_to(scope, moment)}
    given: list[Given] = []
    for one in placings:
        if not sees_person(scope, one.person):
            raise NotAllowed("This person is not among those whom this duty sees.")
        if one.person in offered:
            offer = offered[one.person]
            values = {
                "hand_over": offer.hand_over, "person": one.person,
                "accepted_office": offer.to_office, "accepted_at": at,
            }  # fmt: skip
            given.append(Given("hand_over_acceptances", values, offer.hand_over))
        given += ended_stays(scope, moment, one.person, at)
        given += _begun(scope, moment, site, one, at, today, form)
    return write(scope, moment, given, request=request)


def ended_stays(scope: Scope, moment: datetime, person: str, at: datetime) -> Iterator[Given]:
    """The room stays of somebody that run, each ended by a correction. Those of other cities stay."""
    for row in sites.rooms_of(scope, moment, person):
        if row["until_at"] is None and row["from_at"] < at and is_own(scope, row):
            yield changed("room_stays", row, LEFT, until_at=at)


def is_own(scope: Scope, row: Row) -> bool:
    """Whether it was recorded in the area of the duty: what others recorded is theirs to correct."""
    return bool(row["area"] == scope.area or row["area"].startswith(f"{scope.area}/"))


def changed(fact: str, row: Row, reason: str, **values: Any) -> Given:
    """The next link of a record, with these values instead of the recorded ones."""
    return _next(fact, row, "replace", reason, values)


def retracted(fact: str, row: Row, reason: str, **values: Any) -> Given:
    """The next link of a record that takes it back; values: what a link says beside its own columns."""
    return _next(fact, row, "retract", reason, values)


def _next(fact: str, row: Row, action: str, reason: str, values: Mapping[str, Any]) -> Given:
    own = {column.name: row[column.name] for column in own_columns(declared(fact))}
    return Given(
        fact,
        {**own, **values},
        row["source_record"],
        source_version=row["source_version"] + 1,
        action=action,
        reason=reason,
        source_system=row["source_system"],
        area=row["area"],
    )


def _begun(
    scope: Scope, moment: datetime, site: sites.Site, one: Placing, at: datetime, today: date, form: str
) -> Iterator[Given]:
    stay = {"person": one.person, "place": site.place, "room": one.room, "kind": sites.CENTRAL, "from_at": at}
    yield Given("room_stays", stay, f"{form}/room_stays/{one.person}")
    if not any(row["place"] == site.place for row in sites.stays_at(scope, moment, one.person)):
        there = {"person": one.person, "located_in": site.located_in, "place": site.place, "from_on": today}
        yield Given("stays", there, f"{form}/stays/{one.person}")
