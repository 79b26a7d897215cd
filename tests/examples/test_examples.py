"""Every example of every shipped pack, through the plain reference and through the engine."""

from __future__ import annotations

import pytest

from examples.packs import NAMES, by_engine, by_reference, shipped
from sizao.obligations.trying import Outcome, try_examples
from sizao.policy.proving import rules_written_in


def _failures(outcomes: list[Outcome]) -> str:
    return "\n".join(sentence for outcome in outcomes for sentence in outcome.mismatches)


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_answers_every_example_as_it_says(name: str) -> None:
    pack = shipped(name)
    assert not _failures(try_examples(pack.policy, pack.examples, by_reference, together=False))


@pytest.mark.parametrize("name", NAMES)
def test_the_engine_answers_every_example_as_it_says(name: str) -> None:
    pack = shipped(name)
    assert not _failures(try_examples(pack.policy, pack.examples, by_engine))


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_has_an_example_of_what_it_demands_and_of_what_it_does_not(name: str) -> None:
    pack = shipped(name)
    demanded, spared = set(), set()
    for example in pack.examples:
        for wanted in example.expectations:
            if wanted.table == "obligations":
                (demanded if wanted.present else spared).add(wanted.values["rule"])
    # What a pack only takes over from another is shown there.
    own = rules_written_in(pack.files, pack.beside)
    assert own <= demanded
    assert own <= spared
