"""Proposals within a scope: what waits for a decision, what was decided, and what each would change."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from sizao.policy.model import RuleVersion
from sizao_web.records.access.policies import POLICIES
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Proposal, ProposalExample
from sizao_web.records.proposed_facts import TRIED, proposed_values
from sizao_web.records.reading.pack import adopted_texts, policy_in_use

__all__ = [
    "TRIED",
    "Proposal",
    "ProposalExample",
    "examples",
    "not_adopted",
    "proposal",
    "proposals",
    "proposed_values",
    "tried",
    "waiting",
]


def proposals(scope: Scope) -> QuerySet[Proposal]:
    """What somebody decides or has decided, with the decision where there is one."""
    return _seen(scope).exclude(kind=TRIED)


def tried(scope: Scope) -> QuerySet[Proposal]:
    """Packs that were tried here: compared, for nobody to decide."""
    return _seen(scope).filter(kind=TRIED)


def proposal(scope: Scope, number: int) -> Proposal | None:
    """One of either."""
    return _seen(scope).filter(pk=number).first()


def _seen(scope: Scope) -> QuerySet[Proposal]:
    found = Proposal.objects.filter(POLICIES["proposal"].q(scope))
    return found.select_related("decision").order_by("-proposed_at", "-pk")


def waiting(scope: Scope) -> QuerySet[Proposal]:
    """Those without a decision."""
    return proposals(scope).filter(decision__isnull=True)


def examples(scope: Scope, proposal: Proposal) -> list[ProposalExample]:
    """Rows that the proposal would change and that the scope sees, the rarest kind of change first."""
    seen = POLICIES["proposal_example"].q(scope)
    return list(ProposalExample.objects.filter(seen, proposal=proposal).order_by("position"))


def not_adopted(moment: datetime) -> list[RuleVersion]:
    """Texts of the pack in use that nobody has adopted, in order of rule and date."""
    adopted = adopted_texts(moment)
    return [one for one in policy_in_use().versions() if (one.rule, one.digest) not in adopted]
