"""Which answer is read: the ledger as it is now, or what was answered for a past moment. Both have the same
columns and the same rules of visibility, so that one definition counts and lists either.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from django.db.models import DateTimeField, QuerySet, TextField, Value

from sizao_web.records.access.policies import POLICIES
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import (
    Case,
    Obligation,
    PastCase,
    PastObligation,
    PastStanding,
    PastTooLate,
    PastUnknown,
    Question,
    Standing,
    TooLate,
    Unknown,
)
from sizao_web.records.reading.ledger import last_run

QUESTIONS_KEPT = 20
Rows = QuerySet[Any]


class Answer(Protocol):
    """What derive said, for which moment, as known by when; within a scope."""

    scope: Scope
    as_of: datetime
    known_by: datetime
    stamp: str  # changes when anything in the answer may have changed

    def of_area(self, area: str) -> Answer: ...
    def obligations(self) -> Rows: ...
    def standing(self) -> Rows: ...
    def unknown(self) -> Rows: ...
    def too_late(self) -> Rows: ...
    def cases(self) -> Rows: ...


@dataclass(frozen=True)
class Now:
    """The ledger as its last run left it."""

    scope: Scope
    as_of: datetime
    known_by: datetime
    stamp: str

    def of_area(self, area: str) -> Now:
        """The same for a duty that sees one area of those it has, and nothing for another reason."""
        return replace(self, scope=self.scope.of_area(area))

    def obligations(self) -> Rows:
        """Obligations that hold."""
        return _seen(Obligation, self.scope).filter(withdrawn_at__isnull=True)

    def standing(self) -> Rows:
        """What binds each person."""
        return _seen(Standing, self.scope)

    def unknown(self) -> Rows:
        """What is not known."""
        return _seen(Unknown, self.scope)

    def too_late(self) -> Rows:
        """What was found too late."""
        return _seen(TooLate, self.scope)

    def cases(self) -> Rows:
        """Cases that are confirmed."""
        return _seen(Case, self.scope)


@dataclass(frozen=True)
class Then:
    """The answer to a question about a past moment, as far as it is kept."""

    scope: Scope
    question: Question

    @property
    def as_of(self) -> datetime:
        """The moment asked about."""
        return self.question.as_of

    @property
    def known_by(self) -> datetime:
        """Facts known later play no part."""
        return self.question.known_by

    @property
    def stamp(self) -> str:
        """An answer does not change."""
        return f"q{self.question.pk}"

    def of_area(self, area: str) -> Then:
        """The same for a duty that sees one area of those it has, and nothing for another reason."""
        return replace(self, scope=self.scope.of_area(area))

    def obligations(self) -> Rows:
        """Obligations as they were; nothing kept was withdrawn."""
        never = Value(None, DateTimeField())
        nothing = Value(None, TextField())
        return self._of(PastObligation).annotate(
            withdrawn_at=never, withdrawn_why=nothing, withdrawn_by=nothing
        )

    def standing(self) -> Rows:
        """What bound each person."""
        return self._of(PastStanding)

    def unknown(self) -> Rows:
        """What was not known."""
        return self._of(PastUnknown)

    def too_late(self) -> Rows:
        """What had been found too late."""
        return self._of(PastTooLate)

    def cases(self) -> Rows:
        """Cases that counted as confirmed."""
        return self._of(PastCase)

    def _of(self, model: Any) -> Rows:
        return _seen(model, self.scope).filter(question=self.question)


def _seen(model: Any, scope: Scope) -> Rows:
    return model._default_manager.filter(POLICIES[model._meta.db_table].q(scope))


def now(scope: Scope, moment: datetime) -> Now:
    """The ledger as it is: as of its last run, or of this moment when none has run yet."""
    run = last_run()
    if run is None:
        return Now(scope, moment, moment, "r0")
    return Now(scope, run.as_of, run.known_by, f"r{run.pk}")


def question(scope: Scope, number: int) -> Question | None:
    """A question about a past moment; its answer is asked for by `Then`."""
    return _seen(Question, scope).filter(pk=number).first()


def questions(scope: Scope) -> list[Question]:
    """The last questions whose rows are kept, the last asked first."""
    return list(_seen(Question, scope).exclude(state="forgotten").order_by("-asked_at")[:QUESTIONS_KEPT])
