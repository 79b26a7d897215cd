"""The PostgreSQL that comes with the installation: a private cluster in the data folder, reached by a socket.

The programs are those of the wheel; starting them is done here, because the wheel opens every folder above
the cluster to everybody, gives a recovery ten seconds, and is confused by what a kill leaves behind.
PostgreSQL refuses to run as root: there it runs as the user `pgserver`, which owns the cluster and nothing
else.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import psycopg
from psycopg import sql

from sizao_web.settings.configuration import Misconfigured
from sizao_web.settings.database import EMBEDDED_NAME, OWNER, socket_folder
from sizao_web.settings.postgresql import (
    MAJOR,
    leftovers,
    owner,
    postmaster,
    private_folder,
    programs,
    release_stale_locks,
    says_ready,
)

SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        # What was acknowledged is on disk: these are what the word means, whatever postgresql.conf says.
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        # Before it recovers every file must be on the disk; asked file by file that takes seconds.
        "recovery_init_sync_method": "syncfs",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "max_connections": "60",
        "shared_buffers": "256MB",
        "max_wal_size": "2GB",
        "random_page_cost": "1.1",
        "jit": "off",
        # No error of a statement in its log: text, DETAIL and statement hold values. Our own log names it.
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_checkpoints": "off",
    }
)
LONGEST_RECOVERY = 3600.0


def start(cluster: Path, settings: Mapping[str, str] = MappingProxyType({})) -> str:
    """Start the cluster when it is not running, make it and the database when they are not there.

    Answers the address of the database for its owner. The cluster goes on running when this process ends.
    Misconfigured says why it cannot be. Two processes may ask at once: the second finds it running.
    """
    _place(cluster)
    with _alone(cluster):
        if not (cluster / "PG_VERSION").exists():
            _make(cluster)
        found = (cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        if found != MAJOR:
            raise Misconfigured(
                f"{cluster} is of PostgreSQL {found}, and this installation comes with {MAJOR}. Back up with "
                "the old installation (sizao backup), restore here into a new data folder (sizao restore).",
                f"{cluster} 属于 PostgreSQL {found}，本安装附带 {MAJOR}。请用旧安装备份（sizao backup），"
                "再在新的数据目录中恢复（sizao restore）。",
            )
        if not _answers(cluster):
            _run(cluster, {**SETTINGS, **settings})
        _make_database(cluster)
    return f"postgresql://{OWNER}@/{EMBEDDED_NAME}?host={socket_folder(cluster)}"


def stop(cluster: Path) -> bool:
    """Stop the cluster, ending its sessions; whether it was running."""
    with _alone(cluster):
        return _stop(cluster)


@contextmanager
def using(cluster: Path) -> Iterator[str]:
    """The cluster runs while anybody is inside, in whichever process; the last to leave stops it.

    Who was killed inside counts as gone: the sign is a lock, and the system takes locks from the dead.
    """
    _place(cluster)
    with _open(cluster, "users") as users:
        # Before it is started: else whoever leaves in between, as the last, would stop it under our feet.
        fcntl.flock(users, fcntl.LOCK_SH)
        address = start(cluster)
        try:
            yield address
        finally:
            with _alone(cluster):
                fcntl.flock(users, fcntl.LOCK_UN)
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    pass
                else:
                    _stop(cluster)


def running(cluster: Path) -> bool:
    """Whether the server process of the cluster is there; it may still be recovering."""
    return postmaster(cluster) is not None


def _place(cluster: Path) -> None:
    """The folder in which the cluster lies."""
    cluster.parent.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)


def _make(cluster: Path) -> None:
    cluster.mkdir(exist_ok=True, mode=0o700)
    if os.geteuid() == 0:
        os.chown(cluster, owner()["user"], owner()["group"])
    command = [programs(cluster) / "initdb", "-D", cluster, "-U", OWNER, "--auth=trust", "--data-checksums"]
    # The same order and the same capital letters on every machine, whatever its locale.
    command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    done = subprocess.run(command, capture_output=True, text=True, env=_environment(), **owner())
    if done.returncode:
        raise Misconfigured(
            f"The database could not be made in {cluster}: {done.stderr.strip()}",
            f"无法在 {cluster} 建立数据库：{done.stderr.strip()}",
        )


def _run(cluster: Path, settings: Mapping[str, str]) -> None:
    """Start the server process and wait until it answers, however long it recovers from a crash."""
    release_stale_locks(cluster, socket_folder(cluster))
    if socket_folder(cluster) != cluster:
        private_folder(socket_folder(cluster))
    given = {**settings, "unix_socket_directories": str(socket_folder(cluster))}
    command = [str(programs(cluster) / "postgres"), "-D", str(cluster)]
    for name, value in given.items():
        command += ["-c", f"{name}={value}"]
    logs = cluster.parent / "logs"
    logs.mkdir(exist_ok=True, mode=0o700)
    until = time.monotonic() + LONGEST_RECOVERY
    while True:
        leftovers(cluster, until)
        with (logs / "postgresql.log").open("ab") as log:
            begun = log.tell()
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us; we stop the server when it is time
                env=_environment(),
                **owner(),
            )
        _children.append(process)
        while process.poll() is None and time.monotonic() < until:
            if _answers(cluster):
                return
            time.sleep(0.05)
        said = (logs / "postgresql.log").read_bytes()[begun:].decode(errors="replace").strip()
        if "pre-existing shared memory block" in said and time.monotonic() < until:
            time.sleep(0.5)  # sessions of a killed server are still ending
            continue
        raise Misconfigured(
            f"PostgreSQL does not start in {cluster}. It says:\n{said[-2000:]}",
            f"PostgreSQL 无法在 {cluster} 启动。它说：\n{said[-2000:]}",
        )


_children: list[subprocess.Popen[bytes]] = []
"""Servers this process started; one that ended stays listed by the system until it is asked for."""


def reap() -> None:
    """Take notice of servers of this process that ended."""
    _children[:] = [process for process in _children if process.poll() is None]


def _stop(cluster: Path) -> bool:
    if postmaster(cluster) is None:
        return False
    command = [programs(cluster) / "pg_ctl", "-D", cluster, "-m", "fast", "-w", "-t", "120", "stop"]
    done = subprocess.run(command, capture_output=True, text=True, env=_environment(), **owner())
    reap()
    if done.returncode and postmaster(cluster) is not None:
        raise Misconfigured(
            f"PostgreSQL in {cluster} does not stop: {done.stderr.strip()}",
            f"{cluster} 中的 PostgreSQL 无法停止：{done.stderr.strip()}",
        )
    return True


def _answers(cluster: Path) -> bool:
    reap()
    if not says_ready(cluster):
        return False
    try:
        _connect(cluster, "postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def _connect(cluster: Path, name: str) -> psycopg.Connection[Any]:
    return psycopg.connect(
        host=str(socket_folder(cluster)),
        port=5432,
        user=OWNER,
        dbname=name,
        autocommit=True,
        connect_timeout=10,
    )


def _make_database(cluster: Path) -> None:
    """The database, and the roles under which pages and jobs sign in: neither can become the owner."""
    with _connect(cluster, "postgres") as connection:
        for role in ("sizao_web", "sizao_worker"):
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} NOSUPERUSER").format(sql.Identifier(role)))
            connection.execute(sql.SQL("ALTER ROLE {} LOGIN NOBYPASSRLS").format(sql.Identifier(role)))
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [EMBEDDED_NAME]).fetchone()
        if found is None:
            name = sql.Identifier(EMBEDDED_NAME)
            connection.execute(sql.SQL("CREATE DATABASE {} ENCODING 'UTF8'").format(name))


@contextmanager
def _alone(cluster: Path) -> Iterator[None]:
    """One process at a time starts or stops the cluster."""
    with _open(cluster, "lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _open(cluster: Path, kind: str) -> Iterator[int]:
    file = os.open(cluster.parent / f"{cluster.name}.{kind}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield file
    finally:
        os.close(file)


def _environment() -> dict[str, str]:
    """Nothing of the caller's: PGPORT and PGDATA would mean something to these programs."""
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
