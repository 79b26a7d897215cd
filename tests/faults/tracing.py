"""Stand beside a process at its system calls: count them, or end it, or fail it, at the n-th of a kind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

CALLS = ("write", "pwrite64", "fdatasync", "fsync", "sendto")
ATTACHING = LEAVING = 60.0
SEEING = 1.0  # seconds after a process is gone in which strace writes down that it is


class Tracer:
    """strace on a living process. inject: what is done at which call, as strace writes it; without it the
    calls are only counted."""

    def __init__(self, pid: int, calls: Sequence[str] = CALLS, inject: str = "") -> None:
        self._pid = pid
        self._said = tempfile.NamedTemporaryFile(prefix="faults-", suffix=".strace")  # noqa: SIM115
        words = ["strace", "-f", "-p", str(pid), "-o", self._said.name, "-e", f"trace={','.join(calls)}"]
        words += ["-e", f"inject={inject}"] if inject else []
        self._process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
        assert self._process.stderr is not None
        line = self._process.stderr.readline()
        if "attached" not in line:
            self._process.wait(ATTACHING)
            raise AssertionError(f"strace does not stand beside {pid}: {line.strip()}")

    def counted(self) -> Counter[str]:
        """How often each call was made so far by the thread that made it most often: each counts its own."""
        text = Path(self._said.name).read_text(encoding="utf-8", errors="replace")
        found: Counter[str] = Counter()
        for (_, call), count in Counter(re.findall(r"^(\d+)\s+(\w+)\(", text, re.MULTILINE)).items():
            found[call] = max(found[call], count)
        return found

    def first(self, call: str, words: str) -> int:
        """The number of the first call of that kind that carries these words; 0 where none does."""
        text = Path(self._said.name).read_text(encoding="utf-8", errors="replace")
        lines = [line for line in text.splitlines() if f" {call}(" in line]
        return next((place for place, line in enumerate(lines, 1) if words in line), 0)

    @property
    def injected(self) -> bool:
        """Whether the call came and what was to be done was done: it was killed, or the call failed."""
        text = Path(self._said.name).read_text(encoding="utf-8", errors="replace")
        return "killed by SIGKILL" in text or "(INJECTED)" in text

    def leave(self) -> bool:
        """Leave the process alone if it is still there; whether something had been injected."""
        until = time.monotonic() + 0.2
        while self._process.poll() is None and time.monotonic() < until:
            if self.injected:
                break
            time.sleep(0.005)
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._wait()
        assert self._process.stderr is not None
        self._process.stderr.close()
        return self.injected

    def _wait(self) -> None:
        """Until strace has ended, or must be ended: of threads that are killed together one may stay unseen,
        and strace waits for it for ever."""
        began, gone = time.monotonic(), None
        while self._process.poll() is None:
            now = time.monotonic()
            gone = gone or (now if _gone(self._pid) else None)
            if now - began > LEAVING or (gone and now - gone > SEEING):
                self._process.kill()
                self._process.wait()
            time.sleep(0.005)


def _gone(pid: int) -> bool:
    """Whether all of a process has ended, though perhaps nobody has heard of it yet."""
    ended = suppress(FileNotFoundError, ProcessLookupError)  # the process, or a thread, while it is looked at
    with ended:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with ended:
                said = Path(f"/proc/{pid}/task/{thread}/stat").read_text(encoding="utf-8")
                if said.rpartition(")")[2].split()[0] not in "ZX":
                    return False
    return True
