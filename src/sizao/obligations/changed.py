"""Which facts changed between two runs: a link became known, or one of a row's own moments went by.

A row counts as changed with every link of its key, so that what it was before is found as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sizao.facts.readings import fact_or_reading
from sizao.facts.schemas import own_columns
from sizao.terms.queries import SqlStep, literal
from sizao.terms.time import local_day

CHANGED = "changed"
"""The table of changed keys: fact, key_hi, key_lo."""


@dataclass(frozen=True)
class Between:
    """The moments of an earlier run and of a later one, UTC: what is after the first and up to the last."""

    known_from: datetime
    known_to: datetime
    as_of_from: datetime
    as_of_to: datetime


def changed_step(facts: Iterable[str], between: Between, zone: str) -> SqlStep:
    """Step `changed`."""
    return SqlStep(CHANGED, changed_sql(facts, between, zone), "keys of rows that may change an answer")


def changed_sql(facts: Iterable[str], between: Between, zone: str, arrived: str | None = None) -> str:
    """SQL of the changed keys. arrived: a SELECT of further keys (fact, key_hi, key_lo)."""
    parts = [arrived] if arrived else []
    for fact in facts:
        conditions = [
            _within("known_at", between.known_from, between.known_to),
            *_moments(fact, between, zone),
        ]
        where = " OR ".join(f"({one})" for one in conditions)
        parts.append(f"SELECT {literal(fact)} AS fact, key_hi, key_lo FROM {fact} WHERE {where}")
    return f"SELECT DISTINCT fact, key_hi, key_lo FROM ({' UNION ALL '.join(parts)}) AS keys"


def links_step(fact: str, known_to: datetime, *, can_have: bool) -> SqlStep:
    """Step `changed_<fact>`: the known links of the changed keys; no rows where none can have changed."""
    name = f"changed_{fact}"
    if not can_have:
        return SqlStep(name, f"SELECT * FROM {fact} WHERE FALSE", "nothing changed", materialize=False)
    keys = f"SELECT key_hi, key_lo FROM {CHANGED} WHERE fact = {literal(fact)}"
    sql = f"""
SELECT f.* FROM {fact} AS f JOIN ({keys}) AS k ON k.key_hi = f.key_hi AND k.key_lo = f.key_lo
WHERE f.known_at <= {literal(known_to)}"""
    return SqlStep(name, sql, f"links of {fact} that may change an answer")


def _moments(fact: str, between: Between, zone: str) -> list[str]:
    """SQL: one of the row's own moments lies between the two as_of; empty where none can.

    A day begins between them when it is one of the local days after the first and up to the second.
    """
    found = []
    columns = own_columns(fact_or_reading(fact))
    if between.as_of_from < between.as_of_to:
        instants = [one.name for one in columns if one.sql == "TIMESTAMP"]
        found += [_within(one, between.as_of_from, between.as_of_to) for one in (*instants, "happened_at")]
        first, last = (local_day(at, zone) for at in (between.as_of_from, between.as_of_to))
        if first < last:
            found += [_within(one.name, first, last) for one in columns if one.sql == "DATE"]
    return found


def _within(column: str, after: date, until: date) -> str:
    return f'"{column}" > {literal(after)} AND "{column}" <= {literal(until)}'
