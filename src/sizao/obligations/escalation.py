"""Rows that exist while another row is late: an office must see to it that somebody else acts.

Statement: docs/explanation/semantics.md, section 4. They are made after the statuses, have a proof of their
own, vanish when their parent is met and end with what their parent is about.
"""

from __future__ import annotations

from datetime import datetime

from sizao.obligations.status import CODE
from sizao.terms.queries import SqlStep, literal


def escalations(*, parents: str, out: str, as_of: datetime) -> SqlStep:
    """Step `out`: narrow rows of escalations whose parent in `parents` (rows with status) is overdue or
    missed.

    The id is the parent's with the key of its step exchanged for the escalation's: trigger and occurrence
    stay. What ends the parent early ends the escalation too, as it ends any point.
    """
    begins = "d.due_at + i.escalate_after"
    due = f"{begins} + i.escalate_within"
    sql = f"""
SELECT i.escalated_by AS item,
       xor(xor(d.id_hi, i.i_hi), e.i_hi) AS id_hi, xor(xor(d.id_lo, i.i_lo), e.i_lo) AS id_lo,
       d.k_hi, d.k_lo, d.about, d.person, d.rel_hi, d.rel_lo, d.occ, d.anc_hi, d.anc_lo,
       {begins} AS opens_at, {due} AS due_at, CASE WHEN d.ends_at >= {due} THEN d.ends_at END AS closes_at,
       d.known_at, d.event_on, d.area, d.marks, d.id_hi AS par_hi, d.id_lo AS par_lo, d.ends_at
FROM {parents} AS d
JOIN plan_items AS i ON i.item = d.item AND i.escalated_by IS NOT NULL
JOIN plan_items AS e ON e.item = i.escalated_by
WHERE d.status IN ({CODE["overdue"]}, {CODE["missed"]}) AND {begins} <= {literal(as_of)}
  AND (d.ends_at IS NULL OR {begins} < d.ends_at)"""
    return SqlStep(out, sql, "what is due because something else is late")
