"""The PostgreSQL that comes with the installation is there when it is needed, whatever was killed before."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sizao_web.settings import embedded, postgresql
from sizao_web.settings.configuration import Misconfigured
from sizao_web.settings.database import socket_folder
from sizao_web.settings.postgresql import owner, postmaster
from sizao_web.settings.testing import scratch

USING = """
import sys, time
from pathlib import Path
from sizao_web.settings import embedded
with embedded.using(Path(sys.argv[1])):
    print("inside", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def cluster(worker_id: str) -> Iterator[Path]:
    """A folder for a cluster, thrown away afterwards."""
    data = scratch(f"embedded-{worker_id}")
    embedded.stop(data / "postgresql")
    shutil.rmtree(data)
    data.mkdir(mode=0o711)
    yield data / "postgresql"
    embedded.stop(data / "postgresql")
    shutil.rmtree(data)


def user(cluster: Path) -> subprocess.Popen[bytes]:
    """Another process that needs the cluster, until it is told that it does not."""
    process = subprocess.Popen(
        [sys.executable, "-c", USING, str(cluster)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    return process


def until_inside(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == b"inside\n"


def leave(process: subprocess.Popen[bytes]) -> None:
    process.communicate(timeout=600)
    assert process.returncode == 0


def rows(address: str) -> int:
    with psycopg.connect(address) as connection:
        found = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert found is not None
    return int(found[0])


def test_two_processes_that_start_it_at_once_share_it_and_the_last_stops_it(cluster: Path) -> None:
    first, second = user(cluster), user(cluster)
    until_inside(first)
    until_inside(second)
    leave(first)
    assert embedded.running(cluster)
    leave(second)
    assert not embedded.running(cluster)


def test_who_comes_while_the_last_leaves_finds_it_running(
    cluster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between finding it running and being counted as a user."""
    start = embedded.start
    last = user(cluster)
    until_inside(last)

    def slowly(place: Path) -> str:
        address = start(place)
        leave(last)
        return address

    monkeypatch.setattr(embedded, "start", slowly)
    with embedded.using(cluster) as address, psycopg.connect(address) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not embedded.running(cluster)


def test_a_user_that_was_killed_does_not_keep_it_running(cluster: Path) -> None:
    killed, other = user(cluster), user(cluster)
    until_inside(killed)
    until_inside(other)
    killed.kill()
    killed.communicate()
    leave(other)
    assert not embedded.running(cluster)


def test_after_kill_of_everything_it_starts_again_with_what_was_committed(cluster: Path) -> None:
    address = embedded.start(cluster)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")
        busy = subprocess.Popen(
            [
                sys.executable,
                "-c",
                f"import psycopg; psycopg.connect('{address}').execute('SELECT pg_sleep(600)')",
            ]
        )
        asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
        while connection.execute(asked).fetchone() == (0,):
            assert busy.poll() is None
            time.sleep(0.02)
        server = postmaster(cluster)
        assert server is not None
        os.kill(server, signal.SIGKILL)
        busy.kill()
        busy.wait()
    assert rows(embedded.start(cluster)) == 1


def test_a_lock_file_whose_number_is_another_process_by_now_does_not_hinder(cluster: Path) -> None:
    embedded.start(cluster)
    embedded.stop(cluster)
    with_our_number = f"{os.getpid()}\n{cluster}\n1\n5432\n{cluster}\n\n1 1\nready   \n"
    (cluster / "postmaster.pid").write_text(with_our_number)
    (cluster / ".s.PGSQL.5432.lock").write_text(with_our_number)
    if owner():
        for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            os.chown(cluster / name, owner()["user"], owner()["group"])
    assert not embedded.running(cluster)
    embedded.start(cluster)
    assert embedded.running(cluster)


def test_sessions_that_outlive_a_killed_server_are_given_time_and_then_ended(
    cluster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "PATIENCE", 1.0)
    address = embedded.start(cluster)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n int)")
    server, held = postmaster(cluster), psycopg.connect(address, autocommit=True)
    assert server is not None
    try:
        found = held.execute("SELECT pg_backend_pid()").fetchone()
        assert found is not None
        os.kill(found[0], signal.SIGSTOP)  # a session that does not notice the death of its server
        os.kill(server, signal.SIGKILL)
        started = time.monotonic()
        assert rows(embedded.start(cluster)) == 0
        assert time.monotonic() - started > 1, "it was not given the time to end by itself"
    finally:
        held.close()


def test_it_keeps_what_it_acknowledged_and_only_its_owner_may_enter(cluster: Path) -> None:
    address = embedded.start(cluster)
    wanted = {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "data_checksums": "on",
        "listen_addresses": "",
    }
    with psycopg.connect(address) as connection:
        for name, value in wanted.items():
            assert connection.execute("SELECT current_setting(%s)", [name]).fetchone() == (value,)
    assert stat.S_IMODE(cluster.stat().st_mode) == 0o700
    assert stat.S_IMODE((socket_folder(cluster) / ".s.PGSQL.5432").stat().st_mode) == 0o700


@pytest.mark.parametrize("role", ["sizao_web", "sizao_worker"])
def test_pages_and_jobs_cannot_become_the_owner(cluster: Path, role: str) -> None:
    embedded.start(cluster)
    with psycopg.connect(
        host=str(socket_folder(cluster)), port=5432, user=role, dbname="sizao", autocommit=True
    ) as connection:
        connection.execute("RESET ROLE")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SET ROLE postgres")
        assert connection.execute(
            "SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = session_user"
        ).fetchone() == (False,)


def test_a_cluster_of_another_version_is_refused_and_left_as_it_is(cluster: Path) -> None:
    embedded.start(cluster)
    embedded.stop(cluster)
    version = cluster / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(Misconfigured, match=r"of PostgreSQL 17.*sizao restore"):
        embedded.start(cluster)
    assert version.read_text() == "17\n"
    version.write_text("18\n")


def test_where_a_path_is_too_long_for_a_socket_it_lies_elsewhere_for_the_owner_alone(
    cluster: Path,
) -> None:
    deep = cluster.parent / ("deep" * 20) / ("deeper" * 10) / "postgresql"
    deep.parent.mkdir(parents=True, mode=0o711)
    try:
        address = embedded.start(deep)
        folder = socket_folder(deep)
        assert folder != deep
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        with psycopg.connect(address) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        embedded.stop(deep)
        shutil.rmtree(socket_folder(deep))


def test_its_log_holds_no_values(cluster: Path) -> None:
    address = embedded.start(cluster)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (name text PRIMARY KEY)")
        connection.execute("INSERT INTO kept VALUES (%s)", ["mark7391"])
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO kept VALUES (%s)", ["mark7391"])
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            connection.execute("SELECT 'no number: mark7391'::integer")
    log = (cluster.parent / "logs" / "postgresql.log").read_text(encoding="utf-8")
    assert "ready to accept connections" in log
    assert "mark7391" not in log
