"""Who a person is, for duties that may know; each reading leaves one audit row for each person read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from sizao_web.records import audit
from sizao_web.records.access.persons import sees_person
from sizao_web.records.access.policies import POLICIES
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Identity, NameToken
from sizao_web.records.sealing import sought, unseal
from sizao_web.records.tokens import sought_in

FIELDS = ("name", "document", "telephone", "address")
TELEPHONE = re.compile(r"1\d{10}|0\d{9,11}|\+\d{8,15}")
MOST_FOUND = 50
"""People a search shows: who is among more is not looked for by that word."""


@dataclass(frozen=True)
class Known:
    """Who a person is, as last recorded."""

    person: str
    name: str
    document: str | None
    telephone: str | None
    address: str | None


@dataclass(frozen=True)
class Found:
    """What a search found: person -> name, in order of the number; and whether there were more."""

    names: dict[str, str]
    more: bool


def names_of(scope: Scope, moment: datetime, persons: Iterable[str], what: str) -> dict[str, str]:
    """Person -> name of those who have one; nobody for a duty without names. what: the page, for audit."""
    found = _last(scope, persons, ("name",))
    audit.note(scope, moment, "read", what, found)
    return {person: fields["name"] or "" for person, fields in found.items()}


def identities_of(scope: Scope, moment: datetime, persons: Iterable[str], what: str) -> dict[str, Known]:
    """Person -> everything that says who it is, of those on record; nobody for a duty without names."""
    found = _last(scope, persons, FIELDS)
    audit.note(scope, moment, "read", what, found)
    return {
        person: Known(person, said["name"] or "", said["document"], said["telephone"], said["address"])
        for person, said in found.items()
    }


def identity_of(scope: Scope, moment: datetime, person: str, what: str) -> Known | None:
    """Everything that says who the person is, or None: nothing is recorded, or this scope may not know."""
    known = last_identity(scope, person)
    if known is not None:
        audit.note(scope, moment, "read", what, [person])
    return known


def search(scope: Scope, moment: datetime, text: str) -> Found:
    """People in this scope whom the text finds: name, document or telephone number, or the person's number.

    Each whose name is shown is read, and audited so. An empty answer says nothing about people elsewhere. A
    duty without names finds by the person's number only; who has no name recorded stands there with "".
    """
    numbered = [text.strip()] if sees_person(scope, text.strip()) else []
    wanted = sought_in(text)
    if numbered or not wanted or not scope.duty.identities:
        return Found(dict.fromkeys(numbered, "") | names_of(scope, moment, numbered, "search"), False)
    people = _tokens(scope)
    for parts in wanted:
        people = people.filter(person__in=_tokens(scope).filter(token__in=sought(parts)).values("person"))
    found = list(people.order_by("person").values_list("person", flat=True).distinct()[: MOST_FOUND + 1])
    return Found(names_of(scope, moment, found[:MOST_FOUND], "search"), len(found) > MOST_FOUND)


def field_of(text: str) -> str:
    """Into which field of a form a text belongs that found nobody: document, telephone or name.

    A name has no digit. A mobile number has eleven and begins with 1, a fixed one begins with 0, one from
    abroad with +; no document of the country is written so.
    """
    if not any(one.isdigit() for one in text):
        return "name"
    return "telephone" if TELEPHONE.fullmatch(text.replace(" ", "").replace("-", "")) else "document"


def last_identity(scope: Scope, person: str) -> Known | None:
    """The last record, without an audit row: for the action that compares, never for a page."""
    fields = _last(scope, [person], FIELDS).get(person)
    return (
        None
        if fields is None
        else Known(
            person=person,
            name=fields["name"] or "",
            document=fields["document"],
            telephone=fields["telephone"],
            address=fields["address"],
        )
    )


def _last(scope: Scope, persons: Iterable[str], fields: tuple[str, ...]) -> dict[str, dict[str, str | None]]:
    if not scope.duty.identities:
        return {}
    rows = (
        Identity.objects.filter(POLICIES["identity"].q(scope), person__among=persons)
        .order_by("person", "-id")
        .distinct("person")
    )
    return {
        row["person"]: {field: unseal(row["person"], field, row[field]) for field in fields}
        for row in rows.values("person", *fields)
    }


def _tokens(scope: Scope) -> QuerySet[NameToken]:
    return NameToken.objects.filter(POLICIES["identity_token"].q(scope))
