"""Proposals within a scope: what waits for a decision, what was decided, and what each would change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from sizao.policy.model import RuleVersion
from sizao_web.accounts.roles import REOPENING
from sizao_web.records import audit
from sizao_web.records.access.policies import POLICIES
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Proposal, ProposalExample
from sizao_web.records.proposed_facts import TRIED, persons_of, proposed_values, signatures
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
    "released",
    "signatures",
    "tried",
    "undoing",
    "waiting",
]


def proposals(scope: Scope) -> QuerySet[Proposal]:
    """What somebody decides or has decided, with the decision where there is one."""
    return _seen(scope).exclude(kind=TRIED)


def tried(scope: Scope) -> QuerySet[Proposal]:
    """Packs that were tried here: compared, for nobody to decide."""
    return _seen(scope).filter(kind=TRIED)


def proposal(scope: Scope, moment: datetime, number: int) -> Proposal | None:
    """One of either. Whom it is about, where it is about somebody, is read by it."""
    found = _seen(scope).filter(pk=number).first()
    if found is not None:
        audit.note(scope, moment, "read", "proposal", persons_of(found))
    return found


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


def undoing(scope: Scope, number: str) -> dict[str, Any]:
    """What a decision that takes back an earlier one says; `propose` refuses where there is no such one."""
    found = _seen(scope).filter(pk=int(number), kind=REOPENING).first() if number.isdecimal() else None
    return {"laboratory": found.facts[0]["laboratory"] if found else "", "undoes": found.pk if found else -1}


def released(scope: Scope, moment: datetime, found: Proposal) -> list[dict[str, Any]]:
    """Who was released after a result that this decision opens again, of those whom the scope sees."""
    if found.kind != REOPENING or found.facts[0].get("undoes"):
        return []
    values = found.facts[0]
    with connection.cursor() as cursor:
        cursor.execute(_RELEASED, [values["laboratory"], values["from_at"], values["until_at"]])
        rows = [{"person": person, "released_at": at} for person, at in cursor.fetchall()]
    audit.note(scope, moment, "read", "releases", [str(row["person"]) for row in rows])
    return rows


# As whoever asks: the policies of the tables say which rows.
_RELEASED = """SELECT r.person, min(r.released_at) FROM fact_releases AS r
JOIN fact_sample_members AS m ON m.person = r.person
JOIN fact_results AS t ON t.sample = m.sample AND t.action = 'record'
WHERE t.laboratory = %s AND t.resulted_at >= %s AND t.resulted_at < %s AND r.released_at >= t.resulted_at
  AND r.action <> 'retract' GROUP BY r.person ORDER BY 2, 1"""


def not_adopted(moment: datetime) -> list[RuleVersion]:
    """Texts of the pack in use that nobody has adopted, in order of rule and date."""
    adopted = adopted_texts(moment)
    return [one for one in policy_in_use().versions() if (one.rule, one.digest) not in adopted]
