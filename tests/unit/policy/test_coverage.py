"""What answers an order is derived from what names it; typed is only what is missing or why nothing could."""

from __future__ import annotations

import pytest

from sizao.policy.coverage import ANSWERED, CONTEXT, PLANNED, UNEXPLAINED, Carrier, covered, numbers
from sizao.policy.orders import Order, parse_orders
from sizao.policy.problems import PackProblems
from sizao.terms.words import Words

WORDS = Words("文", "text")
ORDER = Order("D1-17", WORDS)


def _status(order: Order, *carriers: Carrier) -> str:
    return covered([order], carriers)[0].status


def test_a_rule_answers_with_an_example_and_only_claims_without() -> None:
    assert _status(ORDER, Carrier("rule", "r", ("D1-17",), ("examples/r.yaml:1",))) == ANSWERED
    assert _status(ORDER, Carrier("rule", "r", ("D1-17",))) == UNEXPLAINED
    assert _status(ORDER, Carrier("rule", "r", ("D1-18",), ("examples/r.yaml:1",))) == UNEXPLAINED


def test_a_fact_answers_with_a_sample_or_where_a_test_shows_it() -> None:
    declared = Carrier("fact", "stays", ("D1-17",))
    assert _status(ORDER, declared) == UNEXPLAINED
    assert _status(ORDER, Carrier("fact", "stays", ("D1-17",), ("samples/stays.csv",))) == ANSWERED
    assert _status(ORDER, declared, Carrier("test", "t", ("D1-17",))) == ANSWERED


def test_what_can_only_be_recorded_is_told_apart() -> None:
    sampled = Carrier("fact", "stays", ("D1-17",), ("samples/stays.csv",))
    (alone,) = covered([ORDER], [sampled])
    (with_rule,) = covered([ORDER], [sampled, Carrier("rule", "r", ("D1-17",), ("examples/r.yaml:1",))])
    (shown,) = covered([ORDER], [sampled, Carrier("test", "t", ("D1-17",))])
    assert [one.by_intake_alone for one in (alone, with_rule, shown)] == [True, False, False]


def test_what_is_typed_counts_only_where_nothing_answers() -> None:
    planned = Order("D1-17", WORDS, planned=WORDS)
    assert _status(planned) == PLANNED
    assert _status(Order("D1-17", WORDS, context=WORDS)) == CONTEXT
    assert _status(planned, Carrier("test", "t", ("D1-17",))) == ANSWERED


def test_every_status_is_counted() -> None:
    assert numbers(covered([ORDER], ())) == {ANSWERED: 0, PLANNED: 0, CONTEXT: 0, UNEXPLAINED: 1}


def test_orders_are_read_with_their_remarks() -> None:
    one, two = parse_orders(
        "D1-01: {zh: 一, en: one}\nD2-02: {zh: 二, en: two, planned: {zh: 缺, en: lacks}}\n"
    )
    assert (one.id, one.text, one.planned) == ("D1-01", Words("一", "one"), None)
    assert two.planned == Words("缺", "lacks")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("D3-01: {zh: 一, en: one}", "is not the id of an order"),
        ("D1-01: {zh: 一}", "both languages"),
        ("D1-01: {zh: 一, en: one, planed: {zh: 缺, en: lacks}}", 'there is no key "planed"'),
        (
            "D1-01: {zh: 一, en: one, planned: {zh: 缺, en: lacks}, context: {zh: 因, en: why}}",
            "planned or context only, not both",
        ),
    ],
)
def test_a_mistake_in_the_orders_is_said(text: str, said: str) -> None:
    with pytest.raises(PackProblems, match=r"orders\.yaml") as found:
        parse_orders(text)
    assert said in found.value.render("en")
