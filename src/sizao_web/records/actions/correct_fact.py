"""Correct one fact: a new link under the same natural key, with a reason. What was recorded stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sizao.terms.words import Words
from sizao_web.records.access.giving import kept_columns
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.history import History, may_correct
from sizao_web.records.writing import Given, NotAllowed, Outcome, Refused, write

__all__ = ["NotAllowed", "Refused", "correct_fact", "kept_columns"]

WITHOUT_REASON = Words("更正须写明理由。", "A correction must say why: fill in the reason.")
ANOTHER_SUBJECT = Words(
    "更正不能改换有关人员或场所：请撤回这条，再为正确的人员或场所另行登记。",
    "A correction cannot change whom the record is about: retract this one and record it anew.",
)


def correct_fact(
    scope: Scope,
    moment: datetime,
    of: History,
    *,
    version: int,
    values: Mapping[str, Any],
    reason: str,
    request: str | None = None,
) -> Outcome:
    """Write the link after `version`, the one that the giver had seen. Refused, NotAllowed.

    Two who correct the same version at once are both kept; the page of the fact shows them side by side.
    """
    record = of.record
    if record is None or not may_correct(scope, of):
        raise NotAllowed(f"{scope.role} of {scope.area} may not correct this record of {of.fact}.")
    if not reason.strip():
        raise Refused([(0, WITHOUT_REASON)])
    if any(values.get(name) != of.last[name] for name in kept_columns(of.fact)):
        raise Refused([(0, ANOTHER_SUBJECT)])
    given = Given(
        of.fact,
        values,
        record["source_record"],
        source_version=version + 1,
        action="replace",
        reason=reason.strip(),
        source_system=record["source_system"],
        area=record["area"],
    )
    return write(scope, moment, [given], request=request)
