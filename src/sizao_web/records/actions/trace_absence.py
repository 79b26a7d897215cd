"""Why somebody was absent: recorded once for each absence, and anew where it was taken back."""

from __future__ import annotations

from datetime import datetime

from sizao.terms.identifiers import hex_key, natural_key
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.place_in_room import changed
from sizao_web.records.reading.history import history
from sizao_web.records.writing import TYPED, Given, Outcome, write

FACT = "absence_causes"
TRACED_ANEW = "traced anew after it was taken back"


def trace_absence(
    scope: Scope, moment: datetime, *, absence: str, place: str, cause: str, request: str | None = None
) -> Outcome:
    """Record the cause under the number of the absence: where it was taken back, the next link of its record.

    Conflict where another cause stands there; Refused, NotAllowed.
    """
    said = {"absence": absence, "place": place, "cause": cause, "traced_at": moment}
    of = history(scope, FACT, hex_key(*natural_key(FACT, TYPED, absence)), known_by=moment)
    one = changed(FACT, of.last, TRACED_ANEW, **said) if of and of.retracted else Given(FACT, said, absence)
    return write(scope, moment, [one], request=request)
