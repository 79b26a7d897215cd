"""Try the examples of a pack: fill up their facts, derive, and say in words what is not as stated.

The caller hands in how to derive (an engine, the plain reference). Examples of one (as_of, known_by) can
share one run: every identifier and area then carries the number of its example.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sizao.policy.examples import Example, mismatches
from sizao.policy.model import Policy
from sizao.policy.situations import fact_tables, without_prefix

FactRows = Mapping[str, list[dict[str, Any]]]  # fact -> rows
Run = Callable[[Policy, FactRows, datetime, datetime], Mapping[str, Iterable[Mapping[str, Any]]]]

RESULTS = ("obligations", "unknown", "too_late", "standing")
_NAMES = ("about", "done_by", "answers_to", "area", "person")


@dataclass(frozen=True)
class Outcome:
    """What became of one example: no mismatch, or one sentence for each."""

    example: Example
    mismatches: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.mismatches


def try_examples(
    policy: Policy, examples: Sequence[Example], run: Run, *, together: bool = True
) -> list[Outcome]:
    """Every example with what is not as it says, in the order given.

    run(policy, facts, as_of, known_by) gives the rows of the four results of derive. Each run sees only the
    rules its examples speak of. together: one run for all examples of one moment, or one run for each.
    """
    groups: dict[object, list[tuple[int, Example]]] = defaultdict(list)
    for number, example in enumerate(examples):
        moment = (example.as_of, example.known_by)
        groups[moment if together else number].append((number, example))
    found: dict[int, Outcome] = {}
    for group in groups.values():
        found |= _try_group(policy, group, run)
    return [found[number] for number in range(len(examples))]


def only(policy: Policy, rules: Iterable[str]) -> Policy:
    """The policy with some of its rules; KeyError names one it does not have."""
    return replace(policy, rules={rule: policy.rules[rule] for rule in sorted(set(rules))})


def _try_group(policy: Policy, group: list[tuple[int, Example]], run: Run) -> dict[int, Outcome]:
    first = group[0][1]
    prefixes = {number: f"{number}~" if len(group) > 1 else "" for number, _ in group}
    facts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for number, example in group:
        for name, rows in fact_tables(example.situation, policy.zone, prefixes[number]).items():
            facts[name] += rows
    rules = only(policy, (rule for _, example in group for rule in example.rules))
    results = run(rules, facts, first.as_of, first.known_by)
    shares = _shares(results, {prefix: number for number, prefix in prefixes.items()})
    return {
        number: Outcome(example, tuple(mismatches(example, shares[number], policy.zone)))
        for number, example in group
    }


def _shares(
    results: Mapping[str, Iterable[Mapping[str, Any]]], numbers: Mapping[str, int]
) -> dict[int, dict[str, list[dict[str, Any]]]]:
    """The rows of each example, with identifiers as it wrote them."""
    shares: dict[int, dict[str, list[dict[str, Any]]]] = {
        number: {name: [] for name in RESULTS} for number in numbers.values()
    }
    for name in RESULTS:
        for row in results.get(name, ()):
            owner = row["person"] if name == "standing" else row["about"]
            prefix = f"{owner.partition('~')[0]}~" if "" not in numbers else ""
            plain = {
                column: without_prefix(value, prefix) if column in _NAMES else value
                for column, value in row.items()
            }
            shares[numbers[prefix]][name].append(plain)
    return shares
