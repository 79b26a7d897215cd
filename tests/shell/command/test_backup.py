"""A backup is one after it was restored and compared; what differs is found and said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from shell.command.conftest import Sizao
from sizao_web.command import backup
from sizao_web.command.contents import contents
from sizao_web.records.chain import witness
from sizao_web.settings import embedded

TABLES = """
CREATE TABLE fact (
  n bigint GENERATED ALWAYS AS IDENTITY, name text, at timestamptz, body bytea, arrived xid8);
INSERT INTO fact (name, at, body, arrived)
  SELECT 'p' || n, '2020-11-10 09:00+08', decode(md5(n::text), 'hex'), pg_current_xact_id()
  FROM generate_series(1, 500) AS n;
CREATE TABLE nothing (n int);
CREATE TABLE ledger_run (id bigint, facts_until text);
INSERT INTO ledger_run VALUES (1, '700:700:'), (2, '712:715:713')
"""


@pytest.fixture
def city(sizao: Sizao, home: Path) -> str:
    """Address of a database with some rows."""
    (home / "city").mkdir(mode=0o711)
    address = embedded.start(home / "city" / "postgresql")
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in TABLES.split(";"):
            connection.execute(sql.SQL(statement))  # type: ignore[arg-type]
    return address


@pytest.fixture(autouse=True)
def no_migration(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables of an installation are made by `migrate`, which another test runs."""
    monkeypatch.setattr(backup, "once", lambda *_: None)


def test_people_may_go_on_recording_while_a_backup_is_made(
    city: str, sizao: Sizao, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_program = backup.subprocess.run

    def meanwhile(*words: Any, **how: Any) -> Any:
        done = run_program(*words, **how)
        if "pg_dump" in str(words[0][0]):
            with psycopg.connect(city, autocommit=True) as connection:
                connection.execute("INSERT INTO fact (name) VALUES ('meanwhile')")
        return done

    monkeypatch.setattr(backup.subprocess, "run", meanwhile)
    code, said = sizao("city", "backup", "HOME/busy")
    monkeypatch.undo()
    monkeypatch.setattr(backup, "once", lambda *_: None)
    assert code == 0, said
    assert "503 rows, and 0 of the lake, restored and compared row by row: no difference" in said
    code, said = sizao("again", "restore", "HOME/busy")
    assert code == 0, said


def test_beside_a_backup_stand_the_roots_that_the_witness_had_seen_before_it_began(
    city: str, sizao: Sizao, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The jobs sign a root a minute. One of later is not in the backup and would be missed there for ever."""
    place = home / "witness"
    monkeypatch.setenv("SIZAO_WITNESS", str(place))
    witness.note_restored(place, witness.Restored(0, "2020-11-10", "before"))
    until_then = witness.file_of(place).read_bytes()
    restored = backup._restored

    def meanwhile(file: Path, address: str, *more: str) -> None:
        restored(file, address, *more)
        witness.note_restored(place, witness.Restored(0, "2020-11-10", "meanwhile"))

    monkeypatch.setattr(backup, "_restored", meanwhile)
    code, said = sizao("city", "backup", "HOME/b")
    assert code == 0, said
    assert b"meanwhile" in witness.file_of(place).read_bytes()
    assert (home / "b.roots.jsonl").read_bytes() == until_then
    assert not list(home.glob("*.part*"))


def test_what_was_backed_up_comes_back_row_by_row(city: str, sizao: Sizao, home: Path) -> None:
    code, said = sizao("city", "backup", "HOME/b")
    assert code == 0, said
    assert "503 rows, and 0 of the lake, restored and compared row by row: no difference" in said
    assert (home / "b").stat().st_mode & 0o077 == 0
    code, said = sizao("again", "restore", "HOME/b")
    assert code == 0, said
    assert "503 rows are restored" in said
    with psycopg.connect(embedded.start(home / "again" / "postgresql")) as connection:
        assert connection.execute("SELECT count(*), max(n) FROM fact").fetchone() == (500, 500)
    assert not list((home / "city").glob("*compare*")), "what was restored to compare is thrown away"


@pytest.mark.parametrize(
    "loss",
    [
        "DELETE FROM fact WHERE n = 250",
        "UPDATE fact SET name = 'q' WHERE n = 250",
        "INSERT INTO fact (name, at, body, arrived) SELECT name, at, body, arrived FROM fact WHERE n = 1",
        "ALTER SEQUENCE fact_n_seq RESTART WITH 7",
        "DROP TABLE nothing",
    ],
)
def test_a_backup_that_does_not_come_back_whole_is_none(
    city: str, sizao: Sizao, home: Path, monkeypatch: pytest.MonkeyPatch, loss: str
) -> None:
    restored = backup._restored

    def badly(file: Path, address: str, *more: str) -> None:
        restored(file, address, *more)
        with psycopg.connect(address) as connection:
            connection.execute(loss)  # type: ignore[arg-type]

    monkeypatch.setattr(backup, "_restored", badly)
    code, said = sizao("city", "backup", "HOME/b")
    assert code == 1
    assert "differ" in said
    assert not (home / "b").exists()


def test_nothing_is_restored_over_what_is_there(city: str, sizao: Sizao) -> None:
    assert sizao("city", "backup", "HOME/b")[0] == 0
    code, said = sizao("city", "restore", "HOME/b")
    assert code == 1
    assert "not empty" in said


def test_a_damaged_backup_is_found_out(city: str, sizao: Sizao, home: Path) -> None:
    assert sizao("city", "backup", "HOME/b")[0] == 0
    whole = (home / "b").read_bytes()
    (home / "b").write_bytes(whole[: len(whole) // 2])
    code, said = sizao("again", "restore", "HOME/b")
    assert code == 1, said
    assert "pg_restore failed" in said
    with psycopg.connect(embedded.start(home / "again" / "postgresql")) as connection:
        assert contents(connection) == {}, "all of it or nothing"
    (home / "b").write_bytes(whole)
    stated: dict[str, Any] = json.loads((home / "b.json").read_text())
    stated["tables"]["fact"][1] = "0/0"
    (home / "b.json").write_text(json.dumps(stated))
    code, said = sizao("other", "restore", "HOME/b")
    assert code == 1
    assert "After restoring, fact differ" in said


def test_a_login_that_row_policies_bind_backs_nothing_up(
    city: str, sizao: Sizao, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(city, autocommit=True) as connection:
        connection.execute("GRANT pg_read_all_data TO sizao_web")
    monkeypatch.setenv("DATABASE_URL", city.replace("//postgres@", "//sizao_web@"))
    code, said = sizao("city", "backup", "HOME/b")
    assert code == 1
    assert "bound by row policies" in said
    assert not (home / "b").exists()
