"""The policy pack of this installation as pages speak of it, read once per process."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from sizao.policy.loading import load_pack
from sizao.policy.model import Policy, RuleVersion
from sizao.store.packs import read_pack, read_packs_beside
from sizao.terms.words import Words


@lru_cache(maxsize=1)
def policy_in_use() -> Policy:
    """The pack named by SIZAO_PACK. One that does not load says every problem in it."""
    folder = settings.SIZAO.pack
    return load_pack(read_pack(folder), read_packs_beside(folder))


def rule_label(rule: str, version: int | None = None) -> Words:
    """What a rule is called; its id where the pack in use does not have it any more."""
    texts = policy_in_use().rules.get(rule, ())
    found: RuleVersion | None = next((one for one in texts if one.number == version), None)
    chosen = found or (texts[-1] if texts else None)
    return chosen.label if chosen else Words(rule, rule)


def verb_label(verb: str) -> Words:
    """What a verb is called; its id where the pack in use does not have it any more."""
    found = policy_in_use().verbs.get(verb)
    return found.label if found else Words(verb, verb)


def rule_labels() -> dict[str, Words]:
    """Every rule of the pack in use, in order of its id."""
    return {rule: rule_label(rule) for rule in sorted(policy_in_use().rules)}


def verb_labels() -> dict[str, Words]:
    """Every verb of the pack in use, in the order of the pack."""
    return {name: verb.label for name, verb in policy_in_use().verbs.items()}
