"""Which rows count when laboratories and reporters are watched."""

from __future__ import annotations

from datetime import datetime

from sizao.terms.queries import SqlStep, literal


def effective_step(fact: str, known_by: datetime) -> SqlStep:
    """Step `eff_<fact>`: of each recorded key the last link known by then, unless that retracts it."""
    sql = f"""
SELECT * FROM (
  SELECT *, row_number() OVER (PARTITION BY key_hi, key_lo
                               ORDER BY source_version DESC, known_at DESC, fact_id DESC) AS from_last,
         max(CASE WHEN action = 'record' THEN 1 ELSE 0 END) OVER (PARTITION BY key_hi, key_lo) AS has_record
  FROM {fact} WHERE known_at <= {literal(known_by)}) AS links
WHERE from_last = 1 AND has_record = 1 AND action <> 'retract'"""
    return SqlStep(f"eff_{fact}", sql, f"effective rows of {fact}")
