"""The ledger is what derive answers, whichever way it came to be; what vanished stays with its cause."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import models
from django.db.models import Case, F, Q, TextField, When

from equality.engine import tables
from reference.histories import Batch, Facts, batch
from shell.ledger.recorded import adoptions, record
from sizao.obligations.derive import derive
from sizao.obligations.schema import RESULTS
from sizao.store.running import run
from sizao_web.records.ledger import runs
from sizao_web.records.models import (
    Count,
    Obligation,
    PersonAccess,
    Run,
    Standing,
    TooLate,
    Unknown,
)

LONG_AGO = datetime(2020, 1, 1)
MODELS = {"obligations": Obligation, "standing": Standing, "unknown": Unknown, "too_late": TooLate}


@pytest.fixture(autouse=True)
def _fresh_copy() -> Iterator[None]:
    runs.forget()
    yield
    runs.forget()


def history(seed: int) -> Batch:
    """Some small worlds under the shipped pack, all of whose texts are adopted."""
    return batch("training", seed, 2)


def facts_of(drawn: Batch) -> Facts:
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
    rows = {name: table.to_pylist() for name, table in answer.items()}
    for row in rows["obligations"]:
        if row["in_place"]:
            row["covered_until"] = None  # it is as_of itself, and the ledger does not keep that
    return {name: sorted((tuple(row.values()) for row in found), key=str) for name, found in rows.items()}


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
@pytest.mark.parametrize("seed", range(4))
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


def late_arrivals(facts: Facts, steps: list[datetime], seed: int) -> list[Facts]:
    """For each run the rows that arrive before it: a third of them one or two runs late, in no order."""
    arrivals: list[Facts] = [{} for _ in steps]
    last = len(steps) - 1
    for name, links in facts.items():
        for number, one in enumerate(links):
            due = next((place for place, step in enumerate(steps) if one["known_at"] <= step), last)
            late = 0 if name == "adoptions" or (number + seed) % 3 else (number // 3) % 3
            arrivals[min(due + late, last)].setdefault(name, []).append(one)
    return arrivals


KINDS = ("area", "responsible", "done_by", "about_kind", "rule", "verb", "sector", "status", "owned")


def counted() -> dict[tuple[Any, ...], int]:
    """What the table of counts says."""
    found = Count.objects.values_list(*KINDS, "about", "rows")
    return {row[:-1]: row[-1] for row in found}


def counts_of_rows() -> dict[tuple[Any, ...], int]:
    """What counting the rows says."""
    of_what = Case(When(~Q(about_kind="person"), then=F("about")), output_field=TextField())
    live = Obligation.objects.filter(withdrawn_at=None).annotate(of_what=of_what)
    found = live.values_list(*KINDS, "of_what").annotate(number=models.Count("pk")).order_by()
    return {row[:-1]: row[-1] for row in found}


def seen_by() -> set[tuple[Any, ...]]:
    return set(PersonAccess.objects.values_list("person", "area", "organisation"))
