"""Examples are tried together without meeting each other, and a pack's numbers one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sizao.obligations.trying import FactRows, only, prove, try_examples
from sizao.policy.examples import parse_examples
from sizao.policy.loading import load_pack
from sizao.policy.model import Policy
from sizao.policy.proving import mutations
from sizao.store.packs import read_pack

PACK = Path(__file__).resolve().parents[3] / "policies" / "training-2020"
FILES = read_pack(PACK)
POLICY = load_pack(FILES)
TEXT = """\
rule: case-admission
as_of: 2020-06-20 12:00
examples:
  - name: {zh: 甲, en: First}
    facts: {deaths: [{person: p, died_on: 2020-06-18}]}
    must: [{about: p}]
  - name: {zh: 乙, en: Second}
    facts: {deaths: [{person: p, died_on: 2020-06-19}]}
    must_not: [{about: p}]
  - name: {zh: 丙, en: Later}
    as_of: 2020-06-21 12:00
    must_not: [{about: p}]
"""
EXAMPLES, _ = parse_examples({"examples/x.yaml": TEXT}, POLICY.zone)


class Engine:
    """Makes one row for everybody who died on 18 June, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[tuple[str, ...], datetime, list[str]]] = []

    def __call__(
        self, policy: Policy, facts: FactRows, as_of: datetime, known_by: datetime
    ) -> Mapping[str, list[Mapping[str, Any]]]:
        deaths = facts.get("deaths", [])
        self.asked.append((tuple(policy.rules), as_of, [row["person"] for row in deaths]))
        rows = [
            {"rule": "case-admission", "step": "admit", "about": row["person"]}
            for row in deaths
            if row["died_on"].day == 18
        ]
        return {"obligations": rows, "unknown": [], "too_late": [], "standing": []}


@pytest.mark.parametrize("together", [True, False])
def test_the_same_person_of_two_examples_is_two_people(together: bool) -> None:
    outcomes = try_examples(POLICY, EXAMPLES, Engine(), together=together)
    assert [(outcome.example.name.en, outcome.holds) for outcome in outcomes] == [
        ("First", True),
        ("Second", True),
        ("Later", True),
    ]


def test_examples_of_one_moment_share_one_run_with_the_rules_they_speak_of() -> None:
    engine = Engine()
    try_examples(POLICY, EXAMPLES, engine)
    assert engine.asked == [
        (("case-admission",), datetime(2020, 6, 20, 4), ["0~p", "1~p"]),
        (("case-admission",), datetime(2020, 6, 21, 4), []),
    ]


def test_an_example_that_does_not_hold_is_told_with_file_and_line() -> None:
    wrong, _ = parse_examples({"examples/x.yaml": TEXT.replace("2020-06-18", "2020-06-17")}, POLICY.zone)
    first = try_examples(POLICY, wrong, Engine())[0]
    assert not first.holds
    assert first.mismatches[0].startswith("examples/x.yaml:6: {about: p} must fit one row")


def test_a_policy_is_reduced_to_rules_it_has() -> None:
    assert tuple(only(POLICY, ["venue-tests", "case-report"]).rules) == ("case-report", "venue-tests")
    with pytest.raises(KeyError, match="no-such-rule"):
        only(POLICY, ["no-such-rule"])


def test_proving_counts_what_was_tried_what_no_longer_loads_and_what_survives() -> None:
    files = {name: text for name, text in FILES.items() if not name.startswith("examples/")}
    files["examples/x.yaml"] = TEXT

    chosen = [m for m in mutations(files) if m.rules == ("case-admission",) and "parameters" in m.file]
    told: list[tuple[int, int]] = []
    proved = prove(files, Engine(), chosen=chosen, told=lambda done, all_of: told.append((done, all_of)))
    assert (proved.tried, proved.refused) == (3, 1)  # a day later there is no value when the rule begins
    assert [mutation.replacement for mutation in proved.survivors] == ["11", "13"]
    assert told == [(0, 3), (1, 3), (2, 3)]
