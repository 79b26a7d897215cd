"""Decide a proposal: approve it, refuse it, or take back one's own. Approved, its facts are recorded."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from sizao.terms.words import Words
from sizao_web.accounts.roles import BEGINS, REOPENING
from sizao_web.records import audit
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.propose import NO_OFFICE, OVER
from sizao_web.records.models import Proposal, ProposalDecision
from sizao_web.records.proposed_facts import By, as_given, persons_of, proposed_values
from sizao_web.records.reading.pack import policy_in_use
from sizao_web.records.writing import NotAllowed, Refused, write
from sizao_web.settings.clock import bare

OWN = Words("不能批准自己提请的：须由另一机构的人批准。", "Nobody approves what they proposed themselves.")
SAME_OFFICE = Words(
    "与提请人同一机构，不能批准：须由另一机构的人批准。",
    "You work for the office that proposed it. Somebody of another office must approve.",
)
NOT_COMPARED = Words(
    "还没有比较完：先看会改变什么，再批准。",
    "It has not been compared yet: see what it changes, then approve.",
)
DECIDED_ALREADY = Words("已有决定，不再改变。", "It has been decided already, and stays so.")
OTHER_PACK = Words(
    "提请之后规则包的文件变了，比较已不作数。请重新提请。",
    "The files of the pack have changed since; the comparison does not hold any more. Propose it anew.",
)
NO_WHY = Words("写明不批准的理由。", "Say why it is refused.")


def decide_proposal(
    scope: Scope, moment: datetime, proposal: Proposal, decision: str, why: str, *, request: str | None = None
) -> None:
    """approved, refused or withdrawn. Refused says why it cannot be; NotAllowed for another duty's kind.

    What should have taken effect before it is approved takes effect when it is.
    """
    if proposal.kind not in scope.duty.decides:
        raise NotAllowed(f"{scope.role} does not decide {proposal.kind}.")
    if problem := cannot(scope, moment, proposal, decision, why):
        raise Refused([(0, problem)])
    try:
        with transaction.atomic():
            ProposalDecision.objects.create(
                proposal=proposal,
                decision=decision,
                decided_by=scope.account,
                decided_office=scope.organisation,
                decided_at=moment,
                why=why.strip(),
                area=proposal.area,
            )
    except IntegrityError as cause:
        raise Refused([(0, DECIDED_ALREADY)]) from cause
    if decision == "approved" and proposal.kind == REOPENING:
        from sizao_web.records.ledger.tasks import reopen_results

        reopen_results.defer(proposal=proposal.pk)
    elif decision == "approved":
        effect = max(moment, proposal.effect_at)
        proposed = By(proposal.proposed_by, proposal.proposed_office)
        approved = By(scope.account, scope.organisation or "")
        given = [
            as_given(proposal.kind, values, proposed, approved, effect, place, proposal.pk)
            for place, values in enumerate(proposed_values(proposal))
        ]
        write(scope, moment, given, request=request)
    audit.note(scope, moment, decision, proposal.kind, [str(proposal.pk), *persons_of(proposal)], request)


def cannot(scope: Scope, moment: datetime, proposal: Proposal, decision: str, why: str = "") -> Words | None:
    """Why this scope cannot decide so; None where it can."""
    own = proposal.proposed_by == scope.account
    checks = (
        (not scope.organisation, NO_OFFICE),
        (hasattr(proposal, "decision"), DECIDED_ALREADY),
        (decision == "withdrawn" and not own, OWN),
        (decision != "withdrawn" and own, OWN),
        (decision == "approved" and proposal.proposed_office == scope.organisation, SAME_OFFICE),
        (decision == "approved" and proposal.state != "compared", NOT_COMPARED),
        (decision == "approved" and proposal.pack_digest != policy_in_use().digest, OTHER_PACK),
        (decision == "approved" and _is_over(proposal, moment), OVER),
        (decision == "refused" and not why.strip(), NO_WHY),
    )
    return next((words for wrong, words in checks if wrong), None)


def _is_over(proposal: Proposal, moment: datetime) -> bool:
    """Whether what is proposed would end before it begins."""
    ends = [values.get("until_at") for values in proposed_values(proposal) if proposal.kind in BEGINS]
    return any(isinstance(one, datetime) and one <= bare(moment) for one in ends)
