"""Audit rows: who did what to whom for which purpose, without clinical values and without names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from sizao_web.records.access.scope import Scope
from sizao_web.records.prepared import prepared
from sizao_web.records.sealing import pseudonyms


@dataclass(frozen=True)
class Look:
    """Somebody read or wrote something about a person. what: the fact or the page."""

    happened_at: datetime
    account: str
    role: str
    area: str
    organisation: str | None
    purpose: str
    deed: str
    what: str


def subject_of(text: str) -> str:
    """A person, place or key as the audit knows it: a keyed hash, because numbers can be guessed."""
    return pseudonyms(text)[0]


def note(
    scope: Scope, moment: datetime, deed: str, what: str, subjects: Iterable[str], request: str | None = None
) -> None:
    """One audit row for each subject, in the transaction of the deed itself."""
    hashed = [subject_of(subject) for subject in dict.fromkeys(subjects)]
    if not hashed:
        return
    said = [moment, scope.account, scope.role, scope.area, scope.organisation, scope.purpose, deed, what]
    with prepared() as cursor:
        # No RETURNING, as Django would write: who adds rows here need not be one who may read them.
        cursor.execute(
            "INSERT INTO audit_entry (happened_at, account, role, area, organisation, purpose, deed, what,"
            " request, subject)"
            " SELECT %s, %s, %s, %s, %s, %s, %s, %s, %s, subject FROM unnest(%s::text[]) AS subject",
            [*said, request, hashed],
        )


def who_looked(scope: Scope, person: str) -> list[Look]:
    """Who read or wrote about this person, the last first; nothing for a person outside the scope."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM sizao_who_looked(%s, %s)", [person, pseudonyms(person)])
        return [Look(*row) for row in cursor.fetchall()]
