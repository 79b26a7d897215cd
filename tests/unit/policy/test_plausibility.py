"""Rules of what can be true: each on both sides of its boundary, mistakes in them told at their place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pytest

from sizao.facts.completion import Defaults, complete
from sizao.facts.dictionary import FACTS
from sizao.facts.schemas import arrow_schema
from sizao.policy.plausibility import Rule, judge, load_rules, nothing_known, shipped
from sizao.policy.problems import PackProblems

ZONE = "Asia/Shanghai"
RECORDED = datetime(2020, 6, 18, 9, 0)
RULES = {one.name: one for one in shipped()}
FIRST = {one.name.split(".")[0]: one for one in reversed(shipped())}


def rows(rule: Rule, example: Mapping[str, Any]) -> pa.Table:
    """The rows of an example; what it does not say is left out, as a sheet may."""
    schema = arrow_schema(rule.fact)
    times = example.get("times", 1)
    given: dict[str, Any] = {"recorded_at": RECORDED, "known_at": RECORDED, "action": "record"}
    given |= {name: value for name, value in example.items() if name in schema.names}
    moments = {name: bare(value) for name, value in given.items()}
    columns = {name: pa.array([value] * times, schema.field(name).type) for name, value in moments.items()}
    columns["source_record"] = pa.array([f"r{place}" for place in range(times)])
    for of in {read.by for read in rule.reads} - set(columns):
        columns[of] = pa.array(["known"] * times, schema.field(of).type)
    table, _ = complete(FACTS[rule.fact], pa.table(columns), Defaults(ZONE, "drill"))
    return table


def bare(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def known(rule: Rule, example: Mapping[str, Any]) -> Any:
    """A look-up that knows what the example says of other facts."""

    def look_up(fact: str, column: str, values: pa.Array) -> pa.Table:
        read = next(one for one in rule.reads if (one.fact, one.key) == (fact, column))
        value = example.get(read.name)
        if value is None:
            return arrow_schema(fact).empty_table()
        if read.years:
            value = RECORDED.year - value
        row = {column: values[0].as_py(), read.column: bare(value), "key_hi": 7, "key_lo": 7}
        return pa.Table.from_pylist([row], schema=pa.schema(arrow_schema(fact)))

    return look_up


@pytest.mark.parametrize("name", sorted(FIRST))
def test_each_rule_holds_and_fails_where_its_examples_say(name: str) -> None:
    rule = FIRST[name]
    for side in ("holds", "fails"):
        for example in rule.examples[side]:
            table = rows(rule, example)
            found = judge([rule], table, known(rule, example), ZONE)
            assert bool(found) == (side == "fails"), (side, example)
            assert len(found) in (0, table.num_rows)


@pytest.mark.parametrize("name", sorted(FIRST))
def test_what_is_not_known_and_what_is_retracted_is_never_questioned(name: str) -> None:
    rule = FIRST[name]
    for example in rule.examples["fails"]:
        table = rows(rule, example)
        place = table.schema.get_field_index("action")
        gone = table.set_column(place, "action", pa.array(["retract"] * table.num_rows))
        assert judge([rule], gone, known(rule, example), ZONE) == []
        if rule.reads and rule.holds is not None:
            assert judge([rule], table, nothing_known, ZONE) == []


def test_rows_recorded_before_a_rule_are_not_judged_by_it() -> None:
    rule = RULES["temperature-of-a-living-person"]
    table = rows(rule, {"temperature": 50.0})
    early = pa.array([datetime(2019, 12, 31, 23, 59)], pa.timestamp("us"))
    table = table.set_column(table.schema.get_field_index("recorded_at"), "recorded_at", early)
    assert judge([rule], table, nothing_known, ZONE) == []


def test_a_rule_of_results_does_not_question_a_result_for_its_own_earlier_version() -> None:
    rule = RULES["laboratories-agree"]
    table = rows(rule, {"result": "negative"})
    own = table.set_column(
        table.schema.get_field_index("result"), "result", pa.array(["positive"], pa.string())
    )
    assert judge([rule], table, lambda *_: own, ZONE) == []


def test_every_rule_has_a_source_and_says_how_sure_it_is() -> None:
    assert len(FIRST) >= 30
    for one in shipped():
        assert one.mark in ("S", "M", "D")
        assert one.source.zh
        assert one.source.en
        assert one.since <= date(2026, 11, 27)


GOOD = """
health_checks:
  warm:
    from: 2020-01-01
    outcome: refuse
    holds: temperature <= 45
    says: {zh: 热, en: warm}
    source: {zh: 无, en: none, mark: D}
    examples: {holds: [{temperature: 45}], fails: [{temperature: 46}]}
"""


@pytest.mark.parametrize(
    ("before", "after", "kind", "nearest"),
    [
        ("health_checks:", "health_check:", "fact", "health_checks"),
        ("temperature <= 45", "temperatur <= 45", "expression", "temperature"),
        ("temperature <= 45", "temperature <= '45'", "expression", None),
        ("outcome: refuse", "outcome: refused", "outcome", "refuse"),
        ("    from: 2020-01-01\n", "", "missing_key", None),
        ("mark: D", "mark: X", "mark", None),
        ("fails: [{temperature: 46}]", "fails: []", "examples", None),
        ("fails: [{temperature: 46}]", "fails: [{temperatur: 46}]", "column", "temperature"),
        ("holds: temperature <= 45", "holds: negative_tests(person, checked_at, checked_at) > 1", "", None),
        ("    says:", "    reads: {a: {fact: people, by: nobody, column: sex}}\n    says:", "column", None),
        ("from: 2020-01-01", "from: lately", "date", None),
    ],
)
def test_a_mistake_is_told_at_its_place_with_the_nearest_word(
    before: str, after: str, kind: str, nearest: str | None
) -> None:
    assert load_rules({"rules.yaml": GOOD})
    with pytest.raises(PackProblems) as told:
        load_rules({"rules.yaml": GOOD.replace(before, after, 1)})
    problems = told.value.problems
    assert any(one.kind.startswith(kind) for one in problems), told.value
    assert nearest is None or nearest in {one.nearest for one in problems}
    assert all(one.file == "rules.yaml" and one.line >= 1 for one in problems)
    assert told.value.render("zh")
