"""Give every row its one status, what proves or waives it, and when it can change next without a new fact.

Statement: docs/explanation/semantics.md, sections 4 and 6. Rows that exist only when proved in time, and rows
beyond the horizon, leave here. The areas in which to look for a row's offices are joined in the same pass.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sizao.obligations.narrow import OUTCOME, Narrow
from sizao.obligations.offices import Places
from sizao.obligations.rows import COLUMNS
from sizao.policy.model import Policy
from sizao.terms.queries import SqlStep, literal
from sizao.terms.time import local_day, sql_local_day

STATUSES = ("upcoming", "open", "overdue", "missed", "met", "met_late", "waived")
"""In order of the TINYINT that narrow rows carry, from 0."""

CODE = {name: code for code, name in enumerate(STATUSES)}
"""Status name -> the TINYINT that narrow rows carry."""


def proofs_of(*, points: str, spans: str, out: str) -> SqlStep:
    """Step `out`: the proofs of points and the covers of spans under each other, one row per row found."""
    shared = "id_hi, id_lo, met_at, met_hi, met_lo, met_known_at"
    nulls = "CAST(NULL AS BOOLEAN) AS in_place, CAST(NULL AS TIMESTAMP) AS covered_until"
    sql = f"""
SELECT {shared}, {nulls}, CAST(NULL AS BIGINT) AS gaps, CAST(NULL AS TIMESTAMP) AS next_edge
FROM {points}
UNION ALL
SELECT {shared}, in_place, covered_until, gaps, next_edge FROM {spans}"""
    return SqlStep(out, sql, "points and spans with a proof", materialize=False)


def decided(
    policy: Policy,
    places: Places,
    narrow: Narrow,
    *,
    rows: str,
    proofs: str,
    waived: str,
    out: str,
    as_of: datetime,
) -> SqlStep:
    """Step `out`: the narrow rows with status (NULL: not in the result) and what it rests on.

    Columns: those of the rows and of OUTCOME that `narrow` carries, then those of `places`.
    """
    now = literal(as_of)
    horizon = literal(as_of - timedelta(days=policy.horizon_days))
    own = ", ".join(f"r.{name}" for name, _ in COLUMNS)
    waiver = {name: f"CASE WHEN d.status = {CODE['waived']} THEN d.{name} END" for name in ("w_hi", "w_lo")}
    kept = ", ".join(
        f"{waiver.get(name, f'd.{name}')} AS {name}" for name in narrow.carried((*COLUMNS, *OUTCOME))
    )
    undecided = ", ".join(str(CODE[name]) for name in ("upcoming", "open", "overdue"))
    today = literal(local_day(as_of, policy.zone))
    sql = f"""
SELECT {kept}{places.columns("d")}
FROM (
  SELECT s.*,
         CASE WHEN s.status IN ({undecided}) THEN {today}
              ELSE {sql_local_day("s.due_at", policy.zone)} END AS asked_on,
         {_next_change(now)} AS next_change_at
  FROM (
    SELECT {own}, i.is_span, i.escalate_after, p.met_at, p.met_hi, p.met_lo, p.next_edge, p.covered_until,
           coalesce(p.met_known_at > r.due_at, FALSE) AS reported_late,
           CASE WHEN i.is_span THEN coalesce(p.in_place, FALSE) END AS in_place,
           CASE WHEN i.is_span THEN coalesce(p.gaps, 0) END AS gaps,
           w.w_hi, w.w_lo, w.waiver_edge, {_status(now, horizon)} AS status
    FROM {rows} AS r
    JOIN plan_items AS i ON i.item = r.item
    LEFT JOIN {proofs} AS p ON p.id_hi = r.id_hi AND p.id_lo = r.id_lo
    LEFT JOIN {waived} AS w ON w.id_hi = r.id_hi AND w.id_lo = r.id_lo) AS s) AS d
{places.joins("d")}"""
    return SqlStep(out, sql, f"{rows} with their status", in_written_order=True)


def _status(now: str, horizon: str) -> str:
    """The status code, over r (row), i (item), p (proof, may be missing), w (waiver, may be missing).

    NULL for a row that is not in the result: not proved before it ended, or beyond the horizon.
    """
    done = "NOT i.is_span AND p.met_at IS NOT NULL"
    over = f"""CASE WHEN {done} THEN greatest(r.due_at, p.met_at)
           ELSE coalesce(r.closes_at, greatest(r.due_at, {now})) END < {horizon}"""
    unproved = "r.ends_at < r.due_at AND (p.met_at IS NULL OR p.met_at >= r.ends_at)"
    in_time = f"CASE WHEN p.met_at < r.due_at THEN {CODE['met']} ELSE {CODE['met_late']} END"
    at_once = "p.met_at < r.due_at OR p.met_at = r.opens_at"
    placed = f"CASE WHEN {at_once} THEN {CODE['met']} ELSE {CODE['met_late']} END"
    return f"""CAST(CASE
      WHEN {over} OR ({unproved}) THEN NULL
      WHEN {done} THEN {in_time}
      WHEN {now} < r.opens_at THEN {CODE["upcoming"]}
      WHEN i.is_span AND p.in_place THEN {placed}
      WHEN i.is_span AND r.closes_at <= {now} AND p.met_at IS NOT NULL AND p.gaps = 0 THEN {placed}
      WHEN w.w_hi IS NOT NULL THEN {CODE["waived"]}
      WHEN r.closes_at <= {now} THEN {CODE["missed"]}
      WHEN {now} < r.due_at AND p.met_at IS NULL THEN {CODE["open"]}
      ELSE {CODE["overdue"]} END AS TINYINT)"""


def _next_change(now: str) -> str:
    """The first instant ahead at which the status can change, over s (row with status)."""
    # Who is reminded of what has ended? An escalation that would open then never exists.
    escalates = "s.due_at + s.escalate_after"
    in_time = f"(s.ends_at IS NULL OR {escalates} < s.ends_at)"
    ahead = [
        f"CASE WHEN {instant} > {now} THEN {instant} END"
        for instant in ("s.opens_at", "s.due_at", "s.closes_at")
    ]
    ahead.append(f"CASE WHEN {escalates} > {now} AND {in_time} THEN {escalates} END")
    settled = f"s.status IN ({CODE['met']}, {CODE['met_late']}) AND (NOT s.is_span OR s.closes_at <= {now})"
    return f"CASE WHEN NOT ({settled}) THEN least({', '.join(ahead)}, s.next_edge, s.waiver_edge) END"
