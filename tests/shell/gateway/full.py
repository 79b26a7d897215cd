"""Fifty thousand hostile requests to a real server, from the description of the whole interface.

`make hostile`, or with PYTHONPATH=tests:src:.
python -m shell.gateway.full [--requests 50000] [--minutes N] [--page FILE]

An installation is made, partners of several duties get keys by `sizao partner`, `sizao serve` answers. Every
case of schemathesis's coverage of every operation is sent with the keys of those who may send it and with one
of all in turn, to be refused, then cases drawn at random until there are enough. Single records, batches and
streams alike; three of four batches have the digest and the count of what they hold, and are taken in. Honest
partners send files, rows of streams and single records among them; at the end each thing that was answered
as stored, to whomever, is sought in the database, where it must be once.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import queue
import shutil
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from zoneinfo import ZoneInfo

from faults.installation import Installation
from faults.page import EVIDENCE, commit, machine, postgresql
from shell.gateway.honest import City, Honest, honest
from shell.gateway.hostile import Request, Tally, covering, drawn, operations, renamed, whole
from shell.gateway.taken import Found, Journal, sought, waiting
from sizao.facts.dictionary import STREAMS
from sizao.store.lake import LakeTable
from sizao_web.demo.day import BEGINS, DEMO_DAY
from sizao_web.settings import embedded
from sizao_web.settings.testing import scratch

SENDERS = {
    "lab-hostile": ("laboratory", "laboratory/harbour"),
    "cdc-hostile": ("cdc", "office/drill/harbour/cdc"),
    "community-hostile": ("community", "office/drill/harbour/quay/lantern/community"),
    "command-hostile": ("command", "office/drill/harbour/command"),
    "gate-hostile": ("institution", "venue/lantern"),
}
AREA = "drill/harbour/quay/lantern"
HONEST_EVERY = 40
"""Each so manieth request is an honest one."""
REPLAYED = "Idempotency-Replayed"
SETTLING = 1_200.0  # seconds within which the jobs are to have stored every file
CONNECTIONS = 6
DRAWN_AT_ONCE = 40
TIMEOUT = 60.0


def main(arguments: list[str]) -> None:
    """Exit code 1 when any answer was wrong, something acknowledged is not there once, nothing was stored, or
    the server is not ready at the end."""
    words = argparse.ArgumentParser(prog="python -m shell.gateway.full")
    words.add_argument("--requests", type=int, default=50_000)
    words.add_argument("--minutes", type=float, default=600.0, help="stop after so many, and say so")
    words.add_argument("--page", type=Path)
    asked = words.parse_args(arguments)
    began, load = time.monotonic(), os.getloadavg()[0]
    with _made("gateway-full") as installation:
        keys = _keys(installation)
        installation.start()
        _say(f"{installation.address} answers; {len(keys)} partners; load {load:.1f}")
        tally, journal = attack(installation, keys, asked.requests, asked.minutes)
        _say(f"{tally.requests:,} sent in {(time.monotonic() - began) / 60:.1f} minutes; files are stored")
        with urlopen(f"{installation.address}/health/ready", timeout=30) as answer:
            ready = answer.status == 200
        found, conflicts = _settled(installation, journal)
    wrong = [*tally.wrong, *found.wrong, *_too_few(journal, found)]
    _say(
        f"{tally.requests:,} requests, by status {dict(sorted(tally.statuses.items()))}, wrong: {len(wrong)}"
    )
    for line, times in Counter(wrong).most_common(20):
        _say(f"{times} times {line}")
    page = asked.page or EVIDENCE / f"hostile-requests-{datetime.now(UTC):%Y-%m-%d}.md"
    page.write_text(
        Path(__file__)
        .with_name("evidence.txt")
        .read_text(encoding="utf-8")
        .format(
            requests=tally.requests,
            day=f"{datetime.now(UTC):%Y-%m-%d}",
            commit=commit(),
            machine=machine(),
            postgresql=postgresql(),
            load=load,
            load_after=os.getloadavg()[0],
            minutes=(time.monotonic() - began) / 60,
            rows="\n".join(f"| {status} | {number:,} |" for status, number in sorted(tally.statuses.items())),
            wrong=len(tally.wrong),
            lost=len(found.wrong),
            ready="yes" if ready else "no",
            honest=journal.honest,
            singles=found.singles,
            merged=journal.merged + found.rows["merged"],
            conflicts=conflicts,
            senders=len(keys),
            batches=", ".join(f"{number:,} {state}" for state, number in sorted(found.batches.items())),
            files=", ".join(f"{number:,} {outcome}" for outcome, number in found.rows.items()),
            streams=found.parcels,
            ways="\n".join(f"| {way} | {number:,} |" for way, number in sorted(tally.ways.items())),
        ),
        encoding="utf-8",
    )
    _say(f"written: {page}")
    if wrong or not ready:
        sys.exit(1)


def _settled(installation: Installation, journal: Journal) -> tuple[Found, int]:
    """What is there once every file has its outcome and nobody writes any more; and the conflicts kept."""
    until = time.monotonic() + SETTLING
    with installation.asked() as connection:

        def ask(asked: str) -> list[tuple[Any, ...]]:
            return connection.execute(asked).fetchall()  # type: ignore[arg-type]

        while waiting(ask) and time.monotonic() < until:
            time.sleep(1)
        installation.stop()
        streamed = {stream: _streamed(installation, stream, ask) for stream in STREAMS}
        ((conflicts,),) = ask("SELECT count(*) FROM partner_conflict")
        return sought(journal, ask, streamed), int(conflicts)


def _streamed(
    installation: Installation, stream: str, ask: Callable[[str], list[tuple[Any, ...]]]
) -> list[tuple[str, str]]:
    """System and record of every row of a stream: what is staged, and what is in the lake and not staged."""
    there = ask(
        f"SELECT b.source_system, s.source_record, s.batch FROM stream_{stream} AS s"
        " JOIN stream_batch AS b ON b.id = s.batch"
    )
    staged = {batch for _, _, batch in there}
    table = LakeTable(installation.data / "lake", stream)
    if table.exists:
        names = ("source_system", "source_record", "batch")
        rows = table.rows(first=date.min, last=date.max, columns=names).to_pylist()
        there += [tuple(row[name] for name in names) for row in rows if row["batch"] not in staged]
    return [(system, record) for system, record, _ in there]


def _too_few(journal: Journal, found: Found) -> list[str]:
    """What must have happened for the rest to prove anything: each way took and merged something."""
    least = journal.honest // HONEST_EVERY
    counts = {
        "honest requests": journal.honest,
        "single records stored": found.singles,
        "rows of files stored": found.rows["stored"],
        "rows of files merged": found.rows["merged"],
        "rows of streams stored": found.parcels,
        "records and rows of streams merged": journal.merged,
    }
    return [f"only {number} {name}" for name, number in counts.items() if number <= least]


@contextmanager
def _made(name: str) -> Iterator[Installation]:
    """An installation without anybody in it, its database running; removed when all went well."""
    installation = Installation(scratch(name))
    embedded.stop(installation.cluster)
    shutil.rmtree(installation.data)
    installation.data.mkdir(mode=0o711)
    with embedded.using(installation.cluster):
        installation.run("sizao_web.command", "migrate", role="owner")
        try:
            yield installation
        finally:
            installation.stop()
    shutil.rmtree(installation.data)


def _say(text: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", flush=True)


@dataclass(frozen=True)
class Key:
    """A partner's key and what it gives."""

    partner: str
    text: str
    facts: frozenset[str]


