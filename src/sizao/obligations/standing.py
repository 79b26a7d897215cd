"""Who is restricted at the moment asked about: the strictest place, the latest end, all rows as reasons.

Statement: docs/explanation/semantics.md, section 6.
"""

from __future__ import annotations

from sizao.obligations.items import Item, Items
from sizao.obligations.known import hex_of
from sizao.obligations.status import CODE
from sizao.policy.model import Policy
from sizao.terms.queries import SqlStep, literal


def standing(policy: Policy, items: Items, *, rows: str, out: str, as_of: str) -> SqlStep:
    """Step `out`: person, place, until, rows, row_count of everybody with a live restriction row that is not
    waived.

    rows: narrow rows with status. as_of: SQL of the instant.
    """
    restricting = ", ".join(
        f"({item.number}, {_rank(policy, item)})" for item in items.items if item.verb.restricts
    )
    places = " ".join(f"WHEN {rank} THEN {literal(place)}" for rank, place in enumerate(policy.strictness))
    strictest = f"CASE max(s.rank) {places} END" if places else "CAST(NULL AS VARCHAR)"
    identity = hex_of("d.id_hi", "d.id_lo")
    sql = f"""
SELECT d.person, {strictest} AS place, max(d.closes_at) AS until,
       string_agg({identity}, ',' ORDER BY {identity}) AS rows, count(*) AS row_count
FROM {rows} AS d
JOIN (VALUES {restricting or "(0, 0)"}) AS s (item, rank) ON s.item = d.item
WHERE d.opens_at <= {as_of} AND {as_of} < d.closes_at AND d.status <> {CODE["waived"]}
GROUP BY d.person"""
    return SqlStep(out, sql, "who is restricted now")


def _rank(policy: Policy, item: Item) -> int:
    """From the least strict place 0; a place that the pack does not rank counts as none."""
    place = item.step.place if item.escalation_of is None else None
    return policy.strictness.index(place) if place in policy.strictness else -1
