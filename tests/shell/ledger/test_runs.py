"""The ledger is what derive answers, whichever way it came to be; what vanished stays with its cause."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from equality.engine import tables
from reference.histories import Batch, batch
from shell.ledger.recorded import adoptions, record
from sizao.obligations.derive import derive
from sizao.obligations.schema import RESULTS
from sizao.store.running import run
from sizao_web.records.ledger import runs
from sizao_web.records.models import Obligation, Run, Standing, TooLate, Unknown

LONG_AGO = datetime(2020, 1, 1)
MODELS = {"obligations": Obligation, "standing": Standing, "unknown": Unknown, "too_late": TooLate}


@pytest.fixture(autouse=True)
def _fresh_copy() -> Iterator[None]:
    runs.forget()
    yield
    runs.forget()


def history(seed: int) -> Batch:
    """Some small worlds under the shipped pack, all of whose texts are adopted."""
    return batch("training", seed, 3)


def facts_of(drawn: Batch) -> dict[str, list[dict[str, Any]]]:
    return {**drawn.together(), "adoptions": adoptions(drawn.policy, LONG_AGO)}


def kept(name: str) -> list[tuple[Any, ...]]:
    """The rows of the ledger, in the columns of derive."""
    found = MODELS[name].objects.all()
    if name == "obligations":
        found = found.filter(withdrawn_at=None)
    return sorted(
        (tuple(_bare(getattr(row, column)) for column in RESULTS[name].names) for row in found), key=str
    )


def _bare(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def derived(drawn: Batch, as_of: datetime) -> dict[str, list[tuple[Any, ...]]]:
    answer = run(derive(drawn.policy, as_of=as_of, known_by=as_of), tables(facts_of(drawn)))
    return {
        name: sorted((tuple(row.values()) for row in table.to_pylist()), key=str)
        for name, table in answer.items()
    }


def aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)


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
@pytest.mark.parametrize("seed", range(6))
def test_runs_of_whom_facts_touched_leave_what_a_whole_run_leaves(seed: int) -> None:
    drawn = history(seed)
    facts = facts_of(drawn)
    steps = [drawn.as_of - timedelta(hours=hours) for hours in (60, 36, 35, 12, 0)]
    # A third of the rows arrive some runs after they were known: late, in no order.
    arrivals: list[dict[str, list[dict[str, Any]]]] = [{} for _ in steps]
    for name, links in facts.items():
        for number, one in enumerate(links):
            due = next((place for place, step in enumerate(steps) if one["known_at"] <= step), len(steps) - 1)
            late = 0 if name == "adoptions" or (number + seed) % 3 else (number // 3) % 3
            arrivals[min(due + late, len(steps) - 1)].setdefault(name, []).append(one)
    kinds = []
    for step, arriving in zip(steps, arrivals, strict=True):
        record(arriving)
        ran = runs.touched(aware(step))
        kinds.append(ran.kind if ran else "none")
    assert kinds[0] == "whole"
    assert "touched" in kinds[1:]
    assert set(kinds[1:]) <= {"touched", "none"}
    answer = derived(drawn, drawn.as_of)
    assert {name: kept(name) for name in MODELS} == answer
