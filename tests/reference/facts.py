"""Section 1: which rows are believed at `known_by`, who is who, and the two readings of samples."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sizao.policy.model import Policy

Key = tuple[int, int]
Cells = Mapping[str, Any]

READINGS = ("tests", "samplings")


@dataclass(frozen=True, eq=False)
class Row:
    """One believed row. `fact` is the name shown in results; `cells` has its own columns and the common ones.

    cells["known_at"] is first_known_at, from which clocks run.
    """

    fact: str
    key: Key
    cells: Cells
    history: bool
    derived: bool

    @property
    def name(self) -> str:
        """`fact:hexkey`."""
        return f"{self.fact}:{hex_key(self.key)}"

    @property
    def known_at(self) -> datetime:
        return self.cells["known_at"]

    def __getitem__(self, column: str) -> Any:
        return self.cells[column]


@dataclass
class World:
    """What a question is asked about: policy, facts, the moment asked about and what was known by then."""

    policy: Policy
    facts: Mapping[str, Iterable[Cells]]
    as_of: datetime
    known_by: datetime
    _believed: dict[str, list[Row]] = field(default_factory=dict)

    # -- time --------------------------------------------------------------------------------------

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.policy.zone)

    def instant(self, day: date, at: time = time(0)) -> datetime:
        """The UTC instant of a local time of day; 00:00 when none is named."""
        return datetime.combine(day, at, self.zone).astimezone(UTC).replace(tzinfo=None)

    def local_day(self, instant: datetime) -> date:
        return instant.replace(tzinfo=UTC).astimezone(self.zone).date()

    def as_instant(self, value: date | datetime | None) -> datetime | None:
        """A DATE used as an instant is its 00:00."""
        if value is None or isinstance(value, datetime):
            return value
        return self.instant(value)

    def as_day(self, value: date | datetime | None) -> date | None:
        """An instant used as a date is its local day."""
        return self.local_day(value) if isinstance(value, datetime) else value

    # -- facts -------------------------------------------------------------------------------------

    def rows(self, name: str) -> list[Row]:
        """The believed rows of a fact or a reading, by key."""
        if name not in self._believed:
            if name == "tests":
                found = self._tests()
            elif name == "samplings":
                found = self._samplings()
            else:
                found = believed(name, self.facts.get(name, ()), self.known_by)
            self._believed[name] = sorted(found, key=lambda row: row.key)
        return self._believed[name]

    @cached_property
    def aliases(self) -> dict[str, str]:
        """Person → whom they were merged into, one link at a time."""
        links: dict[str, Row] = {}
        for row in sorted(self.rows("merges"), key=lambda row: (row["happened_at"], row.key)):
            if row["person"] != row["same_as"]:
                links[row["person"]] = row  # the last by (happened_at, key) stays
        return {person: row["same_as"] for person, row in links.items()}

    def canonical(self, person: str | None) -> str | None:
        """Whom an id stands for after all merges; a loop is broken by the smallest id."""
        walked: list[str] = []
        while person in self.aliases:
            if person in walked:
                return min(walked[walked.index(person) :])
            walked.append(person)
            person = self.aliases[person]
        return person

    def same(self, one: str | None, other: str | None) -> bool:
        """Whether two ids stand for the same person (or are the same id)."""
        return one is not None and other is not None and self.canonical(one) == self.canonical(other)

    # -- readings ----------------------------------------------------------------------------------

    def _one_per_sample(self, fact: str) -> dict[str, Row]:
        """The later happened_at wins, then the greater key."""
        ordered = sorted(self.rows(fact), key=lambda row: (row["happened_at"], row.key))
        return {row["sample"]: row for row in ordered}

    @cached_property
    def result_by_sample(self) -> dict[str, Row]:
        return self._one_per_sample("results")

    @cached_property
    def members_by_sample(self) -> dict[str, list[Row]]:
        members = defaultdict(list)
        for row in self.rows("sample_members"):
            members[row["sample"]].append(row)
        return members

    def _samplings(self) -> list[Row]:
        samples = self._one_per_sample("samples")
        return [
            _joined(member, [samples[member["sample"]]], taken_at=samples[member["sample"]]["taken_at"])
            for member in self.rows("sample_members")
            if member["sample"] in samples
        ]

    def _tests(self) -> list[Row]:
        samples, results = self._one_per_sample("samples"), self.result_by_sample
        found = []
        for member in self.rows("sample_members"):
            name = member["sample"]
            if name in samples and name in results:
                more = {
                    "taken_at": samples[name]["taken_at"],
                    "result": results[name]["result"],
                    "resulted_at": results[name]["resulted_at"],
                    "members": len(self.members_by_sample[name]),
                }
                found.append(_joined(member, [samples[name], results[name]], **more))
        return found


def believed(fact: str, links: Iterable[Cells], known_by: datetime) -> list[Row]:
    """The last known link of each key, unless it retracts or no original is known."""
    chains = defaultdict(list)
    for link in links:
        if link["known_at"] <= known_by:
            chains[link["key_hi"], link["key_lo"]].append(link)
    rows = []
    for key, chain in chains.items():
        if not any(link["action"] == "record" for link in chain):
            continue  # corrections wait for their original
        last = max(chain, key=lambda link: (link["source_version"], link["known_at"], link["fact_id"]))
        if last["action"] == "retract":
            continue
        first_known_at = min(link["known_at"] for link in chain)
        rows.append(Row(fact, key, {**last, "known_at": first_known_at}, last["history"], last["derived"]))
    return rows


def _joined(member: Row, parts: list[Row], **more: Any) -> Row:
    every = [member, *parts]
    cells = {**member.cells, **more, "known_at": max(row.known_at for row in every)}
    return Row(
        "sample_members",
        member.key,
        cells,
        any(row.history for row in every),
        any(row.derived for row in every),
    )


# -- keys ------------------------------------------------------------------------------------------


def hex_key(key: Key) -> str:
    """32 hex digits of two signed 64-bit numbers."""
    return "".join(f"{half & (2**64 - 1):016x}" for half in key)


def text_key(text: str) -> Key:
    """The first 128 bits of SHA-256 of a text."""
    digest = hashlib.sha256(text.encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True), int.from_bytes(digest[8:16], "big", signed=True)


def mixed(*keys: Key) -> Key:
    """Bitwise xor by halves."""
    high = low = 0
    for key in keys:
        high, low = high ^ key[0], low ^ key[1]
    return high, low


def swapped(key: Key) -> Key:
    return key[1], key[0]


def days_from(first: date, until: date) -> list[date]:
    """The days of [first, until)."""
    return [first + timedelta(n) for n in range((until - first).days)]
