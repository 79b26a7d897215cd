"""Everything recorded about one person in the order of its days: what counts, and what was taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sizao.facts.dictionary import FACTS
from sizao.obligations.recorded import Row
from sizao.terms.identifiers import hex_key
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.facts import effective, links, plain
from sizao_web.settings.clock import bare

Link = dict[str, Any]
OF_TUBES = ("samples", "sample_members", "results")


@dataclass(frozen=True)
class Entry:
    """One fact about a person. row: as the library tells it; None where no link counts (retracted, waiting).

    parts: of a sample, the rows of the tube and of its result, where they are seen.
    """

    fact: str
    key: str
    at: datetime
    row: Row | None
    last: Link
    corrected: bool
    retracted: bool
    parts: Mapping[str, Link]


def timeline(scope: Scope, persons: tuple[str, ...], known_by: datetime) -> list[Entry]:
    """The facts of which these are the main person, the last event first."""
    found: list[Entry] = []
    for fact in sorted(scope.duty.reads):
        if "person" in {column.name for column in FACTS[fact].columns} and fact != "sample_members":
            found += _entries(
                fact, plain(links(scope, fact).filter(person__in=persons, known_at__lte=known_by))
            )
    found += _tubes(scope, persons, known_by)
    return sorted(found, key=lambda entry: (entry.at, entry.last["known_at"], entry.key), reverse=True)


def _entries(fact: str, rows: Iterable[Link]) -> list[Entry]:
    chains: dict[tuple[int, int], list[Link]] = {}
    for row in rows:
        chains.setdefault((row["key_hi"], row["key_lo"]), []).append(row)
    found = []
    for pair, chain in chains.items():
        chain.sort(key=lambda row: (row["source_version"], row["known_at"], row["fact_id"]))
        last = chain[-1]
        counts = any(row["action"] == "record" for row in chain) and last["action"] != "retract"
        key = hex_key(*pair)
        row = Row(fact, key, _told(last), bare(min(one["known_at"] for one in chain)), len(chain))
        found.append(
            Entry(
                fact,
                key,
                last["happened_at"],
                row if counts else None,
                last,
                len(chain) > 1 and last["action"] == "replace",
                last["action"] == "retract",
                {},
            )
        )
    return found


def _tubes(scope: Scope, persons: tuple[str, ...], known_by: datetime) -> list[Entry]:
    """The person's samples: who was in a tube, when it was taken and what was found are three facts."""
    if not scope.may_read("sample_members"):
        return []
    rows = plain(links(scope, "sample_members").filter(person__in=persons, known_at__lte=known_by))
    entries = _entries("sample_members", rows)
    tubes = {entry.last["sample"] for entry in entries}
    parts: dict[str, dict[str, Link]] = {}
    for fact in ("samples", "results"):
        if scope.may_read(fact):
            for row in plain(
                effective(scope, fact, known_by).filter(sample__in=tubes).order_by("happened_at")
            ):
                parts.setdefault(row["sample"], {})[fact] = row
    found = []
    for entry in entries:
        mine = parts.get(entry.last["sample"], {})
        at = mine["samples"]["happened_at"] if "samples" in mine else entry.at
        found.append(
            Entry(entry.fact, entry.key, at, entry.row, entry.last, entry.corrected, entry.retracted, mine)
        )
    return found


def _told(link: Link) -> Link:
    """A link with its instants as the library keeps them."""
    return {name: bare(value) if isinstance(value, datetime) else value for name, value in link.items()}
