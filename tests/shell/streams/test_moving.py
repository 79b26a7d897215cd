"""From staging to the lake: every row once, wherever the mover is killed."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest
from django.db import connection

from shell.streams.conftest import AREA, MALL, MOMENT, check_ins, counted, record
from sizao.store import lake as lakes
from sizao_web.accounts.models import Account
from sizao_web.records.actions.record_stream import record_stream
from sizao_web.records.models import StreamBatch, StreamMove
from sizao_web.records.streams import moving
from sizao_web.records.streams.lake import lake_table
from sizao_web.records.streams.tables import seen_in, slot_of, staged_in

pytestmark = [pytest.mark.django_db, pytest.mark.orders("D1-46")]
DAYS = {"first": date(2020, 1, 1), "last": date(2030, 1, 1)}


class Killed(BaseException):
    """The mover is gone; nothing after this happened."""


@pytest.fixture
def send(mall: Account, as_scope: Any, moment: Any) -> Callable[[pa.Table], Any]:
    """Send rows as the mall does."""

    def sending(rows: pa.Table) -> Any:
        with as_scope(mall) as acting:
            return record_stream(acting, moment, "check_ins", rows)

    return sending


def in_lake() -> list[str]:
    """The records in the lake, as they stand there."""
    table = lake_table("check_ins")
    if not table.exists:
        return []
    return sorted(table.rows(**DAYS)["source_record"].to_pylist())


def staged() -> list[str]:
    """The records in staging."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT source_record FROM stream_check_ins ORDER BY 1")
        return sorted(record for (record,) in cursor.fetchall())


def test_what_was_staged_is_in_the_lake_and_nowhere_else_and_counts_once_for_ever(
    send: Callable[..., Any], moment: Any
) -> None:
    send(pa.concat_tables([check_ins(500), check_ins(500, first=500, at=MOMENT - timedelta(days=2))]))
    assert moving.move("check_ins", moment) == 1000
    assert (len(in_lake()), staged()) == (1000, [])
    assert send(check_ins(500)).merged == 500, "also when its first copy is in the lake"
    assert moving.move("check_ins", moment) == 0
    row = lake_table("check_ins").rows(**DAYS).sort_by("source_record").slice(0, 1).to_pylist()[0]
    assert (row["person"], row["place"], row["area"], row["source_system"], row["day"]) == (
        "p-1", MALL, AREA, "mall-scanner", date(2020, 11, 10),
    )  # fmt: skip
    assert row["checked_in_at"] == MOMENT - timedelta(minutes=59, seconds=59)


# where the mover is killed: module, name, before or after it does its work
POINTS = [
    (module, name, when)
    for module, name in (
        ("sizao_web.records.streams.moving", "planned"),
        ("sizao_web.records.streams.moving", "_staged_rows"),
        ("sizao.store.lake", "LakeTable.append"),
        ("sizao.store.lake", "LakeTable.make_durable"),
        ("sizao_web.records.streams.moving", "_emptied"),
        ("sizao_web.records.streams.moving", "_drop"),
    )
    for when in ("before", "after")
]


@dataclass
class Trap:
    """Kills at the n-th passing of a point."""

    left: int

    def passed(self) -> None:
        """One more passing."""
        self.left -= 1
        if self.left == 0:
            raise Killed


def killing(patch: pytest.MonkeyPatch, module: str, name: str, when: str, at: int = 1) -> None:
    """Arrange that whoever passes this point is killed."""
    owner: Any = importlib.import_module(module)
    *inside, last = name.split(".")
    for part in inside:
        owner = getattr(owner, part)
    inner, trap = getattr(owner, last), Trap(at)

    def trapped(*args: Any, **kwargs: Any) -> Any:
        if when == "before":
            trap.passed()
        answer = inner(*args, **kwargs)
        if when == "after":
            trap.passed()
        return answer

    patch.setattr(owner, last, trapped)


@pytest.mark.parametrize(("module", "name", "when"), POINTS)
def test_a_mover_killed_at_any_step_loses_nothing_and_moves_nothing_twice(
    send: Callable[..., Any], moment: Any, module: str, name: str, when: str
) -> None:
    send(check_ins(50))
    moving.move("check_ins", moment)
    send(check_ins(50, first=50))
    with pytest.MonkeyPatch.context() as patch:
        killing(patch, module, name, when)
        with pytest.raises(Killed):
            moving.move("check_ins", moment)
    assert set(in_lake()) | set(staged()) == {record(n) for n in range(100)}, "nowhere is a gap"
    send(check_ins(10, first=100))
    moving.move("check_ins", moment)
    moving.move("check_ins", moment)
    assert in_lake() == sorted(record(n) for n in range(110))
    assert staged() == []
    assert not StreamMove.objects.filter(done_at=None).exists()


