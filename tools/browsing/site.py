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
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psycopg

ROOT = Path(__file__).resolve().parents[2]
ZONE = "Asia/Shanghai"
READY_WITHIN = 60.0  # seconds from starting the server to its first answer


class NotServing(Exception):
    """The demonstration could not be made or does not answer; the text has what it said."""


@dataclass
class Site:
    """One demonstration. clock_behind: by how many seconds its clock is behind; fewer move it on."""

    data: Path
    clock_behind: int
    address: str
    counts: dict[str, Any]
    _process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        """Start server and jobs, and wait until they answer."""
        port = self.address.rsplit(":", 1)[1]
        words = [sys.executable, "-m", "sizao_web.command", "serve", "--port", port]
        with (self.data / "serve.log").open("ab") as log:
            self._process = subprocess.Popen(
                words, env=_environment(self.data, self.clock_behind), stdout=log, stderr=log
            )
        until = time.monotonic() + READY_WITHIN
        while time.monotonic() < until and self._process.poll() is None:
            try:
                with urlopen(f"{self.address}/health/ready", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.1)
        said = (self.data / "serve.log").read_text(encoding="utf-8", errors="replace")[-3000:]
        raise NotServing(f"{self.address} does not answer. It said:\n{said}")

    def stop(self) -> None:
        """Stop server and jobs; what they have in hand is finished first."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(45)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def days_later(self, days: int) -> None:
        """Go on with a clock that is so many days ahead of now."""
        self.stop()
        self.clock_behind -= days * 86_400
        self.start()

    def ask(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What the owner of the database reads: for finding objects to open, and for comparing with pages."""
        from sizao_web.settings.database import EMBEDDED_NAME, OWNER, socket_folder

        host = str(socket_folder(self.data / "postgresql"))
        with psycopg.connect(host=host, user=OWNER, dbname=EMBEDDED_NAME, port=5432) as connection:
            return connection.execute(sql, values).fetchall()  # type: ignore[arg-type]

    def settled(self, within: float = 30.0) -> None:
        """Wait until no job is waiting: the ledger is then what the facts say."""
        until = time.monotonic() + within
        waiting = (
            "SELECT count(*) FROM procrastinate_jobs"
            " WHERE status IN ('todo', 'doing') AND scheduled_at IS NULL"
        )
        while time.monotonic() < until:
            if self.ask(waiting) == [(0,)]:
                return
            time.sleep(0.1)
        raise NotServing(f"Jobs are still waiting after {within:.0f} s; see {self.data / 'serve.log'}.")


@contextmanager
def serving(data: Path) -> Iterator[Site]:
    """A demonstration made anew in this folder, served while inside."""
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    clock_behind = _clock_behind(data)
    done = subprocess.run(
        [sys.executable, "-m", "tools.browsing.making"],
        env=_environment(data, clock_behind, role="owner"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotServing(f"The demonstration could not be made:\n{done.stderr[-3000:]}")
    site = Site(
        data, clock_behind, f"http://127.0.0.1:{_free_port()}", json.loads(done.stdout.splitlines()[-1])
    )
    try:
        site.start()
        yield site
    finally:
        site.stop()
        _stop_database(data)


def _clock_behind(data: Path) -> int:
    from sizao_web.demo.day import clock_behind

    return clock_behind(data, datetime.now(UTC), ZONE)


def _environment(data: Path, clock_behind: int, role: str = "web") -> dict[str, str]:
    stated = {
        "SIZAO_MODE": "demo",
        "SIZAO_ROLE": role,
        "SIZAO_DATA": str(data),
        "SIZAO_CLOCK_BEHIND": str(clock_behind),
        "DJANGO_SETTINGS_MODULE": "sizao_web.settings.django",
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SIZAO_")}
    return {**inherited, **stated}


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _stop_database(data: Path) -> None:
    from sizao_web.settings import embedded

    embedded.stop(data / "postgresql")
