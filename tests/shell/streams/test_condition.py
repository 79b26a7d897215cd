"""Whoever watches the installation sees a batch that is stuck, and what is missing from the lake."""

from __future__ import annotations

from typing import Any

import pytest

from shell.streams.conftest import check_ins, scope
from sizao_web.accounts.models import Account
from sizao_web.command.checks import work
from sizao_web.records.actions.record_stream import record_stream
from sizao_web.records.models import StreamBatch
from sizao_web.records.streams import moving
from sizao_web.records.streams.condition import conditions, problems
from sizao_web.records.streams.lake import lake_table

pytestmark = pytest.mark.django_db


@pytest.fixture
def moved(mall: Account, moment: Any) -> int:
    """Ten rows in the lake and five staged; the number of the staged batch."""
    record_stream(scope(mall), moment, "check_ins", check_ins(10))
    moving.move("check_ins", moment)
    return record_stream(scope(mall), moment, "check_ins", check_ins(5, first=10)).batches[0]


def test_what_is_staged_and_what_is_in_the_lake_is_counted(moved: int) -> None:
    found = conditions()[0]
    assert (found.stream, found.staged, found.in_lake, found.files, found.parked) == (
        "check_ins",
        5,
        10,
        1,
        0,
    )
    assert problems() == []


def test_a_parked_batch_is_an_alarm_until_it_is_released(moved: int, moment: Any) -> None:
    assert work._parked().well
    StreamBatch.objects.filter(pk=moved).update(parked_at=moment)
    assert not work._parked().well
    assert moving.release(moved)
    assert work._parked().well
    assert not moving.release(moved)


@pytest.mark.parametrize("harm", ["removed", "cut"])
def test_a_file_of_the_lake_that_is_missing_or_cut_off_is_named(moved: int, harm: str) -> None:
    (file,) = lake_table("check_ins").path.rglob("*.parquet")
    if harm == "removed":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-1])
    assert [file.name in one.en for one in problems()] == [True]


def test_a_batch_that_lacks_a_row_is_named(moved: int) -> None:
    StreamBatch.objects.filter(pk=moved).update(rows=6)
    assert [f"batch {moved}: 6 rows are expected, 5" in one.en for one in problems()] == [True]
