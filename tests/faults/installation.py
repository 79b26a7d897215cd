"""A real installation in a folder of its own: made, served by `sizao serve`, its processes found."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from tempfile import gettempdir
from typing import Any, LiteralString, TextIO
from urllib.request import urlopen

import psycopg

from sizao_web.command.working import LOCK
from sizao_web.settings import embedded
from sizao_web.settings.clock import real
from sizao_web.settings.database import EMBEDDED_NAME, OWNER, socket_folder
from sizao_web.settings.postgresql import postmaster

ROOT = Path(__file__).resolve().parents[2]
ENDING = 20.0  # seconds within which who answered under a killed keeper has ended: sooner than its requests
RECOVERY = 900.0  # seconds after which an installation that is not ready again counts as lost
STOPPING = 900.0  # seconds after which one that was told to stop hangs


@dataclass
class Installation:
    """One installation. module: what is run; `faults.bugs NAME` is a build with a planted bug."""

    data: Path
    module: str = "sizao_web.command"
    address: str = ""
    people: list[str] = field(default_factory=list)
    threads: int = 6
    words: tuple[str, ...] = ()  # more for `sizao serve`
    more: dict[str, str] = field(default_factory=dict)  # more for the environment
    _serve: subprocess.Popen[bytes] | None = None

    @property
    def cluster(self) -> Path:
        """The folder of its PostgreSQL."""
        return self.data / "postgresql"

    @property
    def environment(self) -> dict[str, str]:
        """What its processes are told."""
        from sizao_web.demo.day import clock_behind

        own = {
            "SIZAO_MODE": "demo",
            "SIZAO_DATA": str(self.data),
            "SIZAO_CLOCK_BEHIND": str(clock_behind(self.data, real(), "Asia/Shanghai")),
            "DJANGO_SETTINGS_MODULE": "sizao_web.settings.django",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "tests"), str(ROOT / "src")]),
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SIZAO_")}
        return {**kept, **own, **self.more}

    def make(self) -> None:
        """Tables, people, duties."""
        self.run("sizao_web.command", "migrate", role="owner")
        done = self.run("faults.world", role="owner")
        self.people = json.loads(done.splitlines()[-1])
        (self.data / "people.json").write_text(json.dumps(self.people), encoding="utf-8")

    def run(self, module: str, *words: str, role: str = "web") -> str:
        """Run a module in the environment of the installation to its end; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", module, *words],
            env={**self.environment, "SIZAO_ROLE": role},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{module} {words}:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    def tried(self, *words: str, role: str = "owner") -> subprocess.CompletedProcess[str]:
        """Run a command of the build, whatever comes of it."""
        return subprocess.run(
            [sys.executable, "-m", *self.module.split(), *words],
            env={**self.environment, "SIZAO_ROLE": role},
            capture_output=True,
            text=True,
            check=False,
        )

    def start(self) -> None:
        """`sizao serve`, or the same with the planted mistake; returns when it is ready."""
        if not self.address:
            self.address = f"http://127.0.0.1:{free_port()}"
        words = [
            "serve",
            "--port",
            self.address.rsplit(":", 1)[1],
            "--threads",
            str(self.threads),
            *self.words,
        ]
        with (self.data / "serve.log").open("ab") as log:
            self._serve = subprocess.Popen(
                [sys.executable, "-m", *self.module.split(), *words],
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        self.until_ready()

    def until_ready(self, answering: int = 1) -> float:
        """Wait until that many processes answer and pages reach their database; the seconds that took."""
        began = time.monotonic()
        while time.monotonic() - began < RECOVERY:
            assert self._serve is not None
            if self._serve.poll() is not None:
                self.start()  # as the system's service manager would
            with (
                suppress(OSError, HTTPException),
                urlopen(f"{self.address}/health/ready", timeout=10) as answer,
            ):
                if answer.status == 200 and len(self.processes()["answering"]) >= answering:
                    return time.monotonic() - began
            time.sleep(0.05)
        raise AssertionError(f"Not ready {RECOVERY:.0f} s after a kill:\n{self.log()}")

    def lock_holder(self) -> int | None:
        """The session that holds the lock of the one worker."""
        return self._number(
            f"SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = {LOCK} AND granted"
        )

    def worker(self) -> int | None:
        """The number of the last worker that began to do jobs, after it took back and caught up."""
        return self._number("SELECT max(id) FROM procrastinate_workers")

    def until_working(self, before: int | None) -> float:
        """Wait until a worker after the one of before has caught up and does jobs; the seconds that took."""
        began = time.monotonic()
        while time.monotonic() - began < RECOVERY:
            if (self.worker() or 0) > (before or 0):
                return time.monotonic() - began
            time.sleep(0.05)
        raise AssertionError(f"No worker {RECOVERY:.0f} s after a kill:\n{self.log()}")

    def _number(self, asked: LiteralString) -> int | None:
        with suppress(psycopg.OperationalError), self._connection() as connection:
            found = connection.execute(asked).fetchone()
            return None if found is None else found[0]
        return None

    def log(self) -> str:
        """The last that its processes said."""
        return (self.data / "serve.log").read_text(encoding="utf-8", errors="replace")[-3000:]

    def stop(self) -> None:
        """SIGTERM and wait; the database stops with its last user."""
        if self._serve is not None:
            self._serve.send_signal(signal.SIGTERM)
            self._serve.wait(STOPPING)
            self._serve = None

    def forget(self) -> None:
        """Whoever served was killed, and is not started again by itself."""
        if self._serve is not None:
            self._serve.wait(STOPPING)
            self._serve = None

    def processes(self) -> dict[str, list[int]]:
        """Process numbers: parent (of all), answering (pages), keeper (of it), jobs, database."""
        assert self._serve is not None
        found: dict[str, list[int]] = {"parent": [self._serve.pid], "answering": [], "keeper": [], "jobs": []}
        listed = list(_listed())
        for pid, above, words in listed:
            if above == self._serve.pid and "--only-pages" in words:
                found["keeper"].append(pid)
                found["answering"] += [one for one, keeper, _ in listed if keeper == pid]
            elif above == self._serve.pid and "--only-jobs" in words:
                found["jobs"].append(pid)
        server = postmaster(self.cluster)
        return {**found, "database": [server] if server else []}

    def sessions(self) -> list[int]:
        """Processes of the database that work for pages and jobs."""
        with self._reached() as connection:
            found = connection.execute(
                """SELECT pid FROM pg_stat_activity
                   WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY pid"""
            )
            return [pid for (pid,) in found.fetchall()]

    @contextmanager
    def asked(self) -> Iterator[psycopg.Connection[Any]]:
        """A connection of the owner, with the database running."""
        with embedded.using(self.cluster), self._reached() as connection:
            yield connection

    def tell(self, statement: LiteralString) -> None:
        """A statement of the owner, that breaks off where the database does."""
        with suppress(psycopg.OperationalError), self._connection() as connection:
            connection.execute(statement)

    def background(self, kind: str) -> int:
        """The number of a process of the database itself; just after it began again they come one by one."""
        until = time.monotonic() + RECOVERY
        while time.monotonic() < until:
            with suppress(psycopg.OperationalError), self._connection() as connection:
                found = connection.execute(
                    "SELECT pid FROM pg_stat_activity WHERE backend_type = %s", [kind]
                ).fetchone()
                if found is not None:
                    return int(found[0])
            time.sleep(0.02)
        raise AssertionError(f"The database has no {kind} after {RECOVERY:.0f} s.")

    def _reached(self) -> psycopg.Connection[Any]:
        """A connection as soon as it takes any: after a kill it may be beginning again."""
        until = time.monotonic() + RECOVERY
        while True:
            try:
                return self._connection()
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
            time.sleep(0.05)

    def _connection(self, name: str = EMBEDDED_NAME) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=str(socket_folder(self.cluster)),
            port=5432,
            user=OWNER,
            dbname=name,
            autocommit=True,
        )


