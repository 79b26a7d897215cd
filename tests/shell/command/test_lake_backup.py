"""The lake is in the backup: what was moved comes back row for row, what was not is staged and comes once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pytest

from shell.command.conftest import Sizao
from sizao.store.lake import LakeTable
from sizao_web.command import backup, lake_backup
from sizao_web.settings import embedded

TABLES = """
CREATE TABLE stream_move (id bigint PRIMARY KEY, stream text, done_at timestamptz);
CREATE TABLE stream_batch (id bigint PRIMARY KEY, stream text, rows bigint, move_id bigint);
INSERT INTO stream_move VALUES (1, 'check_ins', now()), (2, 'check_ins', NULL), (3, 'temperatures', now());
INSERT INTO stream_batch VALUES (11, 'check_ins', 300, 1), (12, 'check_ins', 2, 1), (13, 'check_ins', 5, 2),
  (14, 'check_ins', 7, NULL), (15, 'temperatures', 4, 3);
CREATE TABLE ledger_run (id bigint, facts_until text);
"""
FIRST = date(2020, 11, 9)
LAST = date(2020, 11, 10)


@pytest.fixture(autouse=True)
def no_migration(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables of an installation are made by `migrate`, which another test runs."""
    monkeypatch.setattr(backup, "once", lambda *_: None)


def rows(batch: int, count: int, day: date, value: str) -> pa.Table:
    """Rows of a stream as they lie in the lake, two of them alike in all but their record."""
    moment = datetime(day.year, day.month, day.day, 8)
    return pa.table(
        {
            "person": [f"p-{row // 2}" for row in range(count)],
            "place": ["mall-1"] * count,
            value: pa.array([moment] * count, pa.timestamp("us")),
            "source_record": [f"{batch}-{row}" for row in range(count)],
            "recorded_at": pa.array([moment] * count, pa.timestamp("us")),
            "batch": pa.array([batch] * count, pa.int64()),
            "day": pa.array([day] * count, pa.date32()),
        }
    )


@pytest.fixture
def city(sizao: Sizao, home: Path) -> Iterator[Path]:
    """A city whose scanners' rows were moved; of one step the mover was killed before it said so."""
    folder = home / "city"
    folder.mkdir(mode=0o711)
    with psycopg.connect(embedded.start(folder / "postgresql"), autocommit=True) as connection:
        connection.execute(TABLES)
    for stream, moment, batches in (
        ("check_ins", "checked_in_at", ((11, 300, FIRST), (12, 2, LAST), (13, 5, LAST))),
        ("temperatures", "measured_at", ((15, 4, LAST),)),
    ):
        table = LakeTable(folder / "lake", stream)
        table.create(rows(0, 1, FIRST, moment).schema, measured=("batch",))
        for batch, count, day in batches:
            table.append(rows(batch, count, day, moment), application="mover", step=batch)
    yield folder
    shutil.rmtree(home / "again", ignore_errors=True)


def batches(lake: Path, stream: str) -> list[int]:
    found = LakeTable(lake, stream).rows(first=FIRST, last=LAST, columns=["batch"])
    return sorted(found["batch"].to_pylist())


def test_what_was_moved_comes_back_row_for_row_and_what_was_not_is_left_to_the_dump(
    city: Path,
    sizao: Sizao,
    home: Path,
) -> None:
    code, said = sizao("city", "backup", "HOME/b")
    assert code == 0, said
    assert "306 of the lake, restored and compared row by row: no difference" in said
    for file in (home / "b.lake").iterdir():
        assert file.stat().st_mode & 0o077 == 0
    assert (home / "b.lake").stat().st_mode & 0o077 == 0
    assert not list(home.glob("*.part*"))
    code, said = sizao("again", "restore", "HOME/b")
    assert code == 0, said
    assert "306 of the lake" in said
    assert batches(home / "again" / "lake", "check_ins") == [11] * 300 + [12] * 2
    assert batches(home / "again" / "lake", "temperatures") == [15] * 4
    before = lake_backup.contents(city / "lake")
    after = lake_backup.contents(home / "again" / "lake")
    assert after["check_ins/2020-11-09"] == before["check_ins/2020-11-09"]
    assert after["check_ins/2020-11-10"] != before["check_ins/2020-11-10"], "the step that was not done"
    table = LakeTable(home / "again" / "lake", "check_ins")
    assert table.last_step("mover") == -1, "the mover of the new cluster begins anew"


def test_a_lake_that_lost_a_batch_is_not_backed_up(city: Path, sizao: Sizao, home: Path) -> None:
    LakeTable(city / "lake", "check_ins").drop_where("source_record = '11-7'")
    code, said = sizao("city", "backup", "HOME/b")
    assert code == 1
    assert "does not hold what was moved to it" in said
    assert not (home / "b").exists()
    assert not (home / "b.lake").exists()


@pytest.mark.parametrize("loss", ["a row", "a row twice", "a value", "a day"])
def test_a_backup_whose_lake_does_not_come_back_whole_is_none(
    city: Path,
    sizao: Sizao,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    loss: str,
) -> None:
    append = LakeTable.append

    def badly(self: LakeTable, given: pa.Table, **words: Any) -> None:
        if given.num_rows == 300:
            changed = {
                "a row": given.slice(1),
                "a row twice": pa.concat_tables([given, given.slice(0, 1)]),
                "a value": given.set_column(
                    given.column_names.index("person"), "person", pa.array(["p-x"] * 300)
                ),
                "a day": given.slice(0, 0),
            }
            given = changed[loss]
        append(self, given, **words)

    monkeypatch.setattr(LakeTable, "append", badly)
    code, said = sizao("city", "backup", "HOME/b")
    assert code == 1
    assert "check_ins/2020-11-09 differ" in said
    assert not (home / "b").exists()


def test_files_that_are_damaged_or_gone_are_found_when_they_are_restored(
    city: Path,
    sizao: Sizao,
    home: Path,
) -> None:
    assert sizao("city", "backup", "HOME/b")[0] == 0
    file = home / "b.lake" / "check_ins-2020-11-09.parquet"
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    code, said = sizao("again", "restore", "HOME/b")
    assert code == 1, said
    assert "not whole" in said
    (home / "b.lake").rename(home / "elsewhere")
    code, said = sizao("other", "restore", "HOME/b")
    assert code == 1
    assert "it holds the lake" in said


def test_no_lake_is_restored_over_another(city: Path, sizao: Sizao, home: Path) -> None:
    assert sizao("city", "backup", "HOME/b")[0] == 0
    shutil.copytree(city / "lake", home / "again" / "lake")
    code, said = sizao("again", "restore", "HOME/b")
    assert code == 1
    assert "not empty" in said


def test_rows_are_not_moved_while_the_moment_of_the_backup_is_taken(
    city: Path,
    sizao: Sizao,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[bool] = []
    written = lake_backup.written

    def meanwhile(*words: Any) -> Any:
        with psycopg.connect(embedded.start(city / "postgresql"), autocommit=True) as connection:
            (free,) = connection.execute(
                "SELECT pg_try_advisory_lock(%s)", [lake_backup.LOCK]
            ).fetchone() or (0,)
            asked.append(bool(free))
        return written(*words)

    monkeypatch.setattr(lake_backup, "written", meanwhile)
    assert sizao("city", "backup", "HOME/b")[0] == 0
    assert asked == [False]


def test_the_lock_is_that_of_who_moves() -> None:
    from sizao_web.records.streams import moving

    assert lake_backup.LOCK == moving.LOCK
    assert backup.lake_backup is lake_backup
