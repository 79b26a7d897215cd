"""The diary of a client: what it was about to send, and what it was answered; on disk before anything else.

The oracle believes the diary and the database, and nobody else.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Event:
    """One temperature of one person: its key, what it says, and what was answered.

    answer: sent (nothing came back), acknowledged (stored or merged), refused (4xx: it must not be there).
    batch: of what is sent together, and is there together or not at all.
    """

    key: str
    person: str
    temperature: float
    at: str
    answer: str = "sent"
    batch: str = ""


class Journal:
    """An append-only file; a line counts once it is on disk."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")

    def note(self, *events: Event) -> None:
        """Write one state of each event and wait for the disk."""
        self._file.writelines(json.dumps(asdict(event)) + "\n" for event in events)
        self._file.flush()
        os.fsync(self._file.fileno())


def read(folder: Path) -> dict[str, Event]:
    """Every event of all clients with its last answer; a half-written last line was never sent."""
    found: dict[str, Event] = {}
    for line in _lines(folder):
        try:
            event = Event(**json.loads(line))
        except json.JSONDecodeError:
            continue
        if event.answer != "sent" or event.key not in found:  # an answer stays one, whichever file has it
            found[event.key] = event
    return found


def _lines(folder: Path) -> Iterator[str]:
    for file in sorted(folder.glob("*.journal")):
        yield from file.read_text(encoding="utf-8").splitlines()
