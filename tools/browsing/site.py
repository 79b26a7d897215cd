"""A demonstration in a folder of its own: made, served by the real server with its jobs, stopped."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psycopg

from sizao_web.demo.day import clock_behind
from sizao_web.settings.clock import real
from sizao_web.settings.configuration import usual_witness
from sizao_web.settings.database import EMBEDDED_NAME, OWNER, socket_folder

ZONE = "Asia/Shanghai"
ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN = 1800.0  # seconds from starting the command to its first answer; it ends sooner where it fails
STOPPED_WITHIN = 180.0  # seconds; the processes are given 40, the database what it needs
SETTLED_WITHIN = 240.0  # seconds; longer than a minute: what a job passed over the next minute's makes right
PORTS = range(20_000, 32_000)  # below those that the system lends to whoever connects somewhere


class NotServing(Exception):
    """The demonstration could not be made or does not answer; the text has what it said."""


@dataclass
class Site:
    """One demonstration. clock_behind: by how many seconds its clock is behind; fewer move it on."""

    data: Path
    address: str
    clock_behind: int = 0
    ready_within: float = READY_WITHIN
    counts: dict[str, Any] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Make the demonstration and serve it, as `sizao demo` does."""
        self._run("demo", "--data", str(self.data), "--json")
        self._ready()
        self.counts = _document(self.said.read_text(encoding="utf-8"))
        self.clock_behind = clock_behind(self.data, real(), ZONE)

    def days_later(self, days: int) -> None:
        """Stop, and go on with a clock that is so many days ahead of now."""
        self.stop()
        self.clock_behind -= days * 86_400
        self._run("serve")
        self._ready()

    def _run(self, *words: str) -> None:
        port = self.address.rsplit(":", 1)[1]
        command = [sys.executable, "-m", "sizao_web.command", *words, "--port", port]
        self.data.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log, self.said.open("wb") as said:
            self._process = subprocess.Popen(command, env=self._environment(), stdout=said, stderr=log)

    def _ready(self) -> None:
        until = time.monotonic() + self.ready_within
        while time.monotonic() < until and self._process is not None and self._process.poll() is None:
            try:
                with urlopen(f"{self.address}/health/ready", timeout=30) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.1)
        raise NotServing(f"{self.address} does not answer. It said:\n{self.log.read_text()[-3000:]}")

    @property
    def log(self) -> Path:
        """What server and jobs say. Beside the folder: the demonstration is made in an empty one."""
        return self.data.with_suffix(".log")

    @property
    def said(self) -> Path:
        """What the command says to whoever called it."""
        return self.data.with_suffix(".out")

    def _environment(self) -> dict[str, str]:
        stated = {
            "SIZAO_MODE": "demo",
            "SIZAO_DATA": str(self.data),
            "SIZAO_CLOCK_BEHIND": str(self.clock_behind),
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SIZAO_")}
        inherited.pop("DJANGO_SETTINGS_MODULE", None)  # the tests' own
        return {**inherited, **stated, "PYTHONUNBUFFERED": "1"}  # its counts, before it ends

    def stop(self) -> None:
        """Stop server and jobs; what they have in hand is finished first."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(STOPPED_WITHIN)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def ask(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What the owner of the database reads: for finding objects to open, and for comparing with pages."""
        host = str(socket_folder(self.data / "postgresql"))
        with psycopg.connect(host=host, user=OWNER, dbname=EMBEDDED_NAME, port=5432) as connection:
            return connection.execute(sql, values).fetchall()  # type: ignore[arg-type]

    def settled(self, within: float = SETTLED_WITHIN) -> None:
        """Wait until every job there is now has been done, and what came of it: the ledger is then what the
        facts say. What comes with every minute after that is not waited for: it never ends."""
        until = time.monotonic() + within
        ((last,),) = self.ask("SELECT coalesce(max(id), 0) FROM procrastinate_jobs")
        # One that failed waits for its next try at a time of its own; nothing else has one.
        waiting = (
            "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND (id <= %s"
            " OR task_name NOT IN (SELECT task_name FROM procrastinate_periodic_defers))"
        )
        while time.monotonic() < until:
            if self.ask(waiting, [last]) == [(0,)]:
                return
            time.sleep(0.2)
        raise NotServing(f"Jobs are still waiting after {within:.0f} s; see {self.log}.")


@contextmanager
def serving(data: Path) -> Iterator[Site]:
    """A demonstration made anew in this folder, served while inside."""
    for old in (data, usual_witness(data)):  # the witness would tell of another history
        shutil.rmtree(old, ignore_errors=True)
    site = Site(data, f"http://127.0.0.1:{_free_port()}")
    site.log.unlink(missing_ok=True)
    try:
        site.make()
        yield site
    finally:
        site.stop()


def _document(text: str) -> dict[str, Any]:
    """The JSON with which the command begins what it says; more may follow."""
    found: dict[str, Any] = json.JSONDecoder().raw_decode(text)[0]
    return found


def _free_port() -> int:
    """One that nobody listens at, and that nobody is lent before the demonstration, which is made first,
    listens there itself. Processes that look at the same time begin at different ones."""
    first = os.getpid() * 7 % len(PORTS)
    for port in (*PORTS[first:], *PORTS[:first]):
        with socket.socket() as listening, suppress(OSError):
            listening.bind(("127.0.0.1", port))
            return port
    raise NotServing(f"No port from {PORTS.start} to {PORTS.stop} is free.")
