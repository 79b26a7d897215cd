"""Ask what the ledger would have said at a past moment, from what was known by then."""

from __future__ import annotations

from datetime import datetime

from sizao_web.records import audit
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Question
from sizao_web.records.reading.pack import policy_in_use


class NotPast(Exception):
    """A moment asked about lies in the future."""


def ask_as_known_then(scope: Scope, moment: datetime, *, as_of: datetime, known_by: datetime) -> Question:
    """The question, new or asked before; the worker is told where it has no answer yet. NotPast."""
    from sizao_web.records.ledger.tasks import answer

    if as_of > moment or known_by > moment:
        raise NotPast
    asked = Question(
        as_of=as_of,
        known_by=known_by,
        pack_digest=policy_in_use().digest,
        asked_at=moment,
        asked_by=scope.account,
    )
    Question.objects.bulk_create([asked], ignore_conflicts=True)
    found = Question.objects.get(as_of=as_of, known_by=known_by, pack_digest=asked.pack_digest)
    audit.note(scope, moment, "ask", "past", [str(found.pk)])
    if found.state in ("waiting", "failed", "forgotten"):
        answer.defer(question=found.pk)
    return found
