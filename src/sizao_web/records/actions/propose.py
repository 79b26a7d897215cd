"""Propose what two persons decide: that texts of the pack take effect, that an area has another grade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sizao.policy.model import Policy
from sizao.terms.words import Words
from sizao_web.records import audit
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Proposal
from sizao_web.records.proposed_facts import TRIED, as_given
from sizao_web.records.reading.pack import policy_in_use
from sizao_web.records.writing import NotAllowed, Refused, completed

__all__ = ["NO_OFFICE", "NotAllowed", "Refused", "propose", "try_pack"]

NO_OFFICE = Words(
    "您的岗位没有所属机构，不能提请：批准人须来自另一机构。请管理员补上所属机构。",
    "Your duty belongs to no office. Somebody of another office must approve, so ask your administrator "
    "to name yours.",
)
NO_REASON = Words("写明理由。", "Say why.")
NOTHING = Words("没有选择任何文本。", "Nothing was chosen.")
ELSEWHERE = Words(
    "本机构只能为本辖区定级；登记其他机构的公告时，公告机构填那个机构。",
    "Your own office announces only for areas it answers for. To record what another office announced, name "
    "that office as the one that announced it.",
)
OTHER_ZONE = Words(
    "该规则包按另一时区算日子，不能与现行的比较。",
    "That pack decides days in another time zone and cannot be compared with what is in force.",
)
HAS_GAPS = Words(
    "该规则包有缺口，不能采纳：先补齐缺口。", "The pack has gaps and cannot be adopted: close them first."
)


def propose(
    scope: Scope,
    moment: datetime,
    kind: str,
    facts: Sequence[Mapping[str, Any]],
    *,
    effect_at: datetime,
    reason: str,
    request: str | None = None,
) -> Proposal:
    """The proposal, on its way to be compared. facts: own columns of each. Refused, NotAllowed.

    Nothing binds anybody before somebody of another office has approved.
    """
    if kind not in scope.duty.decides:
        raise NotAllowed(f"{scope.role} does not decide {kind}.")
    policy = policy_in_use()
    problems = [
        words
        for wrong, words in (
            (not scope.organisation, NO_OFFICE),
            (not facts, NOTHING),
            (not reason.strip(), NO_REASON),
            (kind == "adoptions" and bool(policy.gaps), HAS_GAPS),
            (any(_announces_elsewhere(scope, one) for one in facts), ELSEWHERE),
        )
        if wrong
    ]
    for place, values in enumerate(facts):
        _, wrong = completed(scope, moment, as_given(kind, values, scope.account, None, effect_at, place))
        problems += [words for _, words in wrong]
    if problems:
        raise Refused([(0, words) for words in problems])
    return _made(scope, moment, kind, facts, effect_at, reason.strip(), policy.digest, request)


def try_pack(scope: Scope, moment: datetime, pack: Policy, *, request: str | None = None) -> Proposal:
    """Have a pack of the shelf compared with what is in force; nobody decides that. Refused, NotAllowed."""
    if not scope.duty.decides:
        raise NotAllowed(f"{scope.role} decides nothing, and tries nothing.")
    here = policy_in_use()
    problems = [
        words
        for wrong, words in ((not scope.organisation, NO_OFFICE), (pack.zone != here.zone, OTHER_ZONE))
        if wrong
    ]
    if problems:
        raise Refused([(0, words) for words in problems])
    return _made(scope, moment, TRIED, [{"pack": pack.pack}], moment, "", pack.digest, request)


def _made(
    scope: Scope,
    moment: datetime,
    kind: str,
    facts: Sequence[Mapping[str, Any]],
    effect_at: datetime,
    reason: str,
    digest: str,
    request: str | None,
) -> Proposal:
    """The row, and the job that compares."""
    from sizao_web.records.ledger.tasks import compare_proposal

    made = Proposal.objects.create(
        kind=kind,
        facts=[dict(values) for values in facts],
        effect_at=effect_at,
        reason=reason,
        pack_digest=digest,
        area=scope.area,
        proposed_by=scope.account,
        proposed_office=scope.organisation,
        proposed_at=moment,
    )
    audit.note(scope, moment, "propose", kind, [str(made.pk)], request)
    compare_proposal.defer(proposal=made.pk)
    return made


def _announces_elsewhere(scope: Scope, values: Mapping[str, Any]) -> bool:
    """Whether the own office would announce something for an area that is not its own."""
    area = values.get("graded") or values.get("covers")
    inside = area is None or area == scope.area or area.startswith(f"{scope.area}/")
    return values.get("announced_by") == scope.organisation and not inside
