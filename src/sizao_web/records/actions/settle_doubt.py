"""Say of two numbers that they are one person, or that they are two; either can be said again."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from sizao.terms.identifiers import hex_key, natural_key
from sizao.terms.words import Words
from sizao_web.records import audit
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.retract_fact import retract_fact
from sizao_web.records.matching.known import canonical, same_persons
from sizao_web.records.models import Doubt, DoubtDecision, Identity
from sizao_web.records.reading.history import history
from sizao_web.records.writing import TYPED, Given, NotAllowed, Refused, write

SAME, APART = "same", "apart"
NO_WHY = Words("写明理由和依据。", "Say why, and what it rests on.")
SAID_ALREADY = Words("已经是这样判断的。", "That is what was said last.")
ONE_ALREADY = Words(
    "两个编号已因其他归并成为同一人。", "The two are one person already, by another merge on record."
)
ELSEWHERE = Words(
    "归并由另一机构登记，不在您的辖区，不能由您撤回。",
    "The merge was recorded by an office outside your area, and is not yours to take back.",
)
MEANWHILE = Words("刚才已有人处理，请刷新。", "Somebody has just settled it. Load the page again.")


def settle_doubt(
    scope: Scope, moment: datetime, doubt: Doubt, decision: str, why: str, *, request: str | None = None
) -> None:
    """same: the fact `merges` is recorded. apart: they are two; a merge that this doubt led to is retracted.

    Refused, NotAllowed. What was said before stays on record.
    """
    if not scope.may_give("merges") or decision not in (SAME, APART):
        raise NotAllowed(f"{scope.role} does not say who is one person.")
    before = list(doubt.decisions.order_by("number"))
    last = before[-1] if before else None
    problem = (
        NO_WHY
        if not why.strip()
        else SAID_ALREADY
        if last is not None and last.decision == decision
        else None
    )
    if problem:
        raise Refused([(0, problem)])
    number = len(before) + 1
    record = None
    try:
        with transaction.atomic():
            if decision == SAME:
                record = _merge(scope, moment, doubt, number, why.strip(), request)
            elif last is not None and last.record is not None:
                _take_back(scope, moment, last.record, why, request)
            DoubtDecision.objects.bulk_create(
                [
                    DoubtDecision(
                        doubt=doubt,
                        number=number,
                        decision=decision,
                        decided_by=scope.account,
                        decided_at=moment,
                        why=why.strip(),
                        record=record,
                    )
                ]
            )
    except IntegrityError as cause:
        raise Refused([(0, MEANWHILE)]) from cause
    audit.note(scope, moment, f"doubt_{decision}", "identity", [doubt.one, doubt.other], request)


def _merge(scope: Scope, moment: datetime, doubt: Doubt, number: int, why: str, request: str | None) -> str:
    """The number that was recorded first stays; of numbers that stand for another, that other one."""
    same = same_persons()
    first, second = _in_order(doubt)
    kept, alias = canonical(first, same), canonical(second, same)
    if kept == alias:
        raise Refused([(0, ONE_ALREADY)])
    record = f"doubt/{doubt.pk}/{number}"
    values = {"person": alias, "same_as": kept, "happened_at": moment}
    write(scope, moment, [Given("merges", values, record, reason=why)], request=request)
    return record


def _in_order(doubt: Doubt) -> tuple[str, str]:
    pair = [doubt.one, doubt.other]
    rows = Identity.objects.filter(person__in=pair).order_by("-pk").values_list("person", "pk")
    came = dict(rows)
    first, second = sorted(pair, key=lambda person: (came.get(person, 0), person))
    return first, second


def _take_back(scope: Scope, moment: datetime, record: str, why: str, request: str | None) -> None:
    found = history(scope, "merges", hex_key(*natural_key("merges", TYPED, record)))
    if found is None or found.record is None:
        raise Refused([(0, ELSEWHERE)])
    if found.retracted:
        return
    try:
        retract_fact(scope, moment, found, version=found.last["source_version"], reason=why, request=request)
    except NotAllowed as cause:
        raise Refused([(0, ELSEWHERE)]) from cause
