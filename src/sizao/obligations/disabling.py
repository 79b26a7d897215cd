"""Take something away and see who notices: does an example fail without this rule, without this fact?

A rule is taken out of its pack; of a fact no row arrives any more. What an example then misses proves that
the rule or the fact does what its example says. The caller hands in how to derive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sizao.obligations.trying import Run, holds, try_examples
from sizao.policy.examples import Example
from sizao.policy.model import Policy

# What the examples write under another name: rows of `tests` stand for three facts.
_WRITTEN_AS: Mapping[str, tuple[str, ...]] = {
    "samples": ("samples", "tests"),
    "sample_members": ("sample_members", "tests"),
    "results": ("results", "tests"),
}
Told = Callable[[str], None]


@dataclass(frozen=True)
class Noticed:
    """By which example it is noticed that something is not there; None: by none. orders: what that proves."""

    name: str
    orders: tuple[str, ...]
    example: Example | None


def without_rules(
    policy: Policy,
    examples: Sequence[Example],
    run: Run,
    rules: Iterable[str],
    told: Told = lambda name: None,
) -> tuple[Noticed, ...]:
    """For every rule the first example that fails when the rule is taken out; it proves the orders of the
    rule's basis. The examples must hold with the rule."""
    found = []
    for rule in rules:
        told(rule)
        versions = policy.rules[rule]
        without = replace(policy, rules={name: one for name, one in policy.rules.items() if name != rule})
        mine = [example for example in examples if rule in example.rules]
        orders = tuple(sorted({order for version in versions for order in version.basis}))
        noticed = _first_failing(without, mine, run)
        found.append(Noticed(rule, orders if noticed is not None else (), noticed))
    return tuple(found)


def without_facts(
    policy: Policy, examples: Sequence[Example], run: Run, facts: Mapping[str, tuple[str, ...]]
) -> tuple[Noticed, ...]:
    """For every fact the first example that fails when no row of the fact arrives. facts: fact -> its orders.

    An example proves those orders of the fact that a rule it speaks of has in its basis. All trials of one
    moment share a run.
    """
    trials = [
        (fact, example)
        for fact in facts
        for example in examples
        if _written(fact) & set(example.situation.facts)
    ]
    outcomes = try_examples(policy, [_stripped(example, fact) for fact, example in trials], run)
    failing: dict[str, list[Example]] = {fact: [] for fact in facts}
    for (fact, example), outcome in zip(trials, outcomes, strict=True):
        if not outcome.holds:
            failing[fact].append(example)
    return tuple(_noticed(policy, fact, set(orders), failing[fact]) for fact, orders in facts.items())


def _noticed(policy: Policy, fact: str, orders: set[str], failing: Sequence[Example]) -> Noticed:
    proved = {order for example in failing for order in orders & _basis(policy, example)}
    first = next((example for example in failing if orders & _basis(policy, example)), None)
    return Noticed(fact, tuple(sorted(proved)), first or next(iter(failing), None))


def _first_failing(policy: Policy, examples: Iterable[Example], run: Run) -> Example | None:
    return next((example for example in examples if not holds(policy, example, run)), None)


def _basis(policy: Policy, example: Example) -> set[str]:
    versions = (version for rule in example.rules for version in policy.rules.get(rule, ()))
    return {order for version in versions for order in version.basis}


def _written(fact: str) -> set[str]:
    return set(_WRITTEN_AS.get(fact, (fact,)))


def _stripped(example: Example, fact: str) -> Example:
    kept = {name: rows for name, rows in example.situation.facts.items() if name not in _written(fact)}
    return replace(example, situation=replace(example.situation, facts=kept))
