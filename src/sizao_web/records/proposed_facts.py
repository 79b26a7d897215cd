"""The facts of a proposal: as they are kept until somebody approves, and as they then are recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from sizao.facts.schemas import stored_columns
from sizao_web.accounts.roles import BEGINS, REOPENING, SIGNED
from sizao_web.records.models import Proposal
from sizao_web.records.reading.stories import typed
from sizao_web.records.writing import Given

TRIED = "pack"
"""The kind of a proposal that nobody decides: what another pack would change here."""


@dataclass(frozen=True)
class By:
    """Who proposes or approves, and of which office."""

    account: str
    office: str


SOMEBODY_ELSE = By("-", "-")  # stands for who will approve, while nobody has


def signatures(kind: str) -> tuple[str, ...]:
    """The columns of a fact that say who decided it."""
    return tuple(name for name in SIGNED.get(kind, ()) if name)


def as_given(
    kind: str,
    values: Mapping[str, Any],
    proposed: By,
    approved: By | None,
    effect_at: datetime,
    place: int,
    proposal: int = 0,
) -> Given:
    """One fact of a proposal as it will be recorded. approved: None before anybody has approved.

    What begins with the decision begins when it takes effect: an approval that comes late waives nothing
    before.
    """
    second = approved or SOMEBODY_ELSE
    own = dict(values)
    if kind in SIGNED:
        said = (proposed.account, proposed.office, second.account, second.office)
        own |= {name: value for name, value in zip(SIGNED[kind], said, strict=True) if name}
    if kind in BEGINS:
        own[BEGINS[kind]] = effect_at
    return Given(kind, own, f"proposal/{proposal}/{place}")


def persons_of(proposal: Proposal) -> list[str]:
    """The people or places that a proposal is about, where it is about some."""
    return [str(values["about"]) for values in proposal.facts if values.get("about")]


def proposed_values(proposal: Proposal) -> Sequence[Mapping[str, Any]]:
    """Own columns of each proposed fact, in their types; of a pack that is tried its name."""
    if proposal.kind == TRIED:
        return list(proposal.facts)
    if proposal.kind == REOPENING:
        instant = pa.timestamp("us")
        return [
            {
                name: typed(instant, value) if name in ("from_at", "until_at") else value
                for name, value in values.items()
            }
            for values in proposal.facts
        ]
    kinds = {one.name: one.arrow for one in stored_columns(proposal.kind)}
    return [
        {name: typed(kinds[name], value) if name in kinds else value for name, value in values.items()}
        for values in proposal.facts
    ]
