"""Touched = whole: old rows of the untouched and new rows of the touched are the rows of a whole run."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pyarrow as pa
import pytest

from equality.comparison import Rows, differences
from equality.drawn import SEEDS, drawn
from equality.engine import rows_of, run_query, tables
from reference.histories import Batch, Facts
from reference.policies import FAMILY
from sizao.obligations.derive import derive
from sizao.obligations.schema import RESULTS
from sizao.obligations.touched import touched_subjects
from sizao.store.running import run

STEPS = (timedelta(hours=1), timedelta(hours=12), timedelta(days=1), timedelta(days=6))


@pytest.mark.parametrize("seed", SEEDS)
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
    results = {
        f"{name}_before": pa.Table.from_pylist(list(before[name]), schema=RESULTS[name])
        for name in ("obligations", "too_late")
    }
    found = run(query, {**bound, **results}, threads=1)["touched_subjects"]
    return set(found["subject"].to_pylist())


def _joined(before: Rows, new: Rows, touched: set[str]) -> Rows:
    who = {result: "person" if result == "standing" else "about" for result in before}
    return {
        result: [row for row in rows if row[who[result]] not in touched] + list(new[result])
        for result, rows in before.items()
    }
