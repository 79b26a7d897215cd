"""Touched = whole: old rows of the untouched and new rows of the touched are the rows of a whole run."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from equality.comparison import Rows, differences
from equality.drawn import SEEDS, drawn
from equality.engine import rows_of, run_query, tables
from reference.histories import Batch, Facts
from reference.policies import FAMILY
from sizao.obligations.changed import Between
from sizao.obligations.derive import derive
from sizao.obligations.reach import of_triggers, triggers_touched
from sizao.obligations.schema import RESULTS
from sizao.obligations.touched import changed_keys, touched_by, touched_subjects
from sizao.store.folder import Facts as FolderFacts
from sizao.store.running import run


def _daily(number: int) -> list[Any]:
    """So many draws of each policy every day, in `make long` all."""
    return [pytest.param(seed, marks=[pytest.mark.long] if seed in SEEDS[number:] else []) for seed in SEEDS]


STEPS = (timedelta(hours=1), timedelta(hours=12), timedelta(days=1), timedelta(days=6))


@pytest.mark.parametrize("seed", _daily(4))
@pytest.mark.parametrize("name", FAMILY)
def test_a_touched_run_and_the_rows_of_everybody_else_are_the_whole(name: str, seed: int) -> None:
    later = drawn(name, seed)
    step = STEPS[seed % len(STEPS)]
    earlier = replace(later, as_of=later.as_of - step, known_by=later.known_by - step)
    bound = tables(_without_adoptions(later))
    before = run_query(earlier, bound)
    touched = _touched(earlier, later, bound, before)
    query = derive(later.policy, as_of=later.as_of, known_by=later.known_by, touched=True)
    subjects = pa.table({"subject": pa.array(sorted(touched), pa.string())})
    new = rows_of(run(query, {**bound, "touched_subjects": subjects}, threads=1))
    assert {row["about"] for row in new["obligations"]} <= touched
    assert differences(_joined(before, new, touched), run_query(later, bound)) == []


@pytest.mark.parametrize("seed", _daily(2))  # each takes two whole runs more
@pytest.mark.parametrize("name", FAMILY)
def test_rows_that_arrive_long_after_they_were_known_touch_whom_they_change(name: str, seed: int) -> None:
    later = drawn(name, seed)
    step = STEPS[seed % len(STEPS)]
    earlier = replace(later, as_of=later.as_of - step, known_by=later.known_by - step)
    bound = tables(_without_adoptions(later))
    # Every seventh row had not arrived at the earlier run, whenever it was known.
    there = {fact: table.filter(_row_numbers(table, seed, late=False)) for fact, table in bound.items()}
    late = {fact: table.filter(_row_numbers(table, seed, late=True)) for fact, table in bound.items()}
    before = run_query(earlier, there)
    given = FolderFacts(bound)
    between = Between(earlier.known_by, later.known_by, earlier.as_of, later.as_of)
    asked = {**bound, **_results(before), "arrived": _keys(late)}
    changed = run(changed_keys(later.policy, between), asked, threads=1)["changed"]
    facts = pc.unique(changed["fact"]).to_pylist()
    query = touched_by(later.policy, facts, between, empty=given.empty, uncorrected=given.uncorrected)
    found = run(query, {**asked, "changed": changed}, threads=1)["touched_subjects"]
    touched = set(found["subject"].to_pylist())
    asked["touched_subjects"] = found
    triggers = run(triggers_touched(later.policy), asked, threads=1)["triggers"]
    few = of_triggers(later.policy, triggers["trigger"].to_pylist())
    query = derive(few, as_of=later.as_of, known_by=later.known_by, touched=True)
    new = rows_of(run(query, asked, threads=1))
    joined = _joined(before, new, touched)
    # Who is in place and stays there is not touched: covered_until of such a row is as_of.
    for row in joined["obligations"]:
        if row["in_place"] and row["about"] not in touched:
            row["covered_until"] = later.as_of
    assert differences(joined, run_query(later, bound)) == []


def _row_numbers(table: pa.Table, seed: int, *, late: bool) -> pa.Array:
    return pa.array([((number + seed) % 7 == 0) == late for number in range(table.num_rows)], pa.bool_())


def _keys(arrived: dict[str, pa.Table]) -> pa.Table:
    return pa.concat_tables(
        table.select(["key_hi", "key_lo"]).add_column(
            0, "fact", pa.array([fact] * table.num_rows, pa.string())
        )
        for fact, table in arrived.items()
    )


def _results(before: Rows) -> dict[str, pa.Table]:
    return {
        f"{name}_before": pa.Table.from_pylist(list(before[name]), schema=RESULTS[name])
        for name in ("obligations", "too_late")
    }


def _without_adoptions(batch: Batch) -> Facts:
    """A change of the texts touches everybody and is no matter of a touched run."""
    return batch.together() | {"adoptions": []}


def _touched(earlier: Batch, later: Batch, bound: dict[str, pa.Table], before: Rows) -> set[str]:
    query = touched_subjects(
        later.policy,
        known_from=earlier.known_by,
        known_to=later.known_by,
        as_of_from=earlier.as_of,
        as_of_to=later.as_of,
    )
    found = run(query, {**bound, **_results(before)}, threads=1)["touched_subjects"]
    return set(found["subject"].to_pylist())


def _joined(before: Rows, new: Rows, touched: set[str]) -> Rows:
    who = {result: "person" if result == "standing" else "about" for result in before}
    return {
        result: [row for row in rows if row[who[result]] not in touched] + list(new[result])
        for result, rows in before.items()
    }
