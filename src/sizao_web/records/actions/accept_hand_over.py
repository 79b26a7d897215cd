"""Accept a person whom another office offers: from then on the own office answers for them."""

from __future__ import annotations

from datetime import datetime

from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.hand_overs import offer
from sizao_web.records.writing import Conflict, Given, NotAllowed, Outcome, write


def accept_hand_over(
    scope: Scope, moment: datetime, hand_over: str, *, request: str | None = None
) -> Outcome:
    """Accept the offer; who accepts it a second time changes nothing. NotAllowed for an offer to others."""
    found = offer(scope, moment, hand_over)
    if found is None:
        raise NotAllowed("Only the office to which somebody was offered can accept.")
    if found.accepted_at is not None:
        return Outcome()
    values = {
        "hand_over": hand_over,
        "person": found.person,
        "accepted_office": found.to_office,
        "accepted_at": moment,
    }
    try:
        return write(scope, moment, [Given("hand_over_acceptances", values, hand_over)], request=request)
    except Conflict:
        # A colleague was quicker by a moment; the person is ours either way.
        return Outcome()
