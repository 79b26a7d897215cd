"""A journal of what was answered as taken, and the look into the database for each of it, once.

It is kept by who sends, from the answers alone; the database is asked when all is over.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shell.gateway.honest import Honest
from sizao.facts.dictionary import STREAMS

Ask = Callable[[str], Sequence[tuple[Any, ...]]]
ENDED = ("stored", "refused")


@dataclass
class Journal:
    """singles: (system, fact, record, version) -> the numbers under which it was answered as stored;
    deliveries: number -> the honest request, or None for one that nobody vouches for; parcels: stream -> rows
    answered as stored; records: (system, fact, record) of honest requests; never: of their wrong rows."""

    singles: dict[tuple[str, str, str, int], list[str]] = field(default_factory=dict)
    deliveries: dict[str, Honest | None] = field(default_factory=dict)
    parcels: Counter[str] = field(default_factory=Counter)
    records: set[tuple[str, str, str]] = field(default_factory=set)
    never: set[tuple[str, str, str]] = field(default_factory=set)
    merged: int = 0
    honest: int = 0

    def note(self, system: str, operation: str, status: int, body: bytes, *, replayed: bool = False) -> None:
        """What an answer acknowledged, whoever asked. replayed: it is the answer of an earlier request."""
        if replayed or status not in (200, 201, 202) or not operation.startswith("POST /api/v1/"):
            return
        said = json.loads(body)
        if status == 202:
            self.deliveries.setdefault(said["delivery"], None)
        elif "/streams/" in operation:
            self.parcels[operation.rpartition("/")[2]] += said["stored"]
            self.merged += said["merged"]
        elif said.get("outcome") == "stored":
            key = (system, said["fact"], said["source_record"], said["source_version"])
            self.singles.setdefault(key, []).append(said["fact_id"])
        elif said.get("outcome") == "merged":
            self.merged += 1

    def vouch(self, system: str, one: Honest, status: int, body: bytes) -> str | None:
        """An honest request was answered; what is wrong with the answer, or None."""
        self.honest += 1
        if status not in (200, 201, 202):
            return f"an honest request was answered {status}"
        said = json.loads(body)
        if status == 202:
            self.deliveries[said["delivery"]] = one
        elif "sent" in said and _taken(said, len(said["conflicts"])) != dict(one.counts):
            return f"{said} where {dict(one.counts)} was due"
        self.records.update((system, one.fact, record) for record in one.records)
        self.never.update((system, one.fact, record) for record in one.refused)
        return None


def _taken(said: Mapping[str, Any], rejected: int) -> dict[str, int]:
    return {"sent": said["sent"], "taken": said["stored"] + said["merged"], "rejected": rejected}


@dataclass(frozen=True)
class Found:
    """What is there. wrong: each thing that is not as it was answered."""

    singles: int
    batches: Mapping[str, int]  # state -> deliveries
    rows: Mapping[str, int]  # outcome -> rows of files
    parcels: int
    wrong: Sequence[str]


def waiting(ask: Ask) -> int:
    """Deliveries whose job is not over, or of which rows wait for the ledger."""
    states = ", ".join(f"'{state}'" for state in ENDED)
    ((number,),) = ask(f"SELECT count(*) FROM delivery WHERE state NOT IN ({states}) OR waiting > 0")
    return int(number)


def sought(journal: Journal, ask: Ask, streamed: Mapping[str, Iterable[tuple[str, str]]]) -> Found:
    """Compare the journal with the database. streamed: stream -> (system, record) of every row there."""
    deliveries = {
        str(number): (state, sent, stored, merged, rejected)
        for number, state, sent, stored, merged, rejected in ask(
            "SELECT id, state, sent, stored, merged, rejected FROM delivery"
        )
    }
    there = {stream: Counter(rows) for stream, rows in streamed.items()}
    wrong = [*_singles(journal, ask), *_deliveries(journal, deliveries)]
    wrong += _records(journal, ask, there)
    for stream in STREAMS:
        rows = sum(there.get(stream, Counter()).values())
        if rows != journal.parcels[stream]:
            wrong.append(f"{stream}: {journal.parcels[stream]} rows were acknowledged, {rows} are there")
    stored = [one for one in deliveries.values() if one[0] == "stored"]
    return Found(
        len(journal.singles),
        Counter(one[0] for one in deliveries.values()),
        {
            name: sum(one[at] for one in stored)
            for at, name in enumerate(("sent", "stored", "merged", "rejected"), 1)
        },
        sum(journal.parcels.values()),
        wrong,
    )


def _singles(journal: Journal, ask: Ask) -> Iterable[str]:
    """Every record that was answered as stored: answered so once, and there once under that number."""
    for fact in sorted({one[1] for one in journal.singles}):
        there: dict[tuple[str, str, str, int], list[str]] = {}
        for system, record, version, number in ask(
            f"SELECT source_system, source_record, source_version, fact_id FROM fact_{fact}"
        ):
            there.setdefault((system, fact, record, version), []).append(str(number))
        for key, answered in journal.singles.items():
            if key[1] == fact and there.get(key) != answered:
                rows = len(there.get(key, ()))
                yield f"{fact}: answered as stored {len(answered)} times, there {rows} times"


def _deliveries(journal: Journal, there: Mapping[str, tuple[Any, ...]]) -> Iterable[str]:
    for number, one in journal.deliveries.items():
        state, sent, stored, merged, rejected = there.get(number, ("nowhere", 0, 0, 0, 0))
        if state not in ENDED or sent != stored + merged + rejected:
            yield f"a delivery is {state}: {sent} sent, {stored} + {merged} + {rejected}"
        elif one is not None:
            said = {"sent": sent, "taken": stored + merged, "rejected": rejected}
            if state != "stored" or said != dict(one.counts):
                yield f"an honest file is {state}: {said} where {dict(one.counts)} was due"


def _records(journal: Journal, ask: Ask, there: Mapping[str, Counter[tuple[str, str]]]) -> Iterable[str]:
    for fact in sorted({one[1] for one in (*journal.records, *journal.never)}):
        found = there.get(fact)
        if found is None:
            found = Counter(ask(f"SELECT source_system, source_record FROM fact_{fact}"))
        for times, keys in ((1, journal.records), (0, journal.never)):
            bad = [key for key in keys if key[1] == fact and found[(key[0], key[2])] != times]
            if bad:
                yield f"{fact}: {len(bad)} honest records are not there {times} times, such as {bad[0]}"
