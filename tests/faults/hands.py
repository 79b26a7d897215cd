"""Machines of one partner that write and read the same few records at once, through the machine interface.

python -m faults.hands ADDRESS JOURNALS CLIENTS SEED      until SIGTERM, in the environment of an installation

A line of a diary is on disk before the request leaves, and another when its answer is there, each with the
moment by the machine's one clock that nobody can set. Who writes takes the next version after the highest it
has seen, so that two often take the same one with another content: of first versions one must be refused, of
corrections both are kept and compete.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from faults.world import KEY_FILE

RECORDS = 5  # on which all of them work
PATIENCE = 8.0
PAUSE = 0.05
READS = 0.6  # share of what they do
FACT = "health_checks"


@dataclass(frozen=True)
class Deed:
    """One writing or reading. content: of a version the temperature it says. answer: sent (nothing certain
    came back), acknowledged, refused (another content is there), read. seen: versions with their contents."""

    name: str
    kind: str
    record: str
    began: float
    version: int = 0
    content: float = 0.0
    ended: float = 0.0
    answer: str = "sent"
    seen: list[tuple[int, float]] = field(default_factory=list)


def deeds(folder: Path) -> list[Deed]:
    """What stands in all diaries; a deed without an end has none."""
    found: dict[str, Deed] = {}
    for file in sorted(folder.glob("*.journal")):
        for line in file.read_text(encoding="utf-8").splitlines():
            try:
                one = Deed(**json.loads(line))
            except json.JSONDecodeError:
                continue
            found[one.name] = one
    return list(found.values())


def work(address: str, folder: Path, number: int, seed: int, end: threading.Event) -> None:
    """Write and read until the end. What is not answered is sent again, the same; then it is left."""
    chance = random.Random(f"{seed}/hands/{number}")
    highest = dict.fromkeys(records(seed), 0)
    key = (Path(os.environ["SIZAO_DATA"]) / KEY_FILE).read_text(encoding="ascii")
    with (folder / f"hand-{number}.journal").open("a", encoding="utf-8") as diary:
        for place in _counting(end):
            record = chance.choice(list(highest))
            kind = "read" if highest[record] and chance.random() < READS else "write"
            deed = Deed(
                name=f"{seed}-{number}-{place}",
                kind=kind,
                record=record,
                began=0.0,
                version=highest[record] + 1 if kind == "write" else 0,
                content=round(chance.uniform(35.5, 37.0) + 0.01 * number, 2) if kind == "write" else 0.0,
            )
            deed = replace(deed, began=time.monotonic())
            _note(diary, deed)
            done = _done(address, key, deed, end)
            _note(diary, replace(done, ended=time.monotonic()))
            if done.answer in ("acknowledged", "refused"):
                highest[record] = max(highest[record], done.version)
            for version, _ in done.seen:
                highest[record] = max(highest[record], version)
            time.sleep(chance.uniform(0, PAUSE))


def records(seed: int) -> list[str]:
    """The records that everybody works on."""
    return [f"shared-{seed}-{number}" for number in range(RECORDS)]


def _counting(end: threading.Event) -> Iterator[int]:
    place = 0
    while not end.is_set():
        yield place
        place += 1


def _note(diary: TextIO, deed: Deed) -> None:
    diary.write(json.dumps(asdict(deed)) + "\n")
    diary.flush()
    os.fsync(diary.fileno())


def _done(address: str, key: str, deed: Deed, end: threading.Event) -> Deed:
    """The deed with its answer; the same is sent a few times until something certain comes back."""
    for _ in range(4):
        try:
            status, said = _asked(address, key, deed)
        except (OSError, http.client.HTTPException, ValueError):
            status, said = 0, {}
        if deed.kind == "read" and status == 200:
            seen = [(one["source_version"], round(one["temperature"], 2)) for one in said["versions"]]
            return replace(deed, answer="read", seen=seen)
        if deed.kind == "write" and status in (200, 201, 409):
            return replace(deed, answer="refused" if status == 409 else "acknowledged")
        if end.is_set():
            break
        time.sleep(0.2)
    return deed


def _asked(address: str, key: str, deed: Deed) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=PATIENCE)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    try:
        if deed.kind == "read":
            connection.request("GET", f"/api/v1/records/{FACT}/{deed.record}", headers=headers)
        else:
            connection.request("POST", f"/api/v1/facts/{FACT}", json.dumps(_body(deed)), headers)
        answer = connection.getresponse()
        content = answer.read()
        return answer.status, json.loads(content) if answer.status in (200, 201) else {}
    finally:
        connection.close()


def _body(deed: Deed) -> dict[str, object]:
    """One version of the record; always of the same person and moment."""
    people = json.loads((Path(os.environ["SIZAO_DATA"]) / "people.json").read_text(encoding="utf-8"))
    body = {
        "source_record": deed.record,
        "source_version": deed.version,
        "person": people[sum(deed.record.encode()) % len(people)],
        "checked_at": _today(),
        "temperature": deed.content,
        "symptoms": False,
    }
    return body if deed.version == 1 else {**body, "action": "replace", "reason": "measured again"}


def _today() -> str:
    """Noon of the day before by the clock of the installation: the same for everybody."""
    behind = timedelta(seconds=int(os.environ["SIZAO_CLOCK_BEHIND"]))
    day = (datetime.now(UTC) - behind - timedelta(days=1)).date()
    return f"{day.isoformat()}T04:00:00+00:00"


def main(arguments: list[str]) -> None:
    """See the head of this module."""
    address, folder, clients, seed = arguments
    end = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: end.set())
    threads = [
        threading.Thread(target=work, args=(address, Path(folder), number, int(seed), end))
        for number in range(int(clients))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(sys.argv[1:])
