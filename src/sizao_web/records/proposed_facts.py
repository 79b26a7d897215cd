"""The facts of a proposal: as they are kept until somebody approves, and as they then are recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sizao.facts.schemas import stored_columns
from sizao_web.records.models import Proposal
from sizao_web.records.reading.stories import typed
from sizao_web.records.writing import Given

TRIED = "pack"
"""The kind of a proposal that nobody decides: what another pack would change here."""
SOMEBODY_ELSE = "-"  # stands for who will approve, while nobody has


def as_given(
    kind: str,
    values: Mapping[str, Any],
    proposed_by: str,
    approved_by: str | None,
    effect_at: datetime,
    place: int,
    proposal: int = 0,
) -> Given:
    """One fact of a proposal as it will be recorded. approved_by: None before anybody has approved."""
    own = dict(values)
    if kind == "adoptions":
        own |= {
            "adopted_by": proposed_by,
            "approved_by": approved_by or SOMEBODY_ELSE,
            "happened_at": effect_at,
        }
    return Given(kind, own, f"proposal/{proposal}/{place}")


def proposed_values(proposal: Proposal) -> Sequence[Mapping[str, Any]]:
    """Own columns of each proposed fact, in their types; of a pack that is tried its name."""
    if proposal.kind == TRIED:
        return list(proposal.facts)
    kinds = {one.name: one.arrow for one in stored_columns(proposal.kind)}
    return [
        {name: typed(kinds[name], value) if name in kinds else value for name, value in values.items()}
        for values in proposal.facts
    ]
