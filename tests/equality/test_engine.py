"""Engine = reference: row for row, all columns of all four results, for every drawn history."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pyarrow as pa
import pytest

from equality.comparison import differences
from equality.drawn import BATCHES, answer, drawn
from equality.engine import engine, run_query, tables
from reference.histories import Batch, Link
from reference.policies import FAMILY
from sizao.facts.dictionary import fact
from sizao.facts.links import merge_links
from sizao.terms.words import Words


@pytest.mark.parametrize(("name", "seed"), BATCHES)
def test_the_engine_gives_the_rows_of_the_reference(name: str, seed: int) -> None:
    one = drawn(name, seed)
    assert differences(engine(one), answer(name, seed)) == []


@pytest.mark.parametrize(("name", "seed"), BATCHES)
def test_facts_in_another_order_and_sent_again_give_the_same_rows(name: str, seed: int) -> None:
    """Rows sent again have an id and an instant of their own; intake keeps the first."""
    one = drawn(name, seed)
    pick = Random(f"{name} {seed}")
    bound = {}
    for kind, links in one.together().items():
        again = [_sent_again(link, pick) for link in pick.sample(links, k=len(links) // 3)]
        mixed = pick.sample([*links, *again], k=len(links) + len(again))
        table = tables({kind: mixed})[kind]
        bound[kind] = merge_links(fact(kind), table)[0]
    missing: dict[str, pa.Table] = {kind: table for kind, table in tables({}).items() if kind not in bound}
    found = run_query(one, bound | missing, told_of_tables=True)
    assert differences(found, answer(name, seed)) == []


def _sent_again(link: Link, pick: Random) -> Link:
    later = link["known_at"] + timedelta(365)
    return link | {"fact_id": f"{pick.getrandbits(128):032x}", "known_at": later, "recorded_at": later}


@pytest.mark.parametrize("name", FAMILY)
def test_what_became_known_later_changes_nothing_in_the_engine(name: str) -> None:
    one = drawn(name, 2)
    by = one.known_by
    facts = {
        kind: [link for link in links if link["known_at"] <= by] for kind, links in one.together().items()
    }
    assert differences(engine(one, facts), answer(name, 2)) == []


def test_adoptions_that_do_not_count_adopt_nothing_and_start_nothing_in_the_engine() -> None:
    """By one person, of a text that the pack has not, of a pack with gaps: as if never written."""
    one = next(found for seed in range(50) if not (found := drawn("contacts", seed)).shared.get("adoptions"))
    wanted = engine(one)
    version = one.policy.versions()[0]
    alone = _adoption(one, version.digest, approved_by="q1")
    unknown = _adoption(one, "0" * 12, approved_by="q2")
    valid = _adoption(one, version.digest, approved_by="q2")
    for link in (alone, unknown):
        assert differences(engine(one, one.together() | {"adoptions": [link]}), wanted) == []
    incomplete = replace(one, policy=replace(one.policy, gaps=(Words("缺口", "a gap"),)))
    facts = one.together() | {"adoptions": [valid]}
    assert differences(engine(incomplete, facts), wanted) == []
    assert {row["rule"] for row in engine(one, facts)["obligations"]} <= {version.rule}


def _adoption(one: Batch, digest: str, approved_by: str) -> Link:
    known = one.known_by - timedelta(1)
    return {
        "pack": one.policy.pack, "rule": one.policy.versions()[0].rule, "version": digest,
        "adopted_by": "q1", "approved_by": approved_by, "fact_id": "f", "key_hi": 1, "key_lo": 1,
        "source_system": "invented", "source_record": "1", "source_version": 1, "action": "record",
        "happened_at": known, "known_at": known, "recorded_at": known, "recorded_by": "invented",
        "area": "a", "history": False, "derived": False,
    }  # fmt: skip


@pytest.mark.parametrize("name", FAMILY)
def test_a_rule_more_changes_no_row_of_another_in_the_engine(name: str) -> None:
    """Rows of verbs whose proofs are exclusive share them by design, and so may what waits for those rows."""
    one = drawn(name, 0)
    whole = {row["obligation_id"]: row for row in engine(one)["obligations"]}
    exclusive = {v.rule for v in one.policy.versions() if any(s.proof.exclusive for s in v.steps)}
    for rule in sorted(one.policy.rules)[:2]:
        rest = {other: texts for other, texts in one.policy.rules.items() if other != rule}
        left = engine(replace(one, policy=replace(one.policy, rules=rest)))["obligations"]
        wanted = {i: row for i, row in whole.items() if row["rule"] != rule}
        for row in left:
            before = wanted.pop(row["obligation_id"], None)
            assert before == row or (rule in exclusive and row["rule"] in exclusive)
        assert all(rule in exclusive and row["rule"] in exclusive for row in wanted.values())
