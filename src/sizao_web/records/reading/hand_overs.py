"""Hand-overs of people between offices: offered to us, offered by us, and those taken over lately."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sizao.terms.identifiers import hex_key
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.facts import effective, plain

Row = dict[str, Any]
SHOWN = timedelta(days=14)


@dataclass(frozen=True)
class HandOver:
    """One offer. accepted: the acceptance, None while it waits; key: of the offer, for its page."""

    hand_over: str
    person: str
    from_office: str
    to_office: str
    offered_at: datetime
    key: str
    accepted_at: datetime | None


def offered_to(scope: Scope, known_by: datetime) -> list[HandOver]:
    """Offers that wait for this office, the oldest first."""
    return [one for one in _offers(scope, known_by, "to_office") if one.accepted_at is None]


def offered_by(scope: Scope, known_by: datetime) -> list[HandOver]:
    """Offers of this office that nobody has accepted: the people are still its own."""
    return [one for one in _offers(scope, known_by, "from_office") if one.accepted_at is None]


def passed_lately(scope: Scope, known_by: datetime) -> list[HandOver]:
    """Hand-overs to or from this office that were accepted in the last days, the last first."""
    both = [*_offers(scope, known_by, "to_office"), *_offers(scope, known_by, "from_office")]
    since = known_by - SHOWN
    found = {one.key: one for one in both if one.accepted_at is not None and one.accepted_at >= since}
    return sorted(found.values(), key=lambda one: (one.accepted_at or known_by, one.key), reverse=True)


def offer(scope: Scope, known_by: datetime, hand_over: str) -> HandOver | None:
    """An offer to this office, accepted or not; None for any other."""
    return next((one for one in _offers(scope, known_by, "to_office") if one.hand_over == hand_over), None)


def _offers(scope: Scope, known_by: datetime, column: str) -> list[HandOver]:
    if not scope.organisation or not scope.may_read("hand_overs"):
        return []
    rows = plain(effective(scope, "hand_overs", known_by).filter(**{column: scope.organisation}))
    accepted = _accepted(scope, known_by, (row["hand_over"] for row in rows))
    found = [
        HandOver(
            row["hand_over"],
            row["person"],
            row["from_office"],
            row["to_office"],
            row["offered_at"],
            hex_key(row["key_hi"], row["key_lo"]),
            accepted.get((row["hand_over"], row["to_office"])),
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.offered_at, one.key))


def _accepted(scope: Scope, known_by: datetime, hand_overs: Iterable[str]) -> dict[tuple[str, str], datetime]:
    rows = effective(scope, "hand_over_acceptances", known_by).filter(hand_over__in=set(hand_overs))
    return {
        (hand_over, office): at
        for hand_over, office, at in rows.values_list("hand_over", "accepted_office", "accepted_at")
    }