def test_without_the_number_in_the_commit_a_killed_mover_would_move_twice(
    send: Callable[..., Any], moment: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the protection off, the same kill doubles the rows."""
    monkeypatch.setattr(lakes.LakeTable, "last_step", lambda table, application: -1)
    send(check_ins(50))
    with pytest.MonkeyPatch.context() as patch:
        killing(patch, "sizao.store.lake", "LakeTable.append", "after")
        with pytest.raises(Killed):
            moving.move("check_ins", moment)
    moving.move("check_ins", moment)
    assert len(in_lake()) == 100


def test_nothing_leaves_staging_before_the_files_of_the_lake_are_forced_to_disk(
    send: Callable[..., Any], moment: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(check_ins(5))
    synced: list[tuple[str, int]] = []
    inner = lakes._sync_file
    monkeypatch.setattr(
        lakes, "_sync_file", lambda file: (synced.append((str(file), len(staged()))), inner(file))
    )
    moving.move("check_ins", moment)
    files = {file for file, still_staged in synced if still_staged == 5}
    table = lake_table("check_ins")
    data = {str(file) for file in table.path.rglob("*.parquet")}
    log = {str(file) for file in table.path.rglob("*.json")}
    assert data
    assert data | log <= files
    assert {str(next(iter(table.path.glob("day=*")))), str(table.path / "_delta_log")} <= files


def test_a_batch_that_cannot_be_moved_is_parked_and_holds_up_no_other(
    send: Callable[..., Any], moment: Any
) -> None:
    bad = send(check_ins(5)).batches[0]
    send(check_ins(5, first=5))
    StreamBatch.objects.filter(pk=bad).update(rows=6)  # it announced what is not there
    for _ in range(moving.TRIES):
        send(check_ins(1, first=100))
        moving.move("check_ins", moment)
    assert StreamBatch.objects.get(pk=bad).parked_at is not None
    assert len(in_lake()) == 6
    assert len(staged()) == 5, "it is kept, and still told to who reads"
    StreamBatch.objects.filter(pk=bad).update(rows=5)
    assert moving.release(bad)
    moving.move("check_ins", moment)
    assert (len(in_lake()), staged()) == (11, [])


def test_when_the_disk_is_at_fault_no_batch_is_blamed(
    send: Callable[..., Any], moment: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(check_ins(5))
    send(check_ins(5, first=5))

    def full(*args: Any, **kwargs: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(lakes.LakeTable, "append", full)
        for _ in range(moving.TRIES + 1):
            with pytest.raises(OSError, match="No space"):
                moving.move("check_ins", moment)
    assert not StreamBatch.objects.exclude(tries=0).exists()
    assert moving.move("check_ins", moment) == 10


def test_many_small_files_become_few_and_what_no_version_names_goes(
    send: Callable[..., Any], moment: Any
) -> None:
    for n in range(lakes.MANY + 1):
        send(check_ins(10, first=10 * n))
        moving.move("check_ins", moment)
    before = lake_table("check_ins").status()
    made_one, gone = moving.tidy("check_ins")
    after = lake_table("check_ins").status()
    assert (before.files, after.files, made_one, gone) == (lakes.MANY + 1, 1, 1, lakes.MANY + 1)
    assert before.rows == after.rows == 10 * (lakes.MANY + 1)
    assert not lake_table("check_ins").missing_files()
    send(check_ins(3, first=1000))
    moving.move("check_ins", moment)
    assert len(in_lake()) == after.rows + 3, "and the number of the last step survives the sweep"


def test_a_days_table_is_emptied_and_its_keys_stay(send: Callable[..., Any], moment: Any) -> None:
    send(check_ins(20))
    moving.move("check_ins", moment)
    slot = slot_of(date(2020, 11, 10))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_relation_size('{staged_in('check_ins', slot)}')")
        assert cursor.fetchone() == (0,)
    assert counted(seen_in("check_ins", slot)) == 7 + 1 + 1, "keys alone, one of the others, and the mark"
