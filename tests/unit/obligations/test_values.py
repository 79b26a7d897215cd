"""Why agrees with what: the values a story tells are those by which the engine decided, on every example
of the pack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sizao.cli.policies import by_engine
from sizao.obligations.asked import evaluator
from sizao.obligations.explain import explain, explain_unknown
from sizao.obligations.recorded import Recorded
from sizao.obligations.trying import only
from sizao.policy.examples import Example, parse_examples
from sizao.policy.expressions.emit import lookups_in
from sizao.policy.loading import load_pack
from sizao.policy.model import Policy, RuleVersion
from sizao.policy.situations import arrow_tables, fact_tables
from sizao.store.packs import read_pack

PACK = Path(__file__).parents[3] / "policies" / "training-2020"
Answered = tuple[Example, Policy, dict[str, pa.Table], Mapping[str, list[dict[str, Any]]]]


@pytest.fixture(scope="module")
def answered() -> list[Answered]:
    """The first example of each rule that looks something up, and of every fourth other; with the
    engine's answer."""
    files = read_pack(PACK)
    policy = load_pack(files)
    examples, problems = parse_examples(files, policy.zone)
    assert not problems
    found = []
    one_of_each = {example.file: example for example in reversed(examples)}
    chosen = [
        one for number, one in enumerate(one_of_each.values()) if number % 4 == 0 or looks_up(policy, one)
    ]
    for example in chosen:
        rows = fact_tables(example.situation, policy.zone)
        asked = only(policy, example.rules)
        found.append(
            (example, asked, arrow_tables(rows), by_engine(asked, rows, example.as_of, example.known_by))
        )
    return found


def looks_up(policy: Policy, example: Example) -> bool:
    """Whether a condition of one of its rules reads other tables."""
    texts = [text for rule in example.rules for text in policy.rules[rule]]
    return any(text.when is not None and lookups_in(text.when) for text in texts)


def decided(
    answered: list[Answered], result: str
) -> Iterator[tuple[dict[str, Any], RuleVersion, bool | None]]:
    for example, policy, tables, results in answered:
        recorded = Recorded(tables, known_by=example.known_by)
        for row in results[result]:
            version = next(one for one in policy.rules[row["rule"]] if one.number == row["version"])
            trigger = recorded.row(f"{row['trigger_fact']}:{row['trigger_key']}")
            assert trigger is not None
            values = evaluator(trigger, recorded, policy, version)
            yield row, version, True if version.when is None else values.truth(version.when)


def test_the_condition_of_every_obligation_is_found_to_hold(answered: list[Answered]) -> None:
    wrong = [(row["rule"], truth) for row, _, truth in decided(answered, "obligations") if truth is not True]
    assert not wrong


def test_the_examples_look_up_enough_for_that_to_mean_something(answered: list[Answered]) -> None:
    rules = Counter(version.rule for _, version, _ in decided(answered, "obligations"))
    assert len(rules) >= 8
    assert "arrivals-from-graded-areas" in rules


def test_the_condition_of_every_line_not_known_is_found_not_to_be_known(answered: list[Answered]) -> None:
    truths = [truth for _, _, truth in decided(answered, "unknown")]
    assert set(truths) <= {None}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_obligation_can_be_told_with_its_facts_and_without_an_empty_word(
    answered: list[Answered], language: str
) -> None:
    for example, policy, tables, results in answered:
        moments = {"as_of": example.as_of, "known_by": example.known_by}
        for row in results["obligations"]:
            told = explain(row, policy, tables, **moments, language=language)
            assert {"what", "now", "why", "proof"} <= {section.name for section in told.sections}
            assert "None" not in told.text(), row
            assert language == "en" or "excluded" not in told.text(), "a code instead of its label"
        for row in results["unknown"]:
            unknown = explain_unknown(row, policy, tables, known_by=example.known_by, language=language)
            assert unknown.section("missing").sentences
