"""Everything recorded about one person in the order of its days: what counts, and what was taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sizao.obligations.recorded import Row
from sizao.terms.identifiers import hex_key
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.about import About, Chain, Link
from sizao_web.records.reading.facts import effective, plain
from sizao_web.settings.clock import bare


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


def timeline(scope: Scope, found: About, persons: tuple[str, ...], known_by: datetime) -> list[Entry]:
    """The facts of which these are the main person, the last event first."""
    chains = [
        one for chains in found.chains.values() for one in chains if one.last.get("person") in set(persons)
    ]
    tubes = _tubes(scope, {one.last["sample"] for one in chains if one.fact == "sample_members"}, known_by)
    entries = [_entry(one, tubes) for one in chains]
    return sorted(entries, key=lambda entry: (entry.at, entry.last["known_at"], entry.key), reverse=True)


def _entry(chain: Chain, tubes: Mapping[str, Mapping[str, Link]]) -> Entry:
    last, key = chain.last, hex_key(*chain.key)
    parts = tubes.get(last["sample"], {}) if chain.fact == "sample_members" else {}
    first = min(one["known_at"] for one in chain.links)
    row = Row(chain.fact, key, told(last), bare(first), len(chain.links)) if chain.counts else None
    return Entry(
        chain.fact,
        key,
        parts["samples"]["happened_at"] if "samples" in parts else last["happened_at"],
        row,
        last,
        len(chain.links) > 1 and last["action"] == "replace",
        last["action"] == "retract",
        parts,
    )


def _tubes(scope: Scope, samples: set[str], known_by: datetime) -> dict[str, dict[str, Link]]:
    """Of each sample when it was taken and what was found: two facts, where the duty reads them."""
    found: dict[str, dict[str, Link]] = {}
    for fact in ("samples", "results") if samples else ():
        if scope.may_read(fact):
            rows = effective(scope, fact, known_by).filter(sample__in=samples)
            for row in plain(rows.order_by("happened_at")):
                found.setdefault(row["sample"], {})[fact] = row
    return found


def told(link: Mapping[str, Any]) -> Link:
    """A link with its instants as the library keeps them."""
    return {name: bare(value) if isinstance(value, datetime) else value for name, value in link.items()}
