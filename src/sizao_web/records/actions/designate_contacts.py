"""Decide who is a contact of a case: for each the exposure, where nobody has recorded it, and the class."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sizao_web.records.access.scope import Scope
from sizao_web.records.writing import Given, Outcome, write


@dataclass(frozen=True)
class Contact:
    """One decision. named: the exposure is on record already."""

    person: str
    kind: str
    first_on: date
    last_on: date
    class_: str
    named: bool = False


def designate_contacts(
    scope: Scope,
    moment: datetime,
    contacts: Iterable[Contact],
    *,
    case: str,
    case_person: str,
    on: date,
    form: str,
    request: str | None = None,
) -> Outcome:
    """Record these decisions, all or none. form: the UUID its page made. Refused, Conflict, NotAllowed."""
    given = [fact for one in contacts for fact in _facts(one, case, case_person, on, form)]
    return write(scope, moment, given, request=request)


def _facts(one: Contact, case: str, case_person: str, on: date, form: str) -> Iterator[Given]:
    about = {"person": one.person, "case": case, "case_person": case_person}
    if not one.named:
        met = {"kind": one.kind, "first_on": min(one.first_on, one.last_on), "last_on": one.last_on}
        yield Given("exposures", {**about, **met}, f"{form}/exposures/{one.person}")
    decided = {"class": one.class_, "last_exposed_on": one.last_on, "designated_on": on}
    yield Given("designations", {**about, **decided}, f"{form}/designations/{one.person}")
