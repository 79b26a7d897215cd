"""What must hold for every history, whatever the policy; asked of the reference.

The engine gives the same rows (test_engine.py), so what holds here holds there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from equality.comparison import differences
from reference import derive
from reference.facts import World, hex_key, text_key
from reference.histories import Batch, Facts, Link, batch
from reference.policies import FAMILY, FIRST_DAY
from sizao.policy.model import Policy, Rolling, RuleVersion

STATUSES = {"upcoming", "open", "overdue", "missed", "met", "met_late", "waived"}
SEEDS = range(1000, 1004)
WORLDS = 5
MANY_RULES = 8  # about so many of a policy's rules are taken away in each world


def versions_of(name: str) -> tuple[RuleVersion, ...]:
    return FAMILY[name](FIRST_DAY[name]).versions()


INVENTED = [name for name in FAMILY if name != "training"]  # whose facts each have one part to play

# Facts that prove and do nothing else under these policies: no rule is about them, none of them ends a row.
ONLY_PROOFS = (
    "visits",
    "institution_reports",
    "case_reports",
    "investigations",
    "admissions",
    "rectifications",
    "inspections",
)

# Policy -> those of them that a condition looks up: whose discharge is asked is told by their admissions.
LOOKED_UP = {"cases": ("admissions",)}

# Facts that make rows and do nothing else: they prove nothing, end nothing, and no condition looks them up.
ONLY_TRIGGERS = ("designations", "exposures", "arrivals", "findings", "medicine_sales")

# The policies of which something can be asked: they have such triggers, or such proofs.
TRIGGERED = [name for name in INVENTED if {v.for_each for v in versions_of(name)} & set(ONLY_TRIGGERS)]
PROVED = [
    name
    for name in INVENTED
    if {step.proof.reading for v in versions_of(name) for step in v.steps} & set(ONLY_PROOFS)
]

Rows = Mapping[str, list[dict[str, Any]]]


def each_world(name: str) -> Iterable[tuple[Batch, Facts]]:
    for seed in SEEDS:
        drawn = batch(name, seed, WORLDS)
        for prefix in drawn.worlds:
            yield drawn, drawn.world(prefix)


def ask(drawn: Batch, facts: Facts, policy: Policy | None = None) -> Rows:
    return derive(policy or drawn.policy, facts, as_of=drawn.as_of, known_by=drawn.known_by)


def by_id(rows: Rows) -> dict[str, dict[str, Any]]:
    return {row["obligation_id"]: row for row in rows["obligations"]}


def without(facts: Facts, dropped: Callable[[str, Link], bool]) -> Facts:
    return {name: [link for link in links if not dropped(name, link)] for name, links in facts.items()}


@pytest.mark.parametrize("name", FAMILY)
def test_every_row_has_one_id_one_status_and_opens_before_it_is_due_and_closes(name: str) -> None:
    for drawn, facts in each_world(name):
        rows = ask(drawn, facts)["obligations"]
        assert len({row["obligation_id"] for row in rows}) == len(rows)
        for row in rows:
            assert row["status"] in STATUSES
            assert row["opens_at"] <= row["due_at"]
            assert row["closes_at"] is None or row["due_at"] <= row["closes_at"]
            assert (row["status"] in ("met", "met_late")) <= (row["met_at"] is not None)
            assert (row["status"] == "waived") == (row["waived_by"] is not None)
            assert row["next_change_at"] is None or row["next_change_at"] > drawn.as_of


@pytest.mark.parametrize("name", FAMILY)
def test_the_order_in_which_facts_lie_changes_nothing(name: str) -> None:
    for drawn, facts in each_world(name):
        mixed = {fact: Random(fact).sample(links, k=len(links)) for fact, links in facts.items()}
        assert differences(ask(drawn, mixed), ask(drawn, facts)) == []


@pytest.mark.parametrize("name", FAMILY)
def test_what_became_known_later_never_changes_an_earlier_answer(name: str) -> None:
    for drawn, facts in each_world(name):
        for days in (4, 90):  # so long ago nobody had adopted anything
            earlier = replace(drawn, known_by=drawn.known_by - timedelta(days))
            known = without(facts, lambda _, link, by=earlier.known_by: link["known_at"] > by)
            assert differences(ask(earlier, known), ask(earlier, facts)) == []


@pytest.mark.parametrize("name", PROVED)
def test_a_proof_decides_about_the_rows_it_proves_and_about_no_others(name: str) -> None:
    """Deleting a fact that only proves changes the status only of rows that name it in `met_by`. Exceptions:

    rows of an exclusive or counted verb and spans of the same about (another proof moves up, another link of
    the chain or another piece of the cover is gone), rows after a step that it met (they begin elsewhere).
    It changes the existence only of rolling rows, of rows after a step that it met, of escalations of rows
    that it proves, of points that ended before due, and of points met before the horizon.
    """
    tried = 0
    for drawn, facts in each_world(name):
        whole = by_id(ask(drawn, facts))
        world = World(drawn.policy, facts, drawn.as_of, drawn.known_by)
        proofs = [fact for fact in ONLY_PROOFS if fact not in LOOKED_UP.get(name, ())]
        keys = [(fact, row.key) for fact in proofs for row in world.rows(fact)]
        for fact, key in keys[:6]:
            tried += 1
            gone = f"{fact}:{hex_key(key)}"
            left = without(
                facts, lambda f, link, of=fact, k=key: f == of and (link["key_hi"], link["key_lo"]) == k
            )
            changed = by_id(ask(drawn, left))
            for row_id in whole.keys() | changed.keys():
                before, after = whole.get(row_id), changed.get(row_id)
                row = before or after
                assert row is not None
                if before is None or after is None:
                    assert _depends_on_proof(drawn, row, before, gone), row
                elif before["status"] != after["status"]:
                    others = _shares_proofs(drawn.policy, row) or _waits(drawn.policy, row)
                    assert before["met_by"] == gone or others, (before, after)
    assert tried > 0


def _step(policy: Policy, row: Mapping[str, Any]) -> Any:
    version = next(v for v in policy.rules[row["rule"]] if v.number == row["version"])
    return next(step for step in version.steps if step.name == row["step"].split("!")[0])


def _shares_proofs(policy: Policy, row: Mapping[str, Any]) -> bool:
    step = _step(policy, row)
    proof = step.escalation.proof if row["parent_id"] is not None else step.proof
    return proof.exclusive or proof.count > 1 or proof.until is not None


def _depends_on_proof(drawn: Batch, row: Mapping[str, Any], before: object, gone: str) -> bool:
    step = _step(drawn.policy, row)
    sealed = drawn.as_of - timedelta(drawn.policy.horizon_days)
    if before is None and row["in_place"] is None and row["due_at"] < sealed:
        return True
    waits = step.after is not None or row["parent_id"] is not None
    return waits or isinstance(step.timing, Rolling) or (before is not None and row["met_by"] == gone)


@pytest.mark.parametrize("name", TRIGGERED)
def test_without_a_trigger_exactly_its_rows_are_gone(name: str) -> None:
    """Other rows keep everything, but for exclusive proofs that become free for them."""
    tried = 0
    for drawn, facts in each_world(name):
        whole = by_id(ask(drawn, facts))
        triggers = sorted(
            {
                (row["trigger_key"], row["trigger_fact"])
                for row in whole.values()
                if row["trigger_fact"] in ONLY_TRIGGERS
            }
        )
        for trigger, fact in triggers[:4]:
            tried += 1
            left = without(facts, lambda f, link, of=fact, t=trigger: f == of and _hex(link) == t)
            changed = by_id(ask(drawn, left))
            wanted = {i: row for i, row in whole.items() if row["trigger_key"] != trigger}
            for row_id in wanted.keys() | changed.keys():
                before, after = wanted.get(row_id), changed.get(row_id)
                row = before or after
                assert row is not None
                assert before == after or _shares_proofs(drawn.policy, row) or _waits(drawn.policy, row)
    assert tried > 0


def _hex(link: Link) -> str:
    return hex_key((link["key_hi"], link["key_lo"]))


def _waits(policy: Policy, row: Mapping[str, Any]) -> bool:
    """Whether the row's existence depends on the proof of another that shares proofs."""
    return row["parent_id"] is not None or _step(policy, row).after is not None


