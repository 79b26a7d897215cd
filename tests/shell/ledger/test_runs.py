"""The ledger is what derive answers, whichever way it came to be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shell.ledger.recorded import record
from shell.ledger.world import (
    MODELS,
    aware,
    counted,
    counts_of_rows,
    derived,
    facts_of,
    history,
    kept,
    late_arrivals,
    seen_by,
)
from sizao_web.records.ledger import runs
from sizao_web.records.models import Run


@pytest.mark.django_db
def test_a_whole_run_keeps_what_derive_answers_and_again_changes_nothing() -> None:
    drawn = history(1)
    record(facts_of(drawn))
    first = runs.whole(aware(drawn.as_of))
    answer = derived(drawn, drawn.as_of)
    assert answer["obligations"], "an empty city would prove nothing"
    assert {name: kept(name) for name in MODELS} == answer
    again = runs.whole(aware(drawn.as_of))
    assert (first.rows_changed > 0, again.rows_changed, again.rows_withdrawn) == (True, 0, 0)


@pytest.mark.django_db
def test_nothing_arrived_and_no_time_passed_is_no_run() -> None:
    drawn = history(2)
    record(facts_of(drawn))
    first = runs.touched(aware(drawn.as_of))
    assert first is not None
    assert first.kind == "whole", "there was no run before"
    assert runs.touched(aware(drawn.as_of)) is None
    assert Run.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [0, *(pytest.param(one, marks=pytest.mark.long) for one in (1, 2, 3))])
def test_runs_of_whom_facts_touched_leave_what_a_whole_run_leaves(seed: int) -> None:
    drawn = history(seed)
    steps = [drawn.as_of - timedelta(hours=hours) for hours in (30, 12, 11, 0)]
    kinds = []
    for step, arriving in zip(steps, late_arrivals(facts_of(drawn), steps, seed), strict=True):
        record(arriving)
        ran = runs.touched(aware(step))
        kinds.append(ran.kind if ran else "none")
    assert kinds[0] == "whole"
    assert "touched" in kinds[1:]
    assert set(kinds[1:]) <= {"touched", "none"}
    assert {name: kept(name) for name in MODELS} == derived(drawn, drawn.as_of)
    assert counted() == counts_of_rows()
    access = seen_by()
    again = runs.whole(aware(drawn.as_of))
    assert (again.rows_changed, again.rows_withdrawn, again.rows_sealed) == (0, 0, 0)
    assert seen_by() == access
    assert counted() == counts_of_rows()
