"""Retract one fact that was recorded by mistake. Its links stay; what rested on it is withdrawn."""

from __future__ import annotations

from datetime import datetime

from sizao.facts.dictionary import fact as declared
from sizao.facts.schemas import own_columns
from sizao.terms.words import Words
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.history import History, may_correct
from sizao_web.records.writing import Given, NotAllowed, Outcome, Refused, write

WITHOUT_REASON = Words("撤回须写明理由。", "A retraction must say why: fill in the reason.")
ALREADY = Words("这条记录已经撤回。", "This record is retracted already.")


def retract_fact(
    scope: Scope, moment: datetime, of: History, *, version: int, reason: str, request: str | None = None
) -> Outcome:
    """Write the retraction after `version`, the one that the giver had seen. Refused, NotAllowed.

    It keeps the columns of what it retracts: who may see the record must see that it no longer holds.
    """
    record = of.record
    if record is None or not may_correct(scope, of):
        raise NotAllowed(f"{scope.role} of {scope.area} may not retract this record of {of.fact}.")
    if not reason.strip():
        raise Refused([(0, WITHOUT_REASON)])
    if of.retracted:
        raise Refused([(0, ALREADY)])
    given = Given(
        of.fact,
        {column.name: of.last[column.name] for column in own_columns(declared(of.fact))},
        record["source_record"],
        source_version=version + 1,
        action="retract",
        reason=reason.strip(),
        source_system=record["source_system"],
        area=record["area"],
    )
    return write(scope, moment, [given], request=request)