def kill(pid: int) -> bool:
    """kill -9; whether it was there."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def outlived(pids: Sequence[int]) -> list[int]:
    """Which of these processes of pages are still there a while after their keeper was killed."""
    until = time.monotonic() + ENDING
    while True:
        left = [pid for pid, _, words in _listed() if pid in pids and "--only-pages" in words]
        if not left or time.monotonic() > until:
            return left
        time.sleep(0.05)


def children(pid: int) -> list[int]:
    """Processes whose parent it is."""
    return [one for one, above, _ in _listed() if above == pid]


def until_gone(pids: Sequence[int], seconds: float) -> None:
    """Wait until none of these processes of a database is left, or for so many seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not any(pid in pids and words[0].startswith(("postgres", "/")) for pid, _, words in _listed()):
            return
        time.sleep(0.02)


def _listed() -> Iterator[tuple[int, int, list[str]]]:
    """Number, number of the parent and words of each living process; the dead have no words."""
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with suppress(OSError, IndexError):
                stat = (process / "stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
                words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
                if any(words):
                    yield int(process.name), int(stat[1]), words


def free_port() -> int:
    """A port that is free, and that until this process ends nobody else of ours is told of."""
    while True:
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            found = int(listening.getsockname()[1])
        taken = Path(gettempdir(), f"sizao-port-{found}").open("w")  # noqa: SIM115
        try:
            fcntl.flock(taken, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            taken.close()
        else:
            _PORTS.append(taken)
            return found


_PORTS: list[TextIO] = []
"""Held open: with its file goes the lock."""