def _keys(installation: Installation) -> list[Key]:
    """A partner of each duty, each with a key for all that its duty sends by machine."""
    from sizao_web.accounts.roles import ROLES

    found = []
    for name, (role, organisation) in SENDERS.items():
        duty = ("--role", role, "--area", AREA, "--organisation", organisation)
        limits = ("--per-minute", "1000000", "--per-day", "100000000")
        installation.run("sizao_web.command", "partner", "add", name, *duty, *limits)
        facts = [word for fact in sorted(ROLES[role].gives_by_machine) for word in ("--fact", fact)]
        said = installation.run("sizao_web.command", "partner", "key", name, *facts)
        key = next(line for line in said.splitlines() if line.startswith("szk_"))
        found.append(Key(name, key, ROLES[role].gives_by_machine))
    return found


def _city() -> City:
    """Who is honest. The clock of the installation stands at the morning of the demonstration or after it."""
    moment = datetime.combine(DEMO_DAY, BEGINS, ZoneInfo("Asia/Shanghai")).astimezone(UTC)
    laboratory, gate = SENDERS["lab-hostile"][1], SENDERS["gate-hostile"][1]
    return City("lab-hostile", laboratory, "community-hostile", "gate-hostile", gate, moment)


Sending = tuple[Request, Key, Honest | None]


