"""The other side of `faults.doer`: ask it for a piece of work and note in the diary what was answered."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg

from faults.installation import RECOVERY, STOPPING, Installation
from faults.journal import Event, Journal, read
from sizao_web.settings import embedded

PATIENCE = 900.0
TRIES = 5  # of what was not answered, before the run counts as failed
ROLES = {
    "page": "web",
    "interface": "web",
    "batch": "web",
    "sign in": "web",
    "stream": "web",
    "delivery": "web",
    "sheet": "worker",
    "take in": "worker",
    "ledger": "worker",
    "due": "worker",
    "purge": "worker",
    "move": "worker",
}
TOGETHER = {
    "page": 1,
    "interface": 1,
    "batch": 6,
    "sheet": 25,
    "delivery": 25,
    "stream": 20,
    "take in": 0,
    "ledger": 0,
    "due": 0,
    "purge": 0,
    "move": 0,
}  # records of one piece of work
Beside = Callable[[dict[str, int]], object]


class Doers:
    """The application processes of an installation that do single pieces of work, and the one who asks."""

    def __init__(
        self,
        installation: Installation,
        journals: Path,
        chance: random.Random,
        bugs: Sequence[str] = (),
        *,
        name: str = "asked",
        only: str = "",
    ) -> None:
        self.installation, self.chance = installation, chance
        self.people = installation.people
        self._folder = journals
        self._journal = Journal(journals / f"{name}.journal")
        embedded.start(installation.cluster)
        self._names = {
            role: f"sizao-{os.getpid()}-{role}-{name}-{time.monotonic_ns()}"
            for role in ("web", "worker")
            if not only or role == only
        }
        self._processes = [self._started(role, bugs) for role in self._names]
        self.cookies = json.loads(self._say("sign in", {"username": "community"})[0])
        assert "sizao" in self.cookies, f"Nobody is signed in:\n{self.log()}"

    def _started(self, role: str, bugs: Sequence[str]) -> subprocess.Popen[bytes]:
        with (self.installation.data / "doers.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "faults.doer", self._names[role], *bugs],
                env={**self.installation.environment, "SIZAO_ROLE": role},
                stdout=log,
                stderr=log,
            )

    def end(self) -> None:
        """End the processes."""
        for process in self._processes:
            process.terminate()
            process.wait(STOPPING)

    def work(self, name: str, beside: Beside = lambda pids: None) -> tuple[str, tuple[Event, ...]]:
        """One piece of work with new records; beside: called when the child is about to begin. The answer and
        what was sent; the diary has both."""
        events = self._events(name)
        return self.send(name, events, beside), events

    def send(self, name: str, events: Sequence[Event], beside: Beside = lambda pids: None) -> str:
        """Ask for the work with these records."""
        if events:
            self._journal.note(*(replace(one, answer="sent") for one in events))
        answer, _ = self._say(name, self._asked(name, events), beside)
        kind = answer.split(" ")[0]
        if events and kind in ("acknowledged", "refused"):
            self._journal.note(*(replace(one, answer=kind) for one in events))
        return answer

    def resend(self, *, ledger: bool = True) -> None:
        """Everything of which nobody knows what became of it, once more; then the ledger, unless jobs run."""
        left: dict[str, list[Event]] = {}
        for event in read(self._folder).values():
            if event.answer == "sent":
                left.setdefault(event.batch or event.key, []).append(event)
        for name, events in left.items():
            kind = name.split("-")[0] if events[0].batch else "page"
            for _ in range(TRIES):
                if self.send(kind, events) != "sent":
                    break
                time.sleep(1)
            else:
                raise AssertionError(f"Nobody answers to {name}:\n{self.log()}")
        if ledger:
            self.send("take in", ())
            self.send("ledger", ())

    def log(self) -> str:
        """The last that went wrong in the processes."""
        said = (self.installation.data / "doers.log").read_text(encoding="utf-8", errors="replace")
        return said[max(said.rfind("Traceback"), len(said) - 3000) :][:3000]

    def until_there(self) -> float:
        """Wait until the database takes connections again, started again if its server is gone."""
        began = time.monotonic()
        while time.monotonic() - began < RECOVERY:
            if not embedded.running(self.installation.cluster):
                embedded.start(self.installation.cluster)
            with suppress(psycopg.OperationalError), self.installation._connection() as connection:
                connection.execute("SELECT 1 FROM fact_health_checks LIMIT 1")
                return time.monotonic() - began
            time.sleep(0.02)
        raise AssertionError(f"The database is not there after {RECOVERY:.0f} s.")

    def _events(self, name: str) -> tuple[Event, ...]:
        together = TOGETHER[name]
        batch = f"{name}-{self.chance.getrandbits(48):012x}" if name != "page" else ""
        people = self.chance.sample(self.people, min(together, len(self.people)))
        return tuple(
            Event(
                key=str(UUID(int=self.chance.getrandbits(128), version=4)),
                person=person,
                temperature=round(self.chance.uniform(35.5, 37.0), 1),
                at=moment_of(self.installation),
                batch=batch,
            )
            for person in people
        )

    def _asked(self, name: str, events: Sequence[Event]) -> dict[str, object]:
        if name in ("sheet", "delivery"):
            return {"file": str(_written(self._folder, events))}
        if name == "page":
            return {"events": [asdict(one) for one in events], "cookies": self.cookies}
        return {"events": [asdict(one) for one in events]}

    def _say(
        self, name: str, asked: dict[str, object], beside: Beside = lambda pids: None
    ) -> tuple[str, dict[str, int]]:
        with self._connected(ROLES[name]) as talking:
            lines = talking.makefile("r", encoding="utf-8")
            talking.sendall((json.dumps({"work": name, **asked}) + "\n").encode())
            pids: dict[str, int] = {}
            with suppress(OSError):
                said = lines.readline()
                if said:
                    pids = json.loads(said)
                    beside(pids)
                    talking.sendall(b"go\n")
                    return lines.readline().strip() or "sent", pids
            return "sent", pids

    def _connected(self, role: str) -> socket.socket:
        until = time.monotonic() + RECOVERY
        while True:
            talking = socket.socket(socket.AF_UNIX)
            talking.settimeout(PATIENCE)
            try:
                talking.connect(f"\0{self._names[role]}")
            except OSError:
                talking.close()
                if time.monotonic() > until:
                    raise AssertionError(f"Nobody listens:\n{self.log()}") from None
                time.sleep(0.05)
            else:
                return talking


def moment_of(installation: Installation) -> str:
    """This moment by the clock of the installation."""
    behind = timedelta(seconds=int(installation.environment["SIZAO_CLOCK_BEHIND"]))
    return (datetime.now(UTC) - behind).isoformat(timespec="seconds")


def _written(folder: Path, events: Sequence[Event]) -> Path:
    """The records as a sheet with the dictionary's own columns; the name is that of the batch."""
    file = folder / f"{events[0].batch}.csv"
    lines = ["person,checked_at,temperature,symptoms,source_record"]
    lines += [f"{one.person},{one.at},{one.temperature:.1f},false,{one.key}" for one in events]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file
