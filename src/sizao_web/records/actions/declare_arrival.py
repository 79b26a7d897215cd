"""Record somebody's arrival in one write: who they are, where from, how, where they will stay, how they feel.

The number of a person whom nobody knew is made from the number of the form, so that the same form sent again
is the same person and the same arrival.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from sizao_web.records.access.persons import sees_person
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.record_identity import record_identity
from sizao_web.records.writing import Given, NotAllowed, Outcome, write


@dataclass(frozen=True)
class Elsewhere:
    """Where else somebody was before they came. until_on: the first day on which they were not there."""

    located_in: str
    from_on: date
    until_on: date


@dataclass(frozen=True)
class Declared:
    """What somebody at a station says. person: their number where they are known here, else None.

    until_on: first day on which they were no longer at the origin; staying_in: the area of the city.
    """

    person: str | None
    name: str
    document: str | None
    telephone: str | None
    arrived_on: date
    origin: str | None
    origin_country: str | None
    stayed_from: date
    conveyance: str | None
    conveyance_number: str | None
    seat: str | None
    staying_in: str
    symptoms: bool
    code_scanned: bool | None = None
    elsewhere: tuple[Elsewhere, ...] = ()


def number_of(form: str) -> str:
    """The number of the person whom a form makes known."""
    return f"E-{form.replace('-', '')[-12:]}"


def declare_arrival(
    scope: Scope, moment: datetime, declared: Declared, *, form: str, request: str | None = None
) -> tuple[str, Outcome]:
    """The person's number, and what became of the facts. Refused, Conflict, NotAllowed."""
    person = declared.person or number_of(form)
    if declared.person is not None and not sees_person(scope, person):
        raise NotAllowed("This person is not among those whom this duty sees.")
    with transaction.atomic():
        outcome = write(scope, moment, list(_facts(declared, person, moment, form)), request=request)
        record_identity(
            scope,
            moment,
            person,
            name=declared.name,
            document=declared.document,
            telephone=declared.telephone,
            request=request,
        )
    return person, outcome


def _facts(said: Declared, person: str, moment: datetime, form: str) -> Iterator[Given]:
    if said.person is None:
        yield Given(
            "people", {"person": person, "sex": None, "birth_year": None, "happened_at": moment}, form
        )
    came = {
        "person": person, "arrived_on": said.arrived_on, "origin": said.origin,
        "origin_country": said.origin_country, "conveyance": said.conveyance,
        "conveyance_number": said.conveyance_number, "seat": said.seat,
        "declared": "port" if said.origin_country else "declared",
    }  # fmt: skip
    if said.origin is not None:
        there = {"located_in": said.origin, "place": None, "from_on": said.stayed_from}
        yield Given("stays", {"person": person, **there, "until_on": said.arrived_on}, f"{form}/there")
    for number, one in enumerate(said.elsewhere, 1):
        was = {"located_in": one.located_in, "place": None, "from_on": one.from_on, "until_on": one.until_on}
        yield Given("stays", {"person": person, **was}, f"{form}/there/{number}")
    here = {"person": person, "located_in": said.staying_in, "place": None, "from_on": said.arrived_on}
    yield Given("stays", {**here, "until_on": None}, f"{form}/here")
    yield Given("arrivals", came, form)
    told = {"receiver": "community", "declared_at": moment, "symptoms": said.symptoms}
    yield Given("declarations", {"person": person, "code_scanned": said.code_scanned, **told}, form)