def attack(installation: Installation, keys: list[Key], most: int, minutes: float) -> tuple[Tally, Journal]:
    """Send so many requests over some connections at once; what came of them."""
    with urlopen(f"{installation.address}/api/v1/openapi.json", timeout=TIMEOUT) as answer:
        described = json.load(answer)
    until = time.monotonic() + minutes * 60
    tally, journal, lock = Tally(), Journal(), threading.Lock()
    waiting_: queue.Queue[Sending | None] = queue.Queue(maxsize=500)
    threads = [
        threading.Thread(
            target=_send_all, args=(installation.address, waiting_, tally, journal, lock), daemon=True
        )
        for _ in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    city, by_name, hostile = _city(), {key.partner: key for key in keys}, _requests(described, keys)
    for number in range(most):
        if time.monotonic() > until:
            break
        if number % HONEST_EVERY == 0:
            one = honest(city, number // HONEST_EVERY)
            waiting_.put((one.request, by_name[one.sender], one))
        else:
            asked, key = next(hostile)
            made = renamed(asked, str(number)) if number % 2 else asked
            waiting_.put((whole(made) if number % 4 else made, key, None))
        if number % 2_000 == 0:
            _say(f"{number:,} sent, wrong so far: {len(tally.wrong)}")
    for _ in threads:
        waiting_.put(None)
    for thread in threads:
        thread.join()
    return tally, journal


def _requests(described: dict[str, object], keys: list[Key]) -> Iterator[tuple[Request, Key]]:
    """Coverage of the operations, one case of each in turn, so that every way in is tried however early it
    ends; then drawn at random, without end. Each with the keys that may send it, and with one of all."""
    every = operations(described)
    number, seed = 0, 0
    under_way = [covering(operation) for operation in every]
    while under_way:
        for cases in list(under_way):
            if (asked := next(cases, None)) is None:
                under_way.remove(cases)
                continue
            number += 1
            yield from ((asked, key) for key in _senders(asked, keys, number))
    while True:
        for operation in every:
            seed += 1
            for asked in drawn(operation, DRAWN_AT_ONCE, seed):
                number += 1
                yield from ((asked, key) for key in _senders(asked, keys, number))


def _senders(asked: Request, keys: list[Key], number: int) -> list[Key]:
    """The keys that may send it, and in turn one of all."""
    what = asked.operation.removesuffix("/batches").rpartition("/")[2]
    able = [key for key in keys if what in key.facts]
    return list(dict.fromkeys([*able, keys[number % len(keys)]]))


def _send_all(
    address: str,
    waiting_: queue.Queue[Sending | None],
    tally: Tally,
    journal: Journal,
    lock: threading.Lock,
) -> None:
    host = address.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=TIMEOUT)
    while (taken := waiting_.get()) is not None:
        asked, key, one = taken
        headers = {name: value for name, value in asked.headers.items() if name.lower() != "authorization"}
        try:
            connection.request(
                asked.method, asked.address, asked.body, {**headers, "Authorization": f"Bearer {key.text}"}
            )
            answer = connection.getresponse()
            body = answer.read()
            status, kind = answer.status, answer.getheader("Content-Type", "").split(";")[0]
            replayed = answer.getheader(REPLAYED) is not None
        except (OSError, http.client.HTTPException) as cause:  # counted as an answer that must not be
            connection.close()
            status, kind, body, replayed = 599, type(cause).__name__, b"", False
        with lock:
            tally.judge(asked, status, kind, body)
            journal.note(key.partner, asked.operation, status, body, replayed=replayed)
            if one is not None and (why := journal.vouch(key.partner, one, status, body)):
                tally.wrong.append(f"{asked.operation}: {why}")
    connection.close()


if __name__ == "__main__":
    main(sys.argv[1:])
