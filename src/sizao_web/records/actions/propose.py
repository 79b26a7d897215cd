"""Propose what two persons decide: that texts of the pack take effect, that an area has another grade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sizao.policy.model import Policy
from sizao.terms.words import Words
from sizao_web.accounts.roles import REOPENING
from sizao_web.records import audit
from sizao_web.records.access.policies import POLICIES
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Proposal
from sizao_web.records.proposed_facts import TRIED, By, as_given, persons_of
from sizao_web.records.reading.ledger import every_obligation
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
NO_GROUND = Words(
    "这一理由不在规则包所列的豁免理由之中。",
    "The pack does not name this ground: a waiver rests on one of its grounds.",
)
NOT_SEEN = Words(
    "您的辖区没有这一任务。请从任务页面提请。",
    "There is no such obligation in your range. Propose the waiver from the page of the obligation.",
)
OTHER_ABOUT = Words(
    "有关人员或场所与该任务的不同。", "The person or place is not the one that the obligation is about."
)
NO_ABOUT = Words(
    "写明有关人员或场所：豁免只针对一个对象。",
    "Say whom or what it is about: a waiver is for one person or place.",
)
NOT_WAIVABLE = Words("该规则不允许豁免。", "The rule cannot be waived.")
OVER = Words("终止时间已过。", "The moment at which it ends has passed.")
OTHER_ZONE = Words(
    "该规则包按另一时区算日子，不能与现行的比较。",
    "That pack decides days in another time zone and cannot be compared with what is in force.",
)
NO_INTERVAL = Words(
    "写明实验室，以及起止时刻（止不含），起早于止且不在将来。",
    "Name the laboratory and an interval that begins before it ends, and not in the future.",
)
NO_SUCH_DECISION = Words(
    "没有这样一个已批准的重开决定。", "There is no approved decision of this number that re-opened results."
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
    own = By(scope.account, scope.organisation or "")
    if kind == REOPENING:
        problems += _wrong_reopening(scope, moment, facts)
    for place, values in enumerate(facts if kind != REOPENING else ()):
        problems += _wrong_waiver(scope, moment, policy, values) if kind == "waivers" else []
        _, wrong = completed(scope, moment, as_given(kind, values, own, None, effect_at, place))
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
    audit.note(scope, moment, "propose", kind, [str(made.pk), *persons_of(made)], request)
    compare_proposal.defer(proposal=made.pk)
    return made


def _wrong_waiver(scope: Scope, moment: datetime, policy: Policy, values: Mapping[str, Any]) -> list[Words]:
    """What the pack or the ledger has against a waiver, before anybody is asked to approve it."""
    row = None
    if values.get("obligation"):
        row = every_obligation(scope).filter(obligation_id=values["obligation"]).first()
    rule = row.rule if row is not None else values.get("rule")
    waivable = rule is not None and any(version.waivable for version in policy.rules.get(rule, ()))
    until = values.get("until_at")
    checks = (
        (values.get("ground") not in policy.grounds, NO_GROUND),
        (bool(values.get("obligation")) and row is None, NOT_SEEN),
        (row is not None and values.get("about") != row.about, OTHER_ABOUT),
        (not values.get("about"), NO_ABOUT),
        (not waivable, NOT_WAIVABLE),
        (isinstance(until, datetime) and until <= moment, OVER),
    )
    return [words for wrong, words in checks if wrong]


def _wrong_reopening(scope: Scope, moment: datetime, facts: Sequence[Mapping[str, Any]]) -> list[Words]:
    """One interval of one laboratory, or the decision that is taken back."""
    values = facts[0] if len(facts) == 1 else {}
    if undoes := values.get("undoes"):
        earlier = Proposal.objects.filter(
            POLICIES["proposal"].q(scope), pk=undoes, kind=REOPENING, decision__decision="approved"
        ).first()
        return [] if earlier is not None and not earlier.facts[0].get("undoes") else [NO_SUCH_DECISION]
    first, last = values.get("from_at"), values.get("until_at")
    if not values.get("laboratory") or not (isinstance(first, datetime) and isinstance(last, datetime)):
        return [NO_INTERVAL]
    return [NO_INTERVAL] if not first < last or first > moment else []


def _announces_elsewhere(scope: Scope, values: Mapping[str, Any]) -> bool:
    """Whether the own office would announce something for an area that is not its own."""
    area = values.get("graded") or values.get("covers")
    inside = area is None or area == scope.area or area.startswith(f"{scope.area}/")
    return values.get("announced_by") == scope.organisation and not inside
