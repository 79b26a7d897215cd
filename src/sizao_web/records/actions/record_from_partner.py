"""Record, correct or retract one record of a partner, under the partner's name as its source system.

The receipt from which the partner's day is reconciled is written in the same transaction: one is there if
and only if the other is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from sizao.facts.dictionary import FACTS
from sizao.intake.persons import NUMBER
from sizao.intake.problems import Problem
from sizao.terms.identifiers import hex_key, natural_key
from sizao.terms.words import Words
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.correct_fact import correct_fact
from sizao_web.records.actions.retract_fact import retract_fact
from sizao_web.records.matching.naming import Meant, keep_meant, said_of, who_is_meant
from sizao_web.records.models import PartnerParcel, PartnerReceipt, Run
from sizao_web.records.prepared import prepared
from sizao_web.records.reading.history import History, history, may_correct
from sizao_web.records.writing import (
    Conflict,
    Given,
    NotAllowed,
    Outcome,
    Refused,
    ledger_is_behind,
    write_or_end,
)

__all__ = [
    "Conflict",
    "NotAllowed",
    "NotYet",
    "Outcome",
    "Refused",
    "Sent",
    "is_too_early",
    "note_parcel",
    "note_rejected",
    "record_from_partner",
    "with_number",
]

NO_NAMES = Words(
    "本岗位不接触姓名：以人员编号（person）代替姓名和证件。",
    "Your duty reads no names: give the number (person) instead of names and documents.",
)
TOO_EARLY = "ledger-behind"
"""The problem of a record that is to come again once the ledger has followed."""
FROM_TWO = Words(
    "更正和撤回的 source_version 从 2 起：第 1 版是原记录。",
    "The source_version of a correction or retraction is 2 or more: version 1 is the record itself.",
)


class NotYet(Exception):
    """There is no record of the partner's under this number that it may change: none has arrived, or none
    that its duty sees. Which of the two nobody is told."""


@dataclass(frozen=True)
class Sent:
    """One record as a partner sent it. values: own columns, and happened_at where the fact has no event.
    who: what it says of somebody instead of their number, by the names of the fields."""

    fact: str
    source_record: str
    source_version: int = 1
    action: str = "record"
    reason: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    who: Mapping[str, str] = field(default_factory=dict)


def with_number(
    scope: Scope, moment: datetime, sent: Sent, headings: Mapping[str, str]
) -> tuple[Sent, Meant | None]:
    """The record with the number of whom it means. Refused where it names nobody, or the duty reads no names.

    headings: name of a field -> what it says of somebody.
    """
    if not sent.who:
        return sent, None
    if not scope.duty.identities:
        raise Refused([(0, NO_NAMES)])
    said = said_of(sent.who, {headings[name]: name for name in sent.who})
    if isinstance(said, Problem):
        raise Refused([(0, said.expected)])
    key = hex_key(*natural_key(sent.fact, scope.account, sent.source_record))
    there = history(scope, sent.fact, key)
    before = there.record[NUMBER] if there is not None and there.record is not None else None
    about = {"fact": sent.fact, "record": sent.source_record, **sent.who}
    meant = who_is_meant(scope, moment, about, said, before)
    return replace(sent, values={**sent.values, NUMBER: meant.person}), meant


def record_from_partner(
    scope: Scope, moment: datetime, sent: Sent, *, meant: Meant | None = None, request: str | None = None
) -> Outcome:
    """Write it once for ever. Refused, Conflict, NotAllowed; NotYet where there is no record to change. Where
    it raises the transaction has to end.

    meant: of `with_number`, where the record named somebody.
    """
    if sent.action == "record":
        given = Given(
            sent.fact, sent.values, sent.source_record, sent.source_version, source_system=scope.account
        )
        outcome = write_or_end(scope, moment, [given], request=request)
    else:
        outcome = _changed(scope, moment, sent, request)
    if meant is not None and outcome.stored:
        keep_meant(scope, moment, sent.fact, outcome.stored[0], meant)
    _note(scope, moment, sent, "stored" if outcome.stored else "merged", request=request)
    return outcome


def is_too_early(scope: Scope, sent: Sent) -> bool:
    """Whether somebody whom the partner does not see may yet turn out to be its own: facts wait for the
    ledger, and none of its runs has begun since the record was last told to come again (`TOO_EARLY`).

    So whoever comes again is answered for good after one run, however much goes on arriving; and the answer
    depends on what this partner sent and on how far the ledger is, never on the person.
    """
    if not any(column.of == "person" for column in FACTS[sent.fact].columns):
        return False
    sendings = PartnerReceipt.objects.filter(
        account=scope.account, fact=sent.fact, source_record=sent.source_record
    )
    last = sendings.filter(source_version=sent.source_version).order_by("received_at", "pk").last()
    if last is not None and last.problem == TOO_EARLY:
        run = Run.objects.order_by("pk").last()
        if run is not None and run.known_by > last.received_at:
            return False
    return ledger_is_behind()


def note_rejected(
    scope: Scope, moment: datetime, sent: Sent, problem: str, *, request: str | None = None
) -> None:
    """Leave that a record was rejected; in a transaction of its own, for its own wrote nothing."""
    _note(scope, moment, sent, "rejected", problem=problem, request=request)


def note_parcel(
    scope: Scope,
    moment: datetime,
    stream: str,
    sha256: str,
    *,
    stored: int = 0,
    merged: int = 0,
    rejected: int = 0,
    request: str | None = None,
) -> None:
    """Leave what became of rows of a stream that came together: of one that was refused all are rejected."""
    PartnerParcel.objects.create(
        account=scope.account,
        day=day_of(moment),
        received_at=moment,
        stream=stream,
        sha256=sha256,
        rows=stored + merged + rejected,
        stored=stored,
        merged=merged,
        rejected=rejected,
        request=request,
    )


def day_of(moment: datetime) -> Any:
    """The day of the city."""
    return moment.astimezone(ZoneInfo(settings.SIZAO.zone)).date()


def _changed(scope: Scope, moment: datetime, sent: Sent, request: str | None) -> Outcome:
    if sent.source_version < 2:
        raise Refused([(0, FROM_TWO)])
    key = hex_key(*natural_key(sent.fact, scope.account, sent.source_record))
    found = history(scope, sent.fact, key)
    if found is None or found.record is None or not may_correct(scope, found):
        raise NotYet
    seen, reason = sent.source_version - 1, sent.reason or ""
    if sent.action == "replace":
        return correct_fact(
            scope, moment, found, version=seen, values=sent.values, reason=reason, request=request
        )
    if found.retracted and found.last["source_version"] == sent.source_version:
        return _same_retraction(found, reason)
    return retract_fact(scope, moment, found, version=seen, reason=reason, request=request)


def _same_retraction(found: History, reason: str) -> Outcome:
    """What was retracted already under this version is not retracted again."""
    if not reason.strip():
        raise Refused([(0, Words("撤回须写明理由（reason）。", "Say why it is retracted: 'reason'."))])
    return Outcome(merged=1)


def _note(
    scope: Scope,
    moment: datetime,
    sent: Sent,
    outcome: str,
    *,
    problem: str | None = None,
    request: str | None = None,
) -> None:
    said = [scope.account, day_of(moment), moment, sent.fact, sent.source_record, sent.source_version]
    with prepared() as cursor:
        # No RETURNING, as Django would write: what may be read back is then asked of each receipt too.
        cursor.execute(
            "INSERT INTO partner_receipt (account, day, received_at, fact, source_record, source_version,"
            " action, outcome, problem, request) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [*said, sent.action, outcome, problem, request],
        )
