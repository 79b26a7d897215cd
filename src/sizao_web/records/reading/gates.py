"""The four gates of a hospital and its booking by slots: what was found there, and what is due of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sizao.terms.identifiers import hex_key
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading import institutions
from sizao_web.records.reading.facts import effective, plain
from sizao_web.records.reading.ledger import obligations
from sizao_web.records.reading.proofs import code_proving, verbs_proved_by

Row = dict[str, Any]
GATES = ("gate_entrance", "gate_outpatient", "gate_admission", "gate_ward")
BOOKING = "slot_booking"
KINDS = (*GATES, BOOKING)
DUTY = "hospital_gates"
RIGHT = frozenset({"in_order", "put_right"})
"""Outcomes of a check at which nothing is wrong any more."""
_FIELDS = (
    "obligation_id", "rule", "version", "step", "verb", "status", "due_at", "closes_at", "occurrence",
)  # fmt: skip


def is_enrolled(scope: Scope, known_by: datetime, place: str, today: date) -> bool:
    """Whether the place owes the checks today."""
    return any(row["duty"] == DUTY for row in institutions.owed(scope, known_by, place, today))


def checks(scope: Scope, known_by: datetime, place: str) -> dict[str, list[Row]]:
    """Kind -> the checks of the place, the last first; `key` names the record, `reason` has the words."""
    rows = effective(scope, "place_checks", known_by).filter(place=place, kind__in=KINDS)
    found: dict[str, list[Row]] = {kind: [] for kind in KINDS}
    for row in plain(rows.order_by("-checked_at", "-recorded_at")[:_ENOUGH]):
        found[row["kind"]].append({**row, "key": hex_key(row["key_hi"], row["key_lo"])})
    return found


_ENOUGH = 200  # of the last days, however often somebody checks


def owed(scope: Scope, place: str, since: date) -> list[Row]:
    """The rows of the ledger about these checks of the days since, the last day first; `kind`: of which."""
    verbs = verbs_proved_by("place_checks")
    rows = obligations(scope).filter(about=place, verb__in=verbs, occurrence__gte=since.isoformat())
    found = []
    for row in rows.order_by("-occurrence", "due_at", "obligation_id").values(*_FIELDS):
        kind = code_proving(row["rule"], row["version"], row["step"], "kind")
        if kind in KINDS:
            found.append({**row, "kind": kind})
    return found
