"""Planned rows of a small policy, decided by the second half of derive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from reference.builder import Rule, policy
from sizao.obligations.conclude import FACTS_READ, conclude
from sizao.obligations.effective import canonical_steps, effective_steps, facts_of
from sizao.obligations.evidence import evidence_steps
from sizao.obligations.items import Items, items_step, plan_items
from sizao.obligations.rows import COLUMNS
from sizao.policy.model import Policy
from sizao.store.running import Session
from sizao.terms.identifiers import hex_key, natural_key, text_key
from sizao.terms.queries import Query, SqlStep

ARROW = {
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "TINYINT": pa.int8(),
    "VARCHAR": pa.string(),
    "TIMESTAMP": pa.timestamp("us"),
    "DATE": pa.date32(),
}
WITNESSES = pa.schema(
    [
        ("lookup", pa.int32()),
        ("k_hi", pa.int64()),
        ("k_lo", pa.int64()),
        ("n", pa.int32()),
        ("fact", pa.int16()),
        ("hi", pa.int64()),
        ("lo", pa.int64()),
        ("marks", pa.int8()),
    ]
)
ITEM_LOOKUPS = pa.schema([("item", pa.int32()), ("lookup", pa.int32()), ("position", pa.int32())])


@dataclass(frozen=True)
class Planned:
    """A row as derive plans it: a step of a rule for somebody, on three instants."""

    step: str
    opens: datetime
    due: datetime
    closes: datetime | None = None
    about: str = "traveller"
    person: str | None = None  # the canonical about, when another one
    rule: str = "arrivals"
    occurrence: str | None = "once"
    key: str | None = None  # names the trigger
    ends: datetime | None = None
    area: str | None = "cn/51/5113/511302"
    marks: int = 0
    related: str | None = None
    anchor: str | None = None

    @property
    def trigger(self) -> tuple[int, int]:
        return natural_key("arrivals", "test", self.key or self.about)

    @property
    def id(self) -> tuple[int, int]:
        hi, lo = text_key(f"{self.rule} {self.step} {self.occurrence} {self.related} {self.anchor}")
        return hi ^ self.trigger[0], lo ^ self.trigger[1]

    @property
    def hex_id(self) -> str:
        return hex_key(*self.id)


def decide(
    rules: Rule | Policy,
    rows: list[Planned],
    *,
    as_of: datetime,
    facts: Mapping[str, pa.Table] | None = None,
    known_by: datetime | None = None,
    witnesses: list[dict[str, Any]] | None = None,
    item_lookups: list[dict[str, Any]] | None = None,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The obligations, escalations included, and the standing."""
    pack = policy("drawn", [rules]) if isinstance(rules, Rule) else rules
    items = plan_items(pack)
    tables = {
        **(facts or {}),
        "rows_all": _table(items, rows),
        "witnesses": pa.Table.from_pylist(witnesses or [], schema=WITNESSES),
        "item_lookups": pa.Table.from_pylist(item_lookups or [], schema=ITEM_LOOKUPS),
    }
    proving = facts_of(proof.reading for _, proof in items.proofs)
    read = sorted({*FACTS_READ, *proving, "merges"})
    steps = [
        *effective_steps(read, known_by or as_of),
        *canonical_steps(),
        items_step(items),
        SqlStep("due_subjects", "SELECT DISTINCT person FROM rows_all"),
        *evidence_steps(pack, items, as_of=as_of, subjects="due_subjects"),
        *conclude(pack, items, rows="rows_all", subjects="due_subjects", as_of=as_of),
    ]
    results = {"obligations": "obligations", "standing": "standing"}
    query = Query(tuple(steps), (*read, "rows_all", "witnesses", "item_lookups"), results)
    with Session(tables, threads=1, keep=False) as session:
        found = session.run(query)
    return found["obligations"].to_pylist(), found["standing"].to_pylist()


def one(rules: Rule | Policy, row: Planned, **asked: Any) -> dict[str, Any]:
    """The single obligation that comes of a single row."""
    found, _ = decide(rules, [row], **asked)
    assert len(found) == 1, found
    return found[0]


def by_about(rules: Rule | Policy, rows: list[Planned], **asked: Any) -> dict[str, dict[str, Any]]:
    """The obligations of rows about different persons."""
    return {row["about"]: row for row in decide(rules, rows, **asked)[0]}


def _table(items: Items, rows: list[Planned]) -> pa.Table:
    schema = pa.schema([(name, ARROW[kind]) for name, kind in COLUMNS])
    return pa.Table.from_pylist([_row(items, row) for row in rows], schema=schema)


def _row(items: Items, row: Planned) -> dict[str, Any]:
    number = next(i.number for i in items.items if (i.version.rule, i.name) == (row.rule, row.step))
    k_hi, k_lo = row.trigger
    id_hi, id_lo = row.id
    related = (None, None) if row.related is None else natural_key("dependants", "test", row.related)
    anchor = (None, None) if row.anchor is None else natural_key("samples", "test", row.anchor)
    return {
        "item": number,
        "id_hi": id_hi,
        "id_lo": id_lo,
        "k_hi": k_hi,
        "k_lo": k_lo,
        "about": row.about,
        "person": row.person or row.about,
        "rel_hi": related[0],
        "rel_lo": related[1],
        "occ": row.occurrence,
        "anc_hi": anchor[0],
        "anc_lo": anchor[1],
        "opens_at": row.opens,
        "due_at": row.due,
        "closes_at": row.closes,
        "known_at": row.opens,
        "event_on": date(row.opens.year, row.opens.month, row.opens.day),
        "area": row.area,
        "marks": row.marks,
        "ends_at": row.ends,
    }


__all__ = ["Planned", "by_about", "decide", "one", "replace"]
