"""What machines send in the day: single records, batches, sheets; and what they were answered, how soon."""

from __future__ import annotations

import csv
import io
import json
import time
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from tools.district_day.clock import OFFSET
from tools.district_day.plan import Told

STORED = (200, 201)
NOT_YET = (404, 409)
"""What is answered while the ledger has not yet said whom somebody answers for: sent again later."""


@dataclass
class Answers:
    """What the installation answered: counts by status, milliseconds by kind, when records became known."""

    statuses: dict[tuple[str, int], int] = field(default_factory=lambda: defaultdict(int))
    waits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    known: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    again: int = 0

    def note(self, kind: str, status: int, seconds: float) -> None:
        """One answer."""
        self.statuses[kind, status] += 1
        self.waits[kind].append(seconds * 1000)

    @property
    def broken(self) -> dict[tuple[str, int], int]:
        """Answers from 500 on."""
        return {key: many for key, many in self.statuses.items() if key[1] >= 500}


class Machine:
    """Sends with keys. For one thread; records of a giver are sent in order."""

    def __init__(self, address: str, keys: dict[str, str], answers: Answers) -> None:
        self._connection = HTTPConnection(urlsplit(address).netloc, timeout=300)
        self.keys, self.answers = keys, answers

    def ask(
        self, kind: str, method: str, path: str, giver: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, Any]]:
        """The status and the document of an answer."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        began = time.perf_counter()
        self._connection.request(
            method, f"/api/v1{path}", body, {"Authorization": f"Bearer {self.keys[giver]}", **given}
        )
        answer = self._connection.getresponse()
        said = answer.read()
        self.answers.note(kind, answer.status, time.perf_counter() - began)
        return answer.status, json.loads(said or b"{}")

    def one(self, told: Told) -> bool:
        """Send a record by itself; whether it is kept."""
        body = json.dumps(_record(told), ensure_ascii=False).encode()
        status, said = self.ask(
            "record", "POST", f"/facts/{told.fact}", told.giver, body, Content_Type="application/json"
        )
        if status in STORED:
            if told.version == 1:
                self.answers.known.setdefault(told.record, local(said["received_at"]))
            return True
        if status not in NOT_YET:
            self.answers.wrong.append(f"{status} {told.giver} {told.fact} {said.get('errors') or said}")
        return False

    def batch(self, giver: str, fact: str, told: Sequence[Told], kind: str) -> str:
        """Send many as a file; the number of the delivery."""
        content = _csv(told) if kind == "text/csv" else _ndjson(told)
        digest = b64encode(sha256(content).digest()).decode()
        status, said = self.ask(
            "batch", "POST", f"/facts/{fact}/batches", giver, content, Content_Type=kind,
            Sizao_Rows=str(len(told)), Content_Digest=f"sha-256=:{digest}:",
        )  # fmt: skip
        if status != 202:
            self.answers.wrong.append(f"{status} {giver} batch of {fact} {said}")
            return ""
        return str(said["delivery"])

    def settled(self, giver: str, delivery: str, rows: int, within: float) -> None:
        """Wait until a file is stored; rows that were not are noted."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            _, said = self.ask("delivery", "GET", f"/deliveries/{delivery}", giver)
            if said.get("state") not in ("waiting", "received", "storing"):
                if said.get("stored", 0) + said.get("merged", 0) != rows:
                    self.answers.wrong.append(f"{giver} delivery {said}"[:600])
                return
            time.sleep(0.3)
        self.answers.wrong.append(f"{giver}: delivery {delivery} was not stored within {within:.0f} s.")


def waves(told: Iterable[Told]) -> list[list[Told]]:
    """Records in parts that are told one after the other, so that of each person only one tells at a time."""
    last: dict[str, tuple[str, int]] = {}
    found: dict[int, list[Told]] = defaultdict(list)
    for one in sorted(told, key=lambda one: (one.at, one.version)):
        person = one.values.get("person", one.record)
        giver, number = last.get(person, (one.giver, 0))
        last[person] = one.giver, number + (giver != one.giver)
        found[last[person][1]].append(one)
    return [found[number] for number in sorted(found)]


def send(
    address: str, keys: dict[str, str], told: Iterable[Told], answers: Answers, *, threads: int
) -> list[Told]:
    """Send single records, those of a giver in order; answers which were not kept yet."""
    by_giver: dict[str, list[Told]] = defaultdict(list)
    for one in told:
        by_giver[one.giver].append(one)

    def lane(listed: list[Told]) -> list[Told]:
        machine = Machine(address, keys, answers)
        return [one for one in listed for _ in range(1 + one.twice) if not machine.one(one)]

    with ThreadPoolExecutor(threads) as pool:
        return [one for left in pool.map(lane, by_giver.values()) for one in left]


def send_files(
    address: str, keys: dict[str, str], told: Iterable[Told], answers: Answers, *, within: float
) -> None:
    """Send batches and sheets, each of one giver and fact, and wait until they are stored."""
    files: dict[tuple[str, str, str], list[Told]] = defaultdict(list)
    for one in told:
        kind = "text/csv" if one.via == "sheet" else "application/x-ndjson"
        files[one.giver, one.fact, kind].append(one)
    machine, sent = Machine(address, keys, answers), []
    for (giver, fact, kind), listed in files.items():
        sent.append((giver, machine.batch(giver, fact, listed, kind), len(listed)))
    for giver, delivery, rows in sent:
        if delivery:
            machine.settled(giver, delivery, rows, within)


def local(instant: str) -> str:
    """An instant of an answer as the plan writes moments."""
    moment = datetime.fromisoformat(instant.replace("Z", "+00:00"))
    return (moment.astimezone(UTC).replace(tzinfo=None) + OFFSET).isoformat()


def _record(told: Told) -> dict[str, Any]:
    values = {name: _zoned(name, value) for name, value in told.values.items() if value is not None}
    key = {"source_record": told.record, "source_version": told.version, "action": told.action}
    return {**values, **key, **({"reason": told.reason} if told.reason else {})}


def _zoned(name: str, value: Any) -> Any:
    return f"{value}+08:00" if name.endswith("_at") else value


def _ndjson(told: Sequence[Told]) -> bytes:
    return b"".join(json.dumps(_record(one), ensure_ascii=False).encode() + b"\n" for one in told)


def _csv(told: Sequence[Told]) -> bytes:
    rows = [_record(one) for one in told]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
