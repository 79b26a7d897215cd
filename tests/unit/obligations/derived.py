"""Ask derive about a few facts of one policy; times are local in Shanghai."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from drawn import facts
from reference.builder import Rule, policy
from sizao.obligations.derive import derive
from sizao.store.running import run

Row = dict[str, Any]
AHEAD = timedelta(hours=8)


def local(day: str, clock: str = "00:00") -> datetime:
    """The instant (UTC) of a local time."""
    return datetime.fromisoformat(f"{day} {clock}") - AHEAD


def told(fact: str, *rows: Row) -> dict[str, Any]:
    """One fact table; known when it happened unless it says otherwise."""
    return {fact: facts(fact, *rows)}


def arrival(day: str = "2020-06-10", known: datetime | None = None, **columns: Any) -> Row:
    """Somebody arrives and is known at 08:00 of that day."""
    at = known or local(day, "08:00")
    more = {"happened_at": local(day, "08:00"), "known_at": at}
    return {"person": "p", "arrived_on": date.fromisoformat(day), "declared": "declared"} | more | columns


def ask(
    rules: Rule | list[Rule], as_of: datetime, *tables: dict[str, Any], **how: Any
) -> dict[str, list[Row]]:
    """The four results as plain rows."""
    bound = {name: table for one in tables for name, table in one.items()}
    texts = policy("p", rules if isinstance(rules, list) else [rules])
    query = derive(texts, as_of=as_of, known_by=how.get("known_by", as_of))
    return {name: table.to_pylist() for name, table in run(query, bound, threads=1).items()}


def times(rows: list[Row], step: str) -> list[tuple[str, str, str, str | None]]:
    """(occurrence, opens, due, closes) of a step's rows in local time, by occurrence."""
    found = [
        (row["occurrence"], *(_said(row[name]) for name in ("opens_at", "due_at", "closes_at")))
        for row in rows
        if row["step"] == step
    ]
    return sorted(found, key=str)


def _said(instant: datetime | None) -> str | None:
    return None if instant is None else f"{instant + AHEAD:%m-%d %H:%M}"
