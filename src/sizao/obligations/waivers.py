"""Which rows a recorded decision waives now, and when such a decision begins or ends next.

Statement: docs/explanation/semantics.md, section 4. A waiver never makes or tightens a duty; it needs two
persons of two offices, a ground of the pack and a rule that may be waived.
"""

from __future__ import annotations

from datetime import datetime

from sizao.obligations.discharge import nothing
from sizao.policy.model import Policy
from sizao.terms.queries import SqlStep, literal

WAIVER_COLUMNS = (
    ("w_hi", "BIGINT"),
    ("w_lo", "BIGINT"),
    ("named_hi", "BIGINT"),
    ("named_lo", "BIGINT"),
    ("rule", "VARCHAR"),
    ("person", "VARCHAR"),
    ("from_at", "TIMESTAMP"),
    ("until_at", "TIMESTAMP"),
)


def valid_waivers(policy: Policy) -> SqlStep:
    """Step `valid_waivers`: effective waivers that two persons of two offices decided on a ground of the
    pack.

    Columns: w_hi, w_lo (key of the waiver), named_hi, named_lo (the row it names, or NULL), rule, person
    (canonical about, or NULL), from_at, until_at.
    """
    if not policy.grounds:
        return SqlStep("valid_waivers", nothing(WAIVER_COLUMNS), "the pack names no ground for a waiver")
    grounds = ", ".join(literal(ground) for ground in sorted(policy.grounds))
    return SqlStep(
        "valid_waivers",
        f"""
SELECT w.k_hi AS w_hi, w.k_lo AS w_lo,
       {_half("w.obligation", 1)} AS named_hi, {_half("w.obligation", 17)} AS named_lo,
       w.rule, coalesce(c.canonical, w.about) AS person, w.from_at, w.until_at
FROM eff_waivers AS w LEFT JOIN canonical AS c ON c.person = w.about
WHERE w.decided_by <> w.approved_by AND w.decided_office <> w.approved_office AND w.ground IN ({grounds})
  AND w.from_at < w.until_at
  AND (w.obligation IS NULL OR regexp_matches(w.obligation, '^[0-9a-f]{{32}}$'))""",
        "waivers that count",
    )


def waived(*, rows: str, out: str, as_of: datetime) -> SqlStep:
    """Step `out`: id_hi, id_lo, w_hi, w_lo, waiver_edge of the rows that a valid waiver covers at any time.

    w_hi, w_lo: the first live waiver by (from_at, key), NULL when none is live; waiver_edge: the first
    beginning or end of a covering waiver after as_of.
    """
    now = literal(as_of)
    covers = f"""
SELECT r.id_hi, r.id_lo, w.w_hi, w.w_lo, w.from_at, w.until_at
FROM {rows} AS r JOIN plan_items AS i ON i.item = r.item AND i.waivable JOIN valid_waivers AS w"""
    in_time = "r.due_at >= w.from_at AND r.due_at < w.until_at"
    sql = f"""
SELECT id_hi, id_lo, first.w_hi AS w_hi, first.w_lo AS w_lo, waiver_edge
FROM (
  SELECT id_hi, id_lo,
         min(struct_pack(from_at := from_at, w_hi := w_hi, w_lo := w_lo))
           FILTER (WHERE from_at <= {now} AND {now} < until_at) AS first,
         min(CASE WHEN from_at > {now} THEN from_at WHEN until_at > {now} THEN until_at END) AS waiver_edge
  FROM ({covers} ON w.named_hi = r.id_hi AND w.named_lo = r.id_lo
        UNION ALL
        {covers} ON w.named_hi IS NULL AND w.rule = i.rule AND w.person = r.person AND {in_time}
        UNION ALL
        {covers} ON w.named_hi IS NULL AND w.rule = i.rule AND w.person IS NULL AND {in_time}) AS covering
  GROUP BY id_hi, id_lo) AS rows_waived"""
    return SqlStep(out, sql, f"the rows of {rows} that a waiver covers")


def _half(text: str, start: int) -> str:
    """Sixteen hex digits as the signed number with the same bits."""
    unsigned = f"CAST(CAST('0x' || substr({text}, {start}, 16) AS UBIGINT) AS HUGEINT)"
    return (
        f"CAST((({unsigned} + 9223372036854775808) % 18446744073709551616) - 9223372036854775808 AS BIGINT)"
    )
