"""Which rows count at a `known_by`: effective facts, canonical persons, and the readings made of them.

Statement: docs/explanation/semantics.md, section 1. Corrections are rare: only keys that have one go through
a window, all other rows pass unsorted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sizao.facts.dictionary import fact
from sizao.facts.readings import PARTS
from sizao.facts.schemas import own_columns
from sizao.terms.queries import SqlStep, literal


def effective_steps(
    facts: Iterable[str], known_by: datetime, uncorrected: Collection[str] = ()
) -> list[SqlStep]:
    """Steps `eff_<fact>` for each fact: its own columns and k_hi, k_lo, happened_at, known_at (the first),
    last_known_at, area, history, derived; one row per key that is effective at known_by.

    uncorrected: facts whose tables hold no `replace` and no `retract`; nothing is looked for there.
    """
    return [
        step
        for name in facts
        for step in ([_records(name, known_by)] if name in uncorrected else _effective(name, known_by))
    ]


def _own(name: str) -> str:
    return ", ".join(f'"{column.name}"' for column in own_columns(fact(name)))


def _records(name: str, known_by: datetime) -> SqlStep:
    sql = f"""
SELECT {_own(name)}, key_hi AS k_hi, key_lo AS k_lo, happened_at, known_at, known_at AS last_known_at, area,
       history, derived
FROM {name} WHERE known_at <= {literal(known_by)}"""
    return SqlStep(f"eff_{name}", sql, f"effective rows of {name}, none of them corrected", materialize=False)


def _effective(name: str, known_by: datetime) -> list[SqlStep]:
    own = _own(name)
    known = f"known_at <= {literal(known_by)}"
    # A chain of links has at least one row that is no record, so every other key has exactly one row.
    chains = f"""
SELECT {own}, key_hi AS k_hi, key_lo AS k_lo, happened_at, first_known_at, known_at, area, history, derived,
       has_record = 1 AND action <> 'retract' AS counts
FROM (
  SELECT f.*,
         row_number() OVER (PARTITION BY f.key_hi, f.key_lo
                            ORDER BY f.source_version DESC, f.known_at DESC, f.fact_id DESC) AS from_last,
         min(f.known_at) OVER (PARTITION BY f.key_hi, f.key_lo) AS first_known_at,
         max(CASE WHEN f.action = 'record' THEN 1 ELSE 0 END)
           OVER (PARTITION BY f.key_hi, f.key_lo) AS has_record
  FROM {name} AS f
  JOIN (SELECT DISTINCT key_hi, key_lo FROM {name} WHERE action <> 'record' AND {known}) AS c
    ON c.key_hi = f.key_hi AND c.key_lo = f.key_lo
  WHERE f.{known}) AS links
WHERE from_last = 1"""
    effective = f"""
SELECT {own}, key_hi AS k_hi, key_lo AS k_lo, happened_at, known_at, known_at AS last_known_at, area, history,
       derived
FROM (SELECT * FROM {name} WHERE {known}) AS f
ANTI JOIN chains_{name} AS c ON c.k_hi = f.key_hi AND c.k_lo = f.key_lo
UNION ALL
SELECT {own}, k_hi, k_lo, happened_at, first_known_at AS known_at, known_at AS last_known_at, area, history,
       derived
FROM chains_{name} WHERE counts"""
    return [
        SqlStep(f"chains_{name}", chains, f"the last link of each corrected key of {name}"),
        SqlStep(f"eff_{name}", effective, f"effective rows of {name}", materialize=False),
    ]


def canonical_steps() -> list[SqlStep]:
    """Step `canonical`: person, canonical, for every person who is another one. Reads eff_merges."""
    links = """
SELECT person, same_as
FROM (
  SELECT person, same_as,
         row_number() OVER (PARTITION BY person ORDER BY happened_at DESC, k_hi DESC, k_lo DESC) AS from_last
  FROM eff_merges WHERE person <> same_as) AS links
WHERE from_last = 1"""
    canonical = """
WITH RECURSIVE reached (person, node) AS (
  SELECT person, same_as FROM same_person
  UNION
  SELECT r.person, l.same_as FROM reached AS r JOIN same_person AS l ON l.person = r.node),
ends AS (
  SELECT r.person, r.node, l.person IS NULL AS is_end, loops.person IS NOT NULL AS in_loop
  FROM reached AS r
  LEFT JOIN same_person AS l ON l.person = r.node
  LEFT JOIN (SELECT person FROM reached WHERE person = node) AS loops ON loops.person = r.node)
SELECT person, canonical
FROM (
  SELECT person,
         coalesce(min(CASE WHEN is_end THEN node END), min(CASE WHEN in_loop THEN node END)) AS canonical
  FROM ends GROUP BY person) AS found
WHERE person <> canonical"""
    return [
        SqlStep("same_person", links, "the link that is followed from each alias"),
        SqlStep("canonical", canonical, "the canonical person of each alias"),
    ]


def select_tests(
    members: str = "eff_sample_members", *, with_members: bool = False, results: bool = True
) -> str:
    """The reading tests (results: False: samplings) over some rows of eff_sample_members.

    Columns: person, sample, taken_at, [result, resulted_at, members,] and the common ones of eff_<fact>;
    members is NULL unless with_members. Of each join the right side is the small one (`in_written_order`).
    """
    parts = ("m.{0}", "m.s_{0}", "r.{0}") if results else ("m.{0}", "m.s_{0}")
    latest = f"greatest({', '.join(parts)})"
    flag = f"({' OR '.join(parts)})"
    own = "r.result, r.resulted_at, " if results else ""
    counted = "c.members, " if with_members else "CAST(NULL AS BIGINT) AS members, "
    order = "m.s_happened_at DESC, m.s_k_hi DESC, m.s_k_lo DESC"
    if results:
        order += ", r.happened_at DESC, r.k_hi DESC, r.k_lo DESC"
    of_the_sample = ", ".join(
        f"s.{name} AS s_{name}"
        for name in ("happened_at", "known_at", "last_known_at", "history", "derived", "k_hi", "k_lo")
    )
    source = f"""(
  SELECT m.*, s.taken_at, {of_the_sample}
  FROM eff_samples AS s JOIN {members} AS m ON m.sample = s.sample) AS m"""
    if results:
        source = f"eff_results AS r JOIN {source} ON m.sample = r.sample"
    if results and with_members:
        source += f"""
JOIN (SELECT sample, count(*) AS members FROM eff_sample_members
      WHERE sample IN (SELECT sample FROM {members}) GROUP BY sample) AS c ON c.sample = m.sample"""
    return f"""
SELECT m.person, m.sample, m.taken_at, {own}{counted if results else ""}m.k_hi, m.k_lo, m.happened_at,
       {latest.format("known_at")} AS known_at, {latest.format("last_known_at")} AS last_known_at, m.area,
       {flag.format("history")} AS history, {flag.format("derived")} AS derived
FROM {source}
QUALIFY row_number() OVER (PARTITION BY m.k_hi, m.k_lo ORDER BY {order}) = 1"""


def facts_of(readings: Iterable[str]) -> set[str]:
    """The facts that facts and readings are made of."""
    return {part for name in readings for part in PARTS.get(name, (name,))}
