"""Open the register of a place, or the track of a case, around a case that a laboratory proved.

Openings are rows of their own, which the database takes only for a duty that traces, of a place in its area,
and around a case that is confirmed as last classified and has a positive result. So a case that somebody
makes up at a desk opens nobody's door (the case of the Luca app, 2021).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import ProgrammingError, connection, transaction
from psycopg.errors import InsufficientPrivilege

from sizao.terms.words import Words
from sizao_web.records import audit
from sizao_web.records.access.scope import Scope
from sizao_web.records.writing import NotAllowed, Refused

__all__ = ["LONGEST", "NotAllowed", "Opening", "Refused", "open_register"]

LONGEST = timedelta(days=21)  # nothing older is kept


@dataclass(frozen=True)
class Opening:
    """What was opened. place: None for the track of the case itself."""

    number: int
    case: str
    place: str | None
    from_at: datetime
    until_at: datetime


def open_register(
    scope: Scope,
    moment: datetime,
    *,
    case: str,
    place: str | None,
    from_at: datetime,
    until_at: datetime,
    request: str | None = None,
) -> Opening:
    """Put the opening on record. NotAllowed where duty, place or case does not bear it; Refused."""
    if not scope.duty.traces:
        raise NotAllowed(f"{scope.role} may not open registers.")
    if not from_at < until_at <= from_at + LONGEST:
        words = Words("时段须为正，且不超过21天。", "The window must be positive, and of 21 days at most.")
        raise Refused([(0, words)])
    said = [case, place, from_at, until_at, scope.account, moment, scope.area, scope.purpose]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                'INSERT INTO stream_opening ("case", place, from_at, until_at, opened_by, opened_at, area,'
                " purpose) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
                said,
            )
            (number,) = cursor.fetchone()
    except ProgrammingError as cause:
        if not isinstance(cause.__cause__, InsufficientPrivilege):
            raise
        # Noted outside of what failed: whoever tries a case that is none is to be found.
        audit.note(scope, moment, "refused", "stream_opening", [place or case], request)
        raise NotAllowed(
            "Only around a case of this area that is confirmed and has a positive result, and of a place of "
            "this area."
        ) from cause
    audit.note(scope, moment, "open", "stream_opening", [place or case, case], request)
    return Opening(number, case, place, from_at, until_at)
