"""One fact with everything that became of it: every link of its key, who wrote it, and what rests on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sizao.facts.declaration import ColumnType
from sizao.facts.dictionary import FACTS
from sizao.facts.dictionary import fact as declared
from sizao.terms.identifiers import hex_key, parse_hex_key, uuid7
from sizao_web.records import audit
from sizao_web.records.access.giving import may_follow
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Obligation
from sizao_web.records.reading.facts import links, plain
from sizao_web.records.reading.ledger import every_obligation

Link = dict[str, Any]  # one row of a fact, by the names of the dictionary

DAYS_BACK = timedelta(days=7)


@dataclass(frozen=True)
class History:
    """Every link of one key that the scope sees, in order of rank: the last one is what counts."""

    fact: str
    key: str
    links: tuple[Link, ...]

    @property
    def record(self) -> Link | None:
        """The link that recorded it; None while a correction waits for its record."""
        return next((link for link in self.links if link["action"] == "record"), None)

    @property
    def last(self) -> Link:
        """The link that counts, a retraction included."""
        return self.links[-1]

    @property
    def retracted(self) -> bool:
        """Whether the record no longer holds."""
        return bool(self.last["action"] == "retract")

    @property
    def competing(self) -> tuple[Link, ...]:
        """Corrections of one version that differ from the one that counts; all are kept."""
        versions: dict[int, list[Link]] = {}
        for link in self.links:
            if link["action"] != "record":
                versions.setdefault(link["source_version"], []).append(link)
        return tuple(link for same in versions.values() if len(same) > 1 for link in same)


def opened(scope: Scope, moment: datetime, fact: str, key: str) -> History | None:
    """The history of a key for a page that shows it: who is named in it is read by that, and audited so."""
    found = history(scope, fact, key)
    if found is not None:
        of_persons = [column.name for column in FACTS[fact].columns if column.of == "person"]
        persons = [str(link[name]) for link in found.links for name in of_persons if link.get(name)]
        audit.note(scope, moment, "read", fact, persons)
    return found


def history(scope: Scope, fact: str, key: str, known_by: datetime | None = None) -> History | None:
    """The history of a key; None where the scope sees nothing of it, or the text is no key."""
    try:
        hi, lo = parse_hex_key(key)
    except ValueError:
        return None
    rows = links(scope, fact).filter(key_hi=hi, key_lo=lo)
    if known_by is not None:
        rows = rows.filter(known_at__lte=known_by)
    found = tuple(plain(rows.order_by("source_version", "known_at", "fact_id")))
    return History(fact, key, found) if found else None


def visible(scope: Scope, cites: Iterable[str]) -> set[str]:
    """Which of these facts, `fact:hexkey`, the scope may open."""
    keys: dict[str, set[tuple[int, int]]] = {}
    for cite in cites:
        fact, _, key = cite.partition(":")
        if fact in FACTS and scope.may_read(fact) and len(key) == 32:
            keys.setdefault(fact, set()).add(parse_hex_key(key))
    found: set[str] = set()
    for fact, pairs in keys.items():
        rows = links(scope, fact).filter(
            key_lo__in=[lo for _, lo in pairs], key_hi__in=[hi for hi, _ in pairs]
        )
        seen = set(rows.values_list("key_hi", "key_lo")) & pairs
        found |= {f"{fact}:{hex_key(*pair)}" for pair in seen}
    return found


def may_correct(scope: Scope, of: History) -> bool:
    """Whether this duty may correct or retract it: it gives the fact, and the record is of its area; what a
    place says of its own days, wherever it was recorded."""
    record = of.record
    return record is not None and scope.may_give(of.fact) and may_follow(scope, of.fact, record)


def resting_on(scope: Scope, of: History) -> list[Obligation]:
    """Obligations of the scope that name the fact: as what set them off, as a reason, or as their proof.

    Looked for among the rows set off by it and the rows about whom it names: reasons have no index.
    """
    cite = f"{of.fact}:{of.key}"
    rows = every_obligation(scope)
    found = {row.obligation_id: row for row in rows.filter(trigger_fact=of.fact, trigger_key=of.key)}
    for row in rows.filter(about__in=_named(of)):
        if cite in (*row.because.split(","), row.met_by, row.waived_by):
            found[row.obligation_id] = row
    return sorted(found.values(), key=lambda row: (row.due_at, row.obligation_id))


def recent_own(scope: Scope, moment: datetime, limit: int = 20) -> list[tuple[str, Link]]:
    """What this account wrote in the last days, the last first: (fact, link)."""
    # Row ids begin with the millisecond in which they were made, so the primary key finds the last days.
    since = uuid7(int((moment - DAYS_BACK).timestamp() * 1000), bytes(10))
    found = [
        (fact, link)
        for fact in sorted(scope.duty.gives & scope.duty.reads)
        for link in plain(
            links(scope, fact)
            .filter(fact_id__gte=since, recorded_by=scope.account)
            .order_by("-fact_id")[:limit]
        )
    ]
    return sorted(found, key=lambda one: one[1]["fact_id"], reverse=True)[:limit]


def _named(of: History) -> set[str]:
    """Persons, places and offices that any link names."""
    columns: Sequence[str] = [
        column.name for column in declared(of.fact).columns if column.type is ColumnType.ID
    ]
    return {link[name] for link in of.links for name in columns if link[name] is not None}
