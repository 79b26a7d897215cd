"""A resident declares health and a journey of theirs to one or several receivers, and corrects it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.correct_fact import correct_fact
from sizao_web.records.reading.history import History
from sizao_web.records.writing import Given, NotAllowed, Outcome, Refused, write

__all__ = ["NotAllowed", "Refused", "Said", "correct_declaration", "declare_oneself"]


@dataclass(frozen=True)
class Said:
    """What somebody declares. form: its number; been_in: an area where they were, from and until when."""

    form: UUID
    person: str
    receivers: Sequence[str]
    symptoms: bool
    been_in: str | None = None
    from_on: date | None = None
    until_on: date | None = None


def declare_oneself(scope: Scope, moment: datetime, said: Said) -> Outcome:
    """Record the declaration for each receiver, and the stay; sent again it counts once.

    Refused, NotAllowed.
    """
    given = [
        Given(
            "declarations",
            {
                "person": said.person,
                "receiver": one,
                "declared_at": moment,
                "code_scanned": None,
                "symptoms": said.symptoms,
            },
            _record(said.form, one),
        )
        for one in said.receivers
    ]
    if said.been_in is not None:
        given.append(
            Given(
                "stays",
                {
                    "person": said.person,
                    "located_in": said.been_in,
                    "place": None,
                    "from_on": said.from_on,
                    "until_on": said.until_on,
                },
                _record(said.form, "stay"),
            )
        )
    return write(scope, moment, given)


def correct_declaration(
    scope: Scope, moment: datetime, of: History, *, version: int, symptoms: bool, reason: str
) -> Outcome:
    """Say otherwise whether there are symptoms, in what oneself declared. Refused, NotAllowed."""
    record = of.record
    if record is None or record["recorded_by"] != scope.account or of.fact != "declarations":
        raise NotAllowed("Only what somebody declared themselves is theirs to correct.")
    values = {name: of.last[name] for name in ("person", "receiver", "declared_at", "code_scanned")}
    return correct_fact(
        scope, moment, of, version=version, values={**values, "symptoms": symptoms}, reason=reason
    )


def _record(form: UUID, part: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{form}/{part}"))
