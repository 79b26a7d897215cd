"""What an expression may say, and what its types forbid."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizao.facts.dictionary import FACTS
from sizao.facts.readings import READINGS
from sizao.policy.context import Context
from sizao.policy.expressions.functions import FUNCTIONS
from sizao.policy.expressions.parse import ExpressionError, Scope, checked, parse
from sizao.policy.expressions.tree import (
    All,
    Any,
    Call,
    ColumnOf,
    Compare,
    IsMissing,
    Literal,
    Node,
    Not,
    OneOf,
    Position,
    Type,
)


def scope(reading: str = "arrivals", **constants: str | int) -> Scope:
    context = Context()
    context.begin_codes()
    found = context.scope(reading)
    return Scope(found.columns, found.codes, constants)


def mistakes(text: str, reading: str = "arrivals", wanted: tuple[Type, ...] = (Type.BOOL,)) -> list[str]:
    return [mistake.kind for mistake in parse(text, scope(reading), wanted).mistakes]


def test_a_condition_is_read_as_its_tree() -> None:
    node = checked("declared = 'pushed' and not origin is null", scope())
    assert node == All(
        (
            Compare(
                "=",
                ColumnOf("declared", Type.CODE, Position(1, 1)),
                Literal("pushed", Type.CODE, Position(1, 12)),
                Position(1, 1),
            ),
            Not(IsMissing(ColumnOf("origin", Type.AREA, Position(1, 29)), Position(1, 29)), Position(1, 29)),
        ),
        Position(1, 1),
    )


def test_and_binds_stronger_than_or_and_chains_are_flat() -> None:
    node = checked("origin is null and seat is null and person = 'p' or declared = 'port'", scope())
    assert isinstance(node, Any)
    assert [type(item) for item in node.items] == [All, Compare]
    first = node.items[0]
    assert isinstance(first, All)
    assert len(first.items) == 3


def test_between_is_two_comparisons() -> None:
    node = checked("arrived_on between date '2020-06-01' and date '2020-06-30'", scope())
    assert isinstance(node, All)
    assert [item.operator for item in node.items if isinstance(item, Compare)] == [">=", "<="]


def test_a_whole_number_is_days_or_a_number_as_its_place_demands() -> None:
    days = checked("days_between(arrived_on, day_of(known_at)) > 2", scope())
    number = checked("negative_tests(person, arrived_on, arrived_on) > 2", scope())
    assert isinstance(days, Compare)
    assert isinstance(number, Compare)
    assert (days.right.type, number.right.type) == (Type.DAYS, Type.NUMBER)


def test_a_name_of_let_stands_for_its_expression() -> None:
    known = parse("add_days(arrived_on, -14)", scope(), ()).known
    assert known is not None
    node = checked("before < arrived_on", scope().with_names({"before": known}))
    assert isinstance(node, Compare)
    assert isinstance(node.left, Call)


def test_a_name_that_stands_for_a_number_may_be_taken_away() -> None:
    fortnight = parse("14", scope(), ()).known
    day = parse("arrived_on", scope(), ()).known
    assert fortnight is not None
    assert day is not None
    named = scope().with_names({"days": fortnight, "day": day})
    before = checked("add_days(arrived_on, -days) < arrived_on", named)
    assert isinstance(before, Compare)
    assert isinstance(before.left, Call)
    assert isinstance(before.left.arguments[1], Literal)
    assert before.left.arguments[1].value == -14
    assert [mistake.kind for mistake in parse("-day < arrived_on", named, ()).mistakes] == ["not_allowed"]


def test_a_constant_of_the_step_is_put_in_as_a_value() -> None:
    node = checked("members <= step.max_pool", scope("tests", max_pool=5))
    assert isinstance(node, Compare)
    assert node.right == Literal(5, Type.NUMBER, Position(1, 12))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("arrived_on = known_at", "type"),
        ("arrived_on = 5", "type"),
        ("days_between(arrived_on, arrived_on) > 1.5", "type"),
        ("arrived_on = 'soon'", "type"),
        ("arrived_on > date '2020-13-01'", "date"),
        ("person = place_kind(person)", "identifier"),
        ("origin = person", "type"),
        ("declared = conveyance", "code_list"),
        ("declared", "type"),
        ("arrived_on + 14 > arrived_on", "not_allowed"),
        ("declared like 'p%'", "not_allowed"),
        ("case when true then true end", "expression"),
        ("person in (select person from arrivals)", "options"),
        ("declared in ('pushed', null)", "null"),
        ("declared in ('pushed', conveyance)", "options"),
        ("now() > known_at", "function"),
        ("pg_sleep(1)", "function"),
        ("person = 'a'; drop table people", "expression"),
        ("stays_of(person) = stays_of(person)", "order"),
        ("earlier(arrived_on)", "arguments"),
        ("'a' = 'a'", "constant"),
        ("conveyance > 'plane'", "order"),
        ('seat = "3A"', "quote"),
        ("step.max_pool > 1", "constant_of_step"),
        ("arrivals.person = 'p'", "constant_of_step"),
        ("(declared = 'port'", "bracket"),
        ("declared = 'port", "quote"),
        ("", "expression"),
        ("arrived_on = :day", "not_allowed"),
        ("cast(arrived_on as text) = 'x'", "function"),
        ("arrived_on::text = 'x'", "not_allowed"),
        ("timestamp '2020-01-01' > known_at", "not_allowed"),
        ("1e3 > negative_tests(person, arrived_on, arrived_on)", "number"),
        ("declared is true", "not_allowed"),
    ],
)
def test_what_is_not_on_the_lists_is_refused(text: str, kind: str) -> None:
    assert kind in mistakes(text)


def test_every_mistake_of_an_expression_is_told() -> None:
    assert mistakes("declard = 'pushed' and conveyance = 'plan' or now()") == ["column", "code", "function"]


def test_an_unknown_code_names_the_nearest_one() -> None:
    (mistake,) = parse("declared in ('pushed', 'prot')", scope()).mistakes
    assert (mistake.near, mistake.expected) == ("port", ("declared", "pushed", "port"))


def test_an_imprecise_date_must_say_which_edge_is_meant() -> None:
    assert mistakes("onset > classified_on", "classifications") == ["type"]
    assert mistakes("onset is null", "classifications") == []
    assert mistakes("latest_day(onset) > classified_on", "classifications") == []


def test_the_place_of_a_mistake_is_the_words_that_are_wrong() -> None:
    text = "declared = 'pushed'\n and worst_grade(stays_of(persn), arrived_on, arrived_on) = 'high'"
    (mistake,) = parse(text, scope()).mistakes
    assert text[mistake.start : mistake.end] == "persn"


def test_every_function_can_be_said_and_every_lookup_says_what_it_reads() -> None:
    columns = {name: {c.name for c in fact.columns} for name, fact in {**FACTS, **READINGS}.items()}
    for function in FUNCTIONS.values():
        given_words = [f"<{number}>" for number in range(len(function.arguments))]
        for language in ("zh", "en"):
            said = function.said.get(language).format(*given_words)
            assert all(word in said for word in given_words)
        for read in function.reads:
            assert read.key in columns[read.table]


def test_a_long_chain_and_a_deep_nest_are_answered() -> None:
    assert parse(" or ".join(["seat is null"] * 250), scope()).known is not None
    assert mistakes("(" * 1500 + "seat is null" + ")" * 1500) == ["expression"]
    assert mistakes("seat is null or " * 300 + "seat is null") == ["expression"]


def test_checked_tells_every_mistake_in_one_error() -> None:
    with pytest.raises(ExpressionError, match=r"there is no column.*\n.*there is no function"):
        checked("x = 1 and f(person)", scope())


WORDS = st.one_of(
    st.sampled_from(["person", "declared", "arrived_on", "add_days", "stays_of", "'port'", "date", "14"]),
    st.sampled_from(["and", "or", "not", "in", "null", "is", "between", "'2020-06-01'"]),
    st.sampled_from(["(", ")", ",", "=", "<", "-", ".", "::", ";", '"', "'", "中"]),
)


@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=14).map(" ".join)))
def test_no_text_crashes_the_parser(text: str) -> None:
    parsed = parse(text, scope())
    assert (parsed.known is None) == bool(parsed.mistakes)
    for mistake in parsed.mistakes:
        assert 0 <= mistake.start <= mistake.end <= len(text) + 1
        if mistake.fix is not None:
            assert 0 <= mistake.fix[0] <= mistake.fix[1] <= len(text)


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)))
def test_every_day_can_be_written(day: date) -> None:
    node = checked(f"arrived_on = date '{day.isoformat()}'", scope())
    assert isinstance(node, Compare)
    assert isinstance(node.right, Literal)
    assert node.right.value == day


def _of_bool(node: Node) -> bool:
    return isinstance(node, Compare | All | Any | Not | OneOf | IsMissing) or node.type is Type.BOOL


def test_a_condition_is_always_true_or_false() -> None:
    for text in ("seat is null", "declared = 'port'", "is_within(origin, 'cn/x')", "declared in ('port')"):
        assert _of_bool(checked(text, scope()))
