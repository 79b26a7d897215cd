"""What is taken out is missed where an example shows it at work, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sizao.obligations.disabling import without_facts, without_rules
from sizao.obligations.trying import FactRows
from sizao.policy.examples import Example, parse_examples
from sizao.policy.loading import load_pack
from sizao.policy.model import Policy
from sizao.store.packs import read_pack

PACK = Path(__file__).resolve().parents[3] / "policies" / "training-2020"
POLICY = load_pack(read_pack(PACK))
RULE = "case-admission"
ORDERS = tuple(sorted(POLICY.rules[RULE][0].basis))
CAREFUL = """\
rule: case-admission
as_of: 2020-06-20 12:00
examples:
  - name: {zh: 应收, en: Admitted}
    facts: {deaths: [{person: p, died_on: 2020-06-18}], visits: [{person: p, visited_at: 2020-06-18 10:00}]}
    must: [{about: p}]
"""
CARELESS = """\
rule: case-admission
as_of: 2020-06-20 12:00
examples:
  - name: {zh: 只说不应, en: Only what must not be}
    facts: {deaths: [{person: p, died_on: 2020-06-18}]}
    must_not: [{about: q}]
"""


def _examples(text: str) -> tuple[Example, ...]:
    found, problems = parse_examples({"examples/x.yaml": text}, POLICY.zone)
    assert not problems
    return found


def _row_for_each_death(
    policy: Policy, facts: FactRows, as_of: datetime, known_by: datetime
) -> Mapping[str, list[Mapping[str, Any]]]:
    rows = [{"rule": RULE, "step": "admit", "about": row["person"]} for row in facts.get("deaths", [])]
    return {"obligations": rows if RULE in policy.rules else []}


def test_a_rule_that_is_taken_out_is_missed_by_the_example_that_demands_its_row() -> None:
    (found,) = without_rules(POLICY, _examples(CAREFUL), _row_for_each_death, [RULE])
    assert (found.name, found.orders) == (RULE, ORDERS)
    assert found.example is not None
    assert found.example.name.en == "Admitted"


def test_a_rule_whose_example_demands_nothing_is_missed_by_nobody_and_proves_nothing() -> None:
    (found,) = without_rules(POLICY, _examples(CARELESS), _row_for_each_death, [RULE])
    assert (found.orders, found.example) == ((), None)


def test_a_fact_that_no_more_arrives_is_missed_only_where_a_row_rests_on_it() -> None:
    facts = {"deaths": ORDERS, "visits": ORDERS, "people": ORDERS}
    found = {one.name: one for one in without_facts(POLICY, _examples(CAREFUL), _row_for_each_death, facts)}
    assert found["deaths"].orders == ORDERS
    assert found["visits"].example is None, "the example has a visit, and nothing rests on it"
    assert found["people"].example is None, "no example has one"


def test_a_fact_proves_only_orders_that_the_rule_of_the_example_carries() -> None:
    elsewhere = {"deaths": ("D1-71",)}
    (found,) = without_facts(POLICY, _examples(CAREFUL), _row_for_each_death, elsewhere)
    assert found.orders == ()
    assert found.example is not None, "it is missed, but not for that order"
