"""Every order of both directives is answered, planned or context; what answers is missed when taken out."""

from __future__ import annotations

from functools import lru_cache

from examples.packs import FOLDER, by_engine
from sizao.cli.covering import MAIN, Chain, cover, proved, read_chain, unproved_orders
from sizao.facts.dictionary import FACTS
from sizao.indicators.register import INDICATORS
from sizao.policy.coverage import ANSWERED, CONTEXT, UNEXPLAINED, Covered
from sizao.policy.orders import HIGHEST, MOST_CONTEXT
from sizao.store.directives import read_orders

ROOT = FOLDER.parent


@lru_cache(maxsize=1)
def _chain() -> Chain:
    return read_chain(ROOT / MAIN)


@lru_cache(maxsize=1)
def _coverage() -> tuple[Covered, ...]:
    return cover(_chain(), ROOT)


def test_every_order_of_both_directives_is_listed_once() -> None:
    expected = [f"{name}-{number:02d}" for name, last in HIGHEST.items() for number in range(1, last + 1)]
    assert [order.id for order in read_orders()] == expected


def test_nothing_is_left_without_an_answer_or_a_remark() -> None:
    assert [one.order.id for one in _coverage() if one.status == UNEXPLAINED] == []


def test_few_orders_are_context_only_and_each_says_why_in_a_sentence() -> None:
    context = [one for one in _coverage() if one.status == CONTEXT]
    assert 0 < len(context) <= MOST_CONTEXT
    assert all(len(one.order.context.en) > 40 for one in context if one.order.context)


def test_a_remark_of_what_is_missing_goes_when_it_is_there() -> None:
    stale = [one for one in _coverage() if one.order.planned and one.answering and not one.by_intake_alone]
    assert not [f"{one.order.id}: take `planned` out of orders.yaml" for one in stale]


def test_no_name_of_an_order_is_misspelt() -> None:
    known = {order.id for order in read_orders()}
    named = {order for one in _coverage() for carrier in one.carriers for order in carrier.orders}
    named |= {order for fact in FACTS.values() for order in fact.orders}
    named |= {order for one in INDICATORS for order in one.orders}
    assert named - known == set()


def test_every_indicator_that_claims_an_order_has_a_test_that_shows_it() -> None:
    shown = {one.order.id for one in _coverage() if one.of("test")}
    assert {order for one in INDICATORS for order in one.orders} - shown == set()


def test_without_the_rule_or_the_fact_that_answers_an_order_an_example_fails() -> None:
    proofs = proved(_chain(), by_engine, {})  # that the examples hold is test_examples.py's
    assert not [one for one in proofs.unproved if one.startswith("rule ")]
    # What is answered by intake alone is proved by its sample: tests/unit/intake/test_samples.py.
    alone = {one.order.id for one in _coverage() if one.by_intake_alone}
    assert set(unproved_orders(_coverage(), proofs)) <= alone
    assert len([one for one in _coverage() if one.status == ANSWERED]) > len(alone) + 30
