"""Record what was found at the gates of a hospital. Where something is wrong, or was, it is said in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sizao.terms.words import Words
from sizao_web.records.access.scope import Scope
from sizao_web.records.writing import Given, Outcome, Refused, write

IN_ORDER = "in_order"
WITHOUT_WORDS = Words(
    "请写明是什么问题、怎么处置的（不写姓名）。", "Say what is wrong and what was done about it (no names)."
)


@dataclass(frozen=True)
class Check:
    """What was found at one gate. kind, outcome: codes; words: what is wrong and what was done."""

    kind: str
    outcome: str
    words: str = ""


def check_gates(
    scope: Scope,
    moment: datetime,
    place: str,
    checks: Sequence[Check],
    *,
    form: str,
    request: str | None = None,
) -> Outcome:
    """Record these checks of this moment. form: the UUID that the page made.

    Refused, Conflict, NotAllowed.
    """
    mute = [at for at, one in enumerate(checks) if one.outcome != IN_ORDER and not one.words.strip()]
    if mute:
        raise Refused([(at, WITHOUT_WORDS) for at in mute])
    given = [
        Given(
            "place_checks",
            {
                "place": place, "kind": one.kind, "checked_at": moment, "outcome": one.outcome,
                "people": None, "longest_queue": None,
            },
            f"{form}/{one.kind}",
            reason=one.words.strip() or None,
        )
        for one in checks
    ]  # fmt: skip
    return write(scope, moment, given, request=request)
