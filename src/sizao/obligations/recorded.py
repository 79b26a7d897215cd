"""The effective facts about one row, read from Arrow tables: what explain needs to tell a story.

derive asks about everybody in SQL; a story asks about one trigger, one person and a handful of look-ups,
and wants every link of a fact, superseded ones too. The rules of what is effective are those of
docs/explanation/semantics.md, 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sizao.terms.identifiers import hex_key, parse_hex_key


@dataclass(frozen=True)
class Row:
    """One effective row of a fact or reading. values: its columns, own and common; links: how many rows
    its key has."""

    fact: str
    key: str  # 32 hex digits
    values: Mapping[str, Any]
    first_known_at: datetime
    links: int = 1

    @property
    def cite(self) -> str:
        """As written in results: fact:hexkey."""
        return f"{self.fact}:{self.key}"

    @property
    def marks(self) -> tuple[str, ...]:
        """Which of derived and history the row carries."""
        return tuple(mark for mark in ("derived", "history") if self.values.get(mark))


class Recorded:
    """Facts as known by one instant. Tables that are not given count as empty."""

    def __init__(self, facts: Mapping[str, pa.Table], *, known_by: datetime) -> None:
        self.facts = facts
        self._read: dict[str, pa.Table] = {}
        self.known_by = known_by

    def links(self, fact: str, key: str) -> list[dict[str, Any]]:
        """Every link of a key that was known, in order of rank; the retraction is the last one when it is
        retracted."""
        table = self._table(fact)
        if table is None or table.num_rows == 0:
            return []
        hi, lo = parse_hex_key(key)
        same = pc.and_(pc.equal(table["key_hi"], hi), pc.equal(table["key_lo"], lo))
        return self._known(table.filter(same).to_pylist())

    def row(self, cite: str) -> Row | None:
        """The effective row of `fact:hexkey`; None when it is retracted, waiting for its original, or not
        known."""
        fact, _, key = cite.partition(":")
        return self._effective(fact, self.links(fact, key))

    def where(self, fact: str, column: str, values: Iterable[str]) -> list[Row]:
        """The effective rows of a fact whose column is one of the values, in order of key."""
        table = self._table(fact)
        if table is None or table.num_rows == 0:
            return []
        wanted = pa.array(sorted(set(values)), pa.string())
        mine = table.filter(pc.is_in(table[column], value_set=wanted))
        if mine.num_rows == 0:
            return []
        # A correction may have moved the row to somebody else, so all links of each key are read.
        near = table.filter(pc.is_in(table["key_hi"], value_set=pc.unique(mine["key_hi"])))
        keys = set(zip(mine["key_hi"].to_pylist(), mine["key_lo"].to_pylist(), strict=True))
        found = self._rows(fact, [one for one in near.to_pylist() if (one["key_hi"], one["key_lo"]) in keys])
        return [row for row in found if row.values[column] in set(wanted.to_pylist())]

    def all(self, fact: str) -> list[Row]:
        """Every effective row of a (small) fact, in order of key."""
        table = self._table(fact)
        return [] if table is None else self._rows(fact, table.to_pylist())

    def aliases(self, person: str) -> tuple[str, ...]:
        """Every id that stands for the same person, the person's own first."""
        mine = self.canonical(person)
        others = sorted(alias for alias in self._merged if alias != person and self.canonical(alias) == mine)
        return tuple(dict.fromkeys((person, mine, *others)))

    def canonical(self, person: str) -> str:
        """The id that a merged person goes by; a loop is broken by its smallest id."""
        path = [person]
        while (following := self._merged.get(path[-1])) is not None:
            if following in path:
                return min(path[path.index(following) :])
            path.append(following)
        return path[-1]

    def tests(self, people: Iterable[str], *, with_result: bool = True) -> list[Row]:
        """The reading `tests` (or `samplings`) for these ids, by (taken_at, key); see semantics, 1."""
        members = self.where("sample_members", "person", people)
        tubes = {row.values["sample"] for row in members}
        samples = _by_sample(self.where("samples", "sample", tubes))
        results = _by_sample(self.where("results", "sample", tubes)) if with_result else {}
        counts: dict[str, int] = {}
        for one in self.where("sample_members", "sample", tubes) if with_result else []:
            counts[one.values["sample"]] = counts.get(one.values["sample"], 0) + 1
        found = []
        for member in members:
            tube = member.values["sample"]
            parts = [member, *(part for part in (samples.get(tube), results.get(tube)) if part is not None)]
            if len(parts) == (3 if with_result else 2):
                found.append(_reading("tests" if with_result else "samplings", parts, counts.get(tube, 1)))
        return sorted(found, key=lambda row: (row.values["taken_at"], parse_hex_key(row.key)))

    def of_reading(self, reading: str, column: str, values: Iterable[str]) -> list[Row]:
        """The effective rows of a fact, or of a reading (by person)."""
        if reading in ("tests", "samplings"):
            return self.tests(values, with_result=reading == "tests")
        return self.where(reading, column, values)

    @cached_property
    def _merged(self) -> dict[str, str]:
        merges = sorted(self.all("merges"), key=lambda row: (row.values["happened_at"], row.key))
        return {row.values["person"]: row.values["same_as"] for row in merges}

    def _table(self, fact: str) -> pa.Table | None:
        """The table of a fact, asked for once: a folder reads its file each time."""
        if fact not in self._read and fact in self.facts:
            self._read[fact] = self.facts[fact]
        return self._read.get(fact)

    def _known(self, links: list[dict[str, Any]]) -> list[dict[str, Any]]:
        known = [link for link in links if link["known_at"] <= self.known_by]
        return sorted(known, key=lambda link: (link["source_version"], link["known_at"], link["fact_id"]))

    def _rows(self, fact: str, links: list[dict[str, Any]]) -> list[Row]:
        by_key: dict[tuple[int, int], list[dict[str, Any]]] = {}
        for link in links:
            by_key.setdefault((link["key_hi"], link["key_lo"]), []).append(link)
        rows = (self._effective(fact, self._known(by_key[key])) for key in sorted(by_key))
        return [row for row in rows if row is not None]

    def _effective(self, fact: str, links: list[dict[str, Any]]) -> Row | None:
        if not any(link["action"] == "record" for link in links) or links[-1]["action"] == "retract":
            return None
        last = links[-1]
        first = min(link["known_at"] for link in links)
        return Row(fact, hex_key(last["key_hi"], last["key_lo"]), last, first, len(links))


def _by_sample(rows: list[Row]) -> dict[str, Row]:
    """The row of each sample; of several the later happened_at, then the greater key."""
    ordered = sorted(rows, key=lambda row: (row.values["happened_at"], parse_hex_key(row.key)))
    return {row.values["sample"]: row for row in ordered}


def _reading(name: str, parts: list[Row], members: int) -> Row:
    member, sample = parts[0], parts[1]
    values = {
        **member.values,
        "taken_at": sample.values["taken_at"],
        "known_at": max(part.first_known_at for part in parts),
        "derived": any(part.values["derived"] for part in parts),
        "history": any(part.values["history"] for part in parts),
    }
    if len(parts) == 3:
        result = parts[2].values
        values |= {"result": result["result"], "resulted_at": result["resulted_at"], "members": members}
    return Row(name, member.key, values, max(part.first_known_at for part in parts))
