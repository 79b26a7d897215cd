"""Which facts a rule reads: what wakes it, what it looks up, what proves and ends its steps."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sizao.obligations.derive import derive
from sizao.policy.model import Policy

# The tables that are read do not depend on the moment.
_ANY_MOMENT = datetime(2020, 1, 1)


def facts_read(policy: Policy) -> dict[str, tuple[str, ...]]:
    """Rule -> facts that its rows depend on, beyond what every rule needs (offices, waivers …)."""
    always = set(_inputs(policy, ()))
    return {rule: tuple(sorted(set(_inputs(policy, (rule,))) - always)) for rule in sorted(policy.rules)}


def _inputs(policy: Policy, rules: tuple[str, ...]) -> tuple[str, ...]:
    kept = {rule: policy.rules[rule] for rule in rules}
    return derive(replace(policy, rules=kept), as_of=_ANY_MOMENT, known_by=_ANY_MOMENT).inputs
