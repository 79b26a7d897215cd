"""Tables of rows carry the columns that some rule can fill, and no other."""

from __future__ import annotations

from datetime import date

import pytest

from reference.builder import Rule, ending, policy, verb
from sizao.obligations.derive import derive
from sizao.obligations.items import plan_items
from sizao.obligations.narrow import OUTCOME, Narrow, narrow
from sizao.obligations.rows import COLUMNS
from sizao.policy.model import StepText
from sizao.store.running import run
from unit.obligations.derived import arrival, ask, local, told

VISIT = verb("visit", "visits", "visited_at")
STAY = verb("stay", "room_stays", "from_at", until="until_at", restricts=True)
NEVER = {"rel_hi", "rel_lo", "anc_hi", "anc_lo", "par_hi", "par_lo", "ends_at"}
OF_SPANS, OF_WAIVERS = {"in_place", "covered_until", "gaps"}, {"w_hi", "w_lo"}
EVERY = {name for name, _ in (*COLUMNS, *OUTCOME)}


def rule(*steps: StepText, waivable: bool = False, ended: bool = False) -> Rule:
    ends = [ending("releases", "released_at", from_event=True)] if ended else []
    return Rule("arrivals", "arrivals").version(
        date(2020, 1, 1), steps or [day_three()], waivable=waivable, ends_when=ends
    )


def day_three(related: str | None = None) -> StepText:
    made = Rule("arrivals", "arrivals")
    return made.step("visit", VISIT, made.plan([3], day_zero="arrived_on"), related=related)


def unfilled(made: Rule, *, ended: bool = False) -> set[str]:
    pack = policy("p", [made])
    return set(narrow(pack, plan_items(pack), ended=ended, merged=True).unfilled)


def test_rows_of_a_plain_rule_carry_no_column_that_nothing_can_fill() -> None:
    assert unfilled(rule()) == NEVER | OF_SPANS | OF_WAIVERS


def test_a_rolling_step_fills_its_anchor() -> None:
    made = Rule("arrivals", "arrivals")
    step = made.step("visit", VISIT, made.rolling(7, "arrived_on"))
    assert NEVER - unfilled(rule(step)) == {"anc_hi", "anc_lo"}


def test_a_step_about_dependants_fills_the_related_row() -> None:
    assert NEVER - unfilled(rule(day_three("dependants"))) == {"rel_hi", "rel_lo"}


def test_a_span_fills_how_far_it_is_covered() -> None:
    made = Rule("arrivals", "arrivals")
    step = made.step("stay", STAY, made.span("arrived_on", days=14, day_zero="arrived_on"))
    assert not OF_SPANS & unfilled(rule(step))


def test_a_rule_that_may_be_waived_fills_the_waiver() -> None:
    assert not OF_WAIVERS & unfilled(rule(waivable=True))


def test_what_ends_rows_early_fills_their_end() -> None:
    assert "ends_at" not in unfilled(rule(), ended=True)


def test_an_escalation_fills_its_parent() -> None:
    assert not {"par_hi", "par_lo"} & Narrow(frozenset(NEVER)).of_escalations().unfilled


@pytest.mark.parametrize("merged", [True, False])
def test_whoever_reads_rows_finds_every_column_by_its_name(merged: bool) -> None:
    pack = policy("p", [rule()])
    own = narrow(pack, plan_items(pack), ended=False, merged=merged)
    given = own.whole((*COLUMNS, *OUTCOME)).split(", ")
    assert {text.split()[-1] for text in given} == EVERY
    assert ("about AS person" in given) is not merged


def test_nobody_is_merged_and_the_answer_is_the_same_with_person_left_out() -> None:
    as_of = local("2020-06-20")
    pack = policy("p", [rule()])
    facts = told("arrivals", arrival())
    whole = ask(rule(), as_of, facts)
    short = run(derive(pack, as_of=as_of, known_by=as_of, empty={"merges"}), facts, threads=1)
    assert whole["obligations"]
    assert short["obligations"].to_pylist() == whole["obligations"]


def test_a_row_that_ends_early_ends_though_the_tables_are_narrow() -> None:
    as_of = local("2020-06-20")
    release = {"person": "p", "released_at": local("2020-06-12"), "known_at": local("2020-06-12")}
    facts = told("arrivals", arrival()) | told("releases", release)
    assert len(ask(rule(), as_of, facts)["obligations"]) == 1
    assert ask(rule(ended=True), as_of, facts)["obligations"] == []
