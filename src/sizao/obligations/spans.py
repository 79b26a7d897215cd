"""How far each span is covered: first covered instant, whether in place now, covered until when, with how
many gaps.

Statement: docs/explanation/semantics.md, section 4. Only spans that have begun and that some proof touches
take part; all others have no row here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sizao.obligations.discharge import END_OF_TIME, MET_COLUMNS, nothing
from sizao.obligations.items import Item
from sizao.terms.queries import SqlStep, Step, literal

SPAN_COLUMNS = (
    *MET_COLUMNS,
    ("in_place", "BOOLEAN"),
    ("covered_until", "TIMESTAMP"),
    ("gaps", "BIGINT"),
    ("next_edge", "TIMESTAMP"),
)


def spans(items: Iterable[Item], *, rows: str, out: str, as_of: datetime) -> list[Step]:
    """Steps that end in `out`: what `points` gives, and in_place, covered_until, gaps, next_edge of touched
    spans.

    next_edge: for a live span the first beginning or end after as_of of an interval that proves it. A live
    span with nothing but later intervals has a row whose met_at is NULL. Reads `plan_items` and `evidence`.
    """
    numbers = ", ".join(str(item.number) for item in items if item.verb.span)
    if not numbers:
        return [SqlStep(out, nothing(SPAN_COLUMNS), f"no span in {rows}")]
    now = literal(as_of)
    touching = f"""
SELECT w.*, e.p_hi, e.p_lo, e.known_at, e.proved_at,
       greatest(e.proved_at, w.opens_at) AS covered_from,
       least(coalesce(e.proved_until, {END_OF_TIME}), w.closes) AS covered_to,
       CASE WHEN w.closes > {now} THEN least(
         CASE WHEN e.proved_at > {now} THEN e.proved_at END,
         CASE WHEN e.proved_until > {now} THEN e.proved_until END) END AS edge
FROM (SELECT r.id_hi, r.id_lo, r.person, r.opens_at, coalesce(r.closes_at, {END_OF_TIME}) AS closes,
             i.proof, i.gap_tolerance
      FROM {rows} AS r JOIN plan_items AS i ON i.item = r.item
      WHERE i.item IN ({numbers}) AND r.opens_at <= {now}) AS w
JOIN evidence AS e
  ON e.proof = w.proof AND e.person = w.person AND e.proved_at < w.closes
 AND coalesce(e.proved_until, {END_OF_TIME}) > w.opens_at
"""
    covers = f"covered_from <= {now} AND covered_from < covered_to"
    sql = f"""
SELECT id_hi, id_lo, first.proved_from AS met_at, first.p_hi AS met_hi, first.p_lo AS met_lo,
       first.known_at AS met_known_at, coalesce(reach > {now}, FALSE) AS in_place,
       CASE WHEN reach IS NOT NULL THEN least(reach, {now}) END AS covered_until,
       holes + CASE WHEN reach + gap_tolerance < least(closes, {now}) THEN 1 ELSE 0 END AS gaps,
       next_edge
FROM (
  SELECT id_hi, id_lo, any_value(closes) AS closes, any_value(gap_tolerance) AS gap_tolerance,
         min(struct_pack(proved_from := covered_from, proved_at := proved_at, p_hi := p_hi, p_lo := p_lo,
                         known_at := known_at)) FILTER (WHERE {covers}) AS first,
         max(covered_to) FILTER (WHERE {covers}) AS reach,
         count(*) FILTER (WHERE {covers} AND covered_from > reached + gap_tolerance) AS holes,
         min(edge) AS next_edge
  FROM (SELECT *, max(CASE WHEN {covers} THEN covered_to END) OVER (
                    PARTITION BY id_hi, id_lo ORDER BY covered_from, covered_to
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
        FROM ({touching}) AS touching) AS stretches
  GROUP BY id_hi, id_lo) AS covered"""
    return [SqlStep(out, sql, f"how the spans of {rows} are covered")]
