"""Try the examples of a pack: fill up their facts, derive, and say in words what is not as stated.

The caller hands in how to derive (an engine, the plain reference). Examples of one (as_of, known_by) can
share one run: every identifier and area then carries the number of its example.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sizao.policy.examples import Example, companions, mismatches, parse_examples
from sizao.policy.loading import load_pack
from sizao.policy.model import Policy
from sizao.policy.problems import PackProblems
from sizao.policy.proving import Mutation, mutations, survivors
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
    places = {id(example): number for number, example in enumerate(examples)}
    found = list(_tried(policy, examples, run, together))
    return sorted(found, key=lambda outcome: places[id(outcome.example)])


def holds(policy: Policy, example: Example, run: Run) -> bool:
    """Whether one example is as it says, under the rules of which it speaks as far as the policy has them."""
    rules = [rule for rule in example.rules if rule in policy.rules]
    facts = fact_tables(example.situation, policy.zone)
    results = run(only(policy, rules), facts, example.as_of, example.known_by) if rules else {}
    return not mismatches(example, _shares(results, {"": 0})[0], policy.zone)


@dataclass(frozen=True)
class Proved:
    """How many mutations were tried, how many no longer load, and those that no example notices."""

    tried: int
    refused: int
    survivors: tuple[Mutation, ...]


def prove(
    files: Mapping[str, str],
    run: Run,
    *,
    others: Mapping[str, Mapping[str, str]] | None = None,
    chosen: Sequence[Mutation] | None = None,
    together: bool = True,
    told: Callable[[int, int], None] | None = None,
) -> Proved:
    """Change each number, date and comparison of a pack by itself and see whether an example fails.

    The pack must load and its examples must hold. chosen: only these; told(done, all) before each one.
    For a mutation only the examples that speak of the rules it touches are tried.
    """
    policy = load_pack(files, others or {})
    examples, _ = parse_examples(files, policy.zone, others)
    changed = tuple(chosen) if chosen is not None else mutations(files, others)
    done = refused = 0

    def hold(
        texts: Mapping[str, str], bases: Mapping[str, Mapping[str, str]], rules: tuple[str, ...]
    ) -> bool:
        nonlocal done, refused
        if told is not None:
            told(done, len(changed))
        done += 1
        try:
            mutant = load_pack(texts, bases)
        except PackProblems:
            refused += 1
            return False
        mine = [example for example in examples if set(example.rules) & set(rules)]
        return all(outcome.holds for outcome in _tried(mutant, mine, run, together))

    survived = tuple(survivors(files, changed, hold, companions(examples), others))
    return Proved(len(changed), refused, survived)


def only(policy: Policy, rules: Iterable[str]) -> Policy:
    """The policy with some of its rules; KeyError names one it does not have."""
    return replace(policy, rules={rule: policy.rules[rule] for rule in sorted(set(rules))})


def _tried(policy: Policy, examples: Sequence[Example], run: Run, together: bool) -> Iterator[Outcome]:
    """The outcomes as they come, one moment after the other; who has seen enough stops."""
    groups: dict[object, list[tuple[int, Example]]] = defaultdict(list)
    for number, example in enumerate(examples):
        moment = (example.as_of, example.known_by)
        shared = together and not _names_places(policy, example)
        groups[moment if shared else number].append((number, example))
    for group in groups.values():
        yield from _try_group(policy, group, run)


def _names_places(policy: Policy, example: Example) -> bool:
    """Whether a rule names areas or places: then those of the example cannot carry its number."""
    return any(
        number.unit in ("areas", "places")
        for rule in example.rules
        for version in policy.rules[rule]
        for number in version.numbers
    )


def _try_group(policy: Policy, group: list[tuple[int, Example]], run: Run) -> list[Outcome]:
    first = group[0][1]
    prefixes = {number: f"{number}~" if len(group) > 1 else "" for number, _ in group}
    facts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for number, example in group:
        for name, rows in fact_tables(example.situation, policy.zone, prefixes[number]).items():
            facts[name] += rows
    rules = only(policy, (rule for _, example in group for rule in example.rules))
    results = run(rules, facts, first.as_of, first.known_by)
    shares = _shares(results, {prefix: number for number, prefix in prefixes.items()})
    return [
        Outcome(example, tuple(mismatches(example, shares[number], policy.zone))) for number, example in group
    ]


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
