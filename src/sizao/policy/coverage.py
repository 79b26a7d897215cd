"""Which order of the directives is answered by what. What answers is derived; nothing is typed but remarks.

A *carrier* is something that names orders: a rule (its basis), a fact (its orders), an indicator, a test. An
order is *answered* by

    a rule      of the pack that has an example
    a fact      of which a sample sheet is kept, so that it can be taken in; where nothing else answers, the
                order is answered by intake alone: what it demands is recorded, and nobody is obliged
    an indicator, a test, a journey      a test marked with the order shows it at work

Else it is *planned* (a remark says what is missing), *context only* (a remark says why nothing here could
answer it) or *unexplained*. A fact without a sample, a rule without an example and an indicator without a
test claim an order and do not answer it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sizao.facts.declaration import Fact
from sizao.policy.examples import Example
from sizao.policy.model import Policy
from sizao.policy.orders import Order
from sizao.terms.words import Words

ANSWERED, PLANNED, CONTEXT, UNEXPLAINED = "answered", "planned", "context", "unexplained"
STATUSES: Mapping[str, Words] = {
    ANSWERED: Words("已落实", "answered"),
    PLANNED: Words("计划中", "planned"),
    CONTEXT: Words("仅为背景", "context only"),
    UNEXPLAINED: Words("未说明", "unexplained"),
}
KINDS: Mapping[str, Words] = {
    "rule": Words("规则", "rules"),
    "fact": Words("事实", "facts"),
    "indicator": Words("指标", "indicators"),
    "journey": Words("流程", "journeys"),
    "test": Words("测试", "tests"),
}
TESTS = ("journey", "test")


@dataclass(frozen=True)
class Carrier:
    """Something that names orders. shown_by: what lets it answer them by itself: its examples, its sample.

    orders: ids as "D1-17"; name: of the rule, fact, indicator, or `file::test`.
    """

    kind: str
    name: str
    orders: tuple[str, ...]
    shown_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Covered:
    """One order with everything that names it."""

    order: Order
    carriers: tuple[Carrier, ...]
    answering: tuple[Carrier, ...] = field(default=())

    @property
    def status(self) -> str:
        """answered, planned, context or unexplained."""
        if self.answering:
            return ANSWERED
        if self.order.planned is not None:
            return PLANNED
        return UNEXPLAINED if self.order.context is None else CONTEXT

    @property
    def by_intake_alone(self) -> bool:
        """True when what it demands can be recorded, and no rule, indicator or test makes anything of it."""
        return bool(self.answering) and all(one.kind == "fact" and one.shown_by for one in self.answering)

    def of(self, kind: str) -> tuple[Carrier, ...]:
        """The carriers of one kind."""
        return tuple(one for one in self.carriers if one.kind == kind)


def rules_carrying(policy: Policy, examples: Iterable[Example]) -> list[Carrier]:
    """Every rule with the orders of all its texts and the examples that speak of it."""
    spoken: dict[str, list[str]] = {}
    for example in examples:
        for rule in example.rules:
            spoken.setdefault(rule, []).append(example.place)
    return [
        Carrier(
            "rule",
            rule,
            tuple(sorted({order for version in versions for order in version.basis})),
            tuple(spoken.get(rule, ())),
        )
        for rule, versions in policy.rules.items()
    ]


def facts_carrying(facts: Iterable[Fact], samples: Mapping[str, str]) -> list[Carrier]:
    """Every fact that serves orders. samples: fact -> where its sample sheet stands."""
    return [
        Carrier("fact", fact.name, fact.orders, (samples[fact.name],) if fact.name in samples else ())
        for fact in facts
        if fact.orders
    ]


def covered(orders: Iterable[Order], carriers: Sequence[Carrier]) -> tuple[Covered, ...]:
    """Every order with what names it and what answers it."""
    found = []
    for order in orders:
        naming = tuple(one for one in carriers if order.id in one.orders)
        tested = any(one.kind in TESTS for one in naming)
        answering = tuple(one for one in naming if _answers(one, tested))
        found.append(Covered(order, naming, answering))
    return tuple(found)


def numbers(found: Iterable[Covered]) -> dict[str, int]:
    """How many orders have which status; every status is there."""
    statuses = [one.status for one in found]
    return {status: statuses.count(status) for status in STATUSES}


def _answers(carrier: Carrier, tested: bool) -> bool:
    if carrier.kind in TESTS:
        return True
    # A fact or an indicator without anything of its own answers where a test of the order shows it at work.
    return bool(carrier.shown_by) or (tested and carrier.kind in ("fact", "indicator"))
