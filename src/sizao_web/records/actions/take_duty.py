"""Take the duty over at the own office, or hand it on: shifts without a gap, with a word for the next."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from sizao.terms.identifiers import hex_key
from sizao.terms.words import Words
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.correct_fact import correct_fact
from sizao_web.records.reading.duty import running_shifts
from sizao_web.records.reading.facts import links
from sizao_web.records.reading.history import history
from sizao_web.records.writing import TYPED, Given, Refused, write

WITHOUT_OFFICE = Words(
    "您的岗位没有所属机构，不能登记值班。请联系账号管理员。",
    "Your duty belongs to no office, so it keeps no roster. Ask the administrator of accounts.",
)
ALREADY = Words("此人已经在班。", "This is the one on duty already.")
NOBODY = Words("没有正在进行的班次可以交。", "There is no shift to hand on.")
HANDED_ON = "handed on: the shift ended"


def take_over(
    scope: Scope,
    moment: datetime,
    *,
    kind: str,
    holder: str,
    form: str,
    note: str = "",
    request: str | None = None,
) -> bool:
    """Whether it is new: the running shift of this kind ends at this moment, with its note, and one begins.

    kind: duty or leader. form: the UUID its page made. Refused, NotAllowed.
    """
    office, record = _office(scope), str(UUID(form))
    if links(scope, "shifts").filter(source_system=TYPED, source_record=record).exists():
        return False
    running = running_shifts(scope, moment, office, kind)
    if any(one["holder"] == holder for one in running):
        raise Refused([(0, ALREADY)])
    values = {"office": office, "kind": kind, "holder": holder, "from_at": moment}
    with transaction.atomic():
        for one in running:
            _end(scope, moment, one, note, request)
        write(scope, moment, [Given("shifts", values, record)], request=request)
    return True


def hand_on(scope: Scope, moment: datetime, *, kind: str, note: str, request: str | None = None) -> int:
    """How many running shifts of this kind ended at this moment without anybody taking over. Refused."""
    running = running_shifts(scope, moment, _office(scope), kind)
    if not running:
        raise Refused([(0, NOBODY)])
    with transaction.atomic():
        for one in running:
            _end(scope, moment, one, note, request)
    return len(running)


def _office(scope: Scope) -> str:
    if scope.organisation is None:
        raise Refused([(0, WITHOUT_OFFICE)])
    return scope.organisation


def _end(scope: Scope, moment: datetime, shift: dict[str, Any], note: str, request: str | None) -> None:
    of = history(scope, "shifts", hex_key(shift["key_hi"], shift["key_lo"]))
    assert of is not None
    values = {name: of.last[name] for name in ("office", "kind", "holder", "from_at", "note")}
    correct_fact(
        scope,
        moment,
        of,
        version=of.last["source_version"],
        values={**values, "until_at": moment, "note": note or values["note"]},
        reason=HANDED_ON,
        request=request,
    )