@pytest.mark.parametrize("name", FAMILY)
def test_a_rule_more_never_alters_the_rows_of_another(name: str) -> None:
    """Except that rows of one exclusive verb share proofs across rules, by design.

    Of many rules each world is asked about some, and the next world about others.
    """
    for number, (drawn, facts) in enumerate(each_world(name)):
        whole = by_id(ask(drawn, facts))
        every = 1 + len(drawn.policy.rules) // MANY_RULES
        for rule in list(drawn.policy.rules)[number % every :: every]:
            rest = {other: versions for other, versions in drawn.policy.rules.items() if other != rule}
            verbs = {step.verb.name for version in drawn.policy.rules[rule] for step in version.steps}
            changed = by_id(ask(drawn, facts, replace(drawn.policy, rules=rest)))
            wanted = {i: row for i, row in whole.items() if row["rule"] != rule}
            for row_id in wanted.keys() | changed.keys():
                before, after = wanted.get(row_id), changed.get(row_id)
                row = before or after
                assert row is not None
                shared = _shares_proofs(drawn.policy, row) and _step(drawn.policy, row).verb.name in verbs
                assert before == after or shared or _waits(drawn.policy, row), (before, after)


@pytest.mark.parametrize("name", FAMILY)
def test_who_was_merged_and_parted_again_is_what_they_were_before(name: str) -> None:
    """A merge and its retraction leave no trace in the answer, whoever is merged into whom; while it holds
    it is of consequence."""
    consequences = 0
    for drawn, facts in each_world(name):
        persons = sorted({link["person"] for links in facts.values() for link in links if link.get("person")})
        if len(persons) < 2:
            continue
        pick = Random(str(persons))
        alias, kept = pick.sample(persons, 2)
        record = _merge(alias, kept, drawn.known_by - timedelta(hours=3), f"{alias}-{kept}")
        parted = record | {
            "fact_id": "f" * 32,
            "source_version": 2,
            "action": "retract",
            "reason": "two people",
            "known_at": drawn.known_by - timedelta(hours=1),
        }
        before = ask(drawn, facts)
        merges = facts.get("merges", [])
        merged = ask(drawn, {**facts, "merges": [*merges, record]})
        consequences += differences(before, merged) != []
        assert differences(before, ask(drawn, {**facts, "merges": [*merges, record, parted]})) == []
    assert consequences or name not in PROVED


def _merge(alias: str, kept: str, known: Any, name: str) -> Link:
    high, low = text_key(f"merges\x1fmerged\x1f{name}")
    return {
        "person": alias, "same_as": kept, "fact_id": "e" * 32, "key_hi": high, "key_lo": low,
        "source_system": "merged", "source_record": name, "source_version": 1, "action": "record",
        "reason": None, "happened_at": known, "known_at": known, "recorded_at": known,
        "recorded_by": "invented", "area": "a", "history": False, "derived": False,
    }  # fmt: skip
