"""Rows that leave the horizon: kept as what they were, with a keyed hash in place of the person.

Their facts may be purged afterwards. What was withdrawn leaves the same way, with its cause.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pyarrow as pa
from django.db import connection

from sizao.policy.model import Policy
from sizao.terms.queries import Query, SqlStep, literal
from sizao_web.records.ledger.staging import stage
from sizao_web.records.models import Run, Sealed
from sizao_web.records.sealing import pseudonyms

_ALIKE = (
    "rule", "rule_version", "step", "verb", "sector", "about_kind", "area", "done_by", "responsible",
    "restricts", "event_on", "opens_at", "due_at", "closes_at", "status", "met_at", "reported_late",
    "withdrawn_why",
)  # fmt: skip


def horizon(policy: Policy, as_of: datetime) -> datetime:
    """What was over before this instant is not answered any more."""
    return as_of - timedelta(days=policy.horizon_days)


def over(policy: Policy, as_of: datetime) -> Query:
    """Over `gone`: results over (rows beyond the horizon) and vanished (the others)."""
    # The same as the status of derive has it, told of the wide row. A reminder goes with what it reminds of.
    ended = f"""CASE WHEN in_place IS NULL AND met_at IS NOT NULL THEN greatest(due_at, met_at)
       ELSE coalesce(closes_at, greatest(due_at, {literal(as_of)})) END < {literal(horizon(policy, as_of))}"""
    beyond = f"SELECT * FROM gone WHERE {ended}"
    reminders = f"parent_id IN (SELECT obligation_id FROM ({beyond}) AS ended)"
    left = "NOT EXISTS (SELECT 1 FROM rows_over AS o WHERE o.obligation_id = gone.obligation_id)"
    return Query(
        (
            SqlStep("rows_over", f"SELECT * FROM gone WHERE {ended} OR {reminders}", "beyond the horizon"),
            SqlStep("rows_vanished", f"SELECT * FROM gone WHERE {left}", "rows that vanished"),
        ),
        ("gone",),
        {"over": "rows_over", "vanished": "rows_vanished"},
    )


def seal(run: Run, rows: pa.Table) -> int:
    """Seal these rows; how many."""
    if not rows.num_rows:
        return 0
    sealed = pa.table(
        {
            "obligation_id": rows["obligation_id"],
            "seal": pa.array([pseudonyms(one)[0] for one in rows["obligation_id"].to_pylist()], pa.string()),
            "about": pa.array(
                [
                    pseudonyms(about)[0] if kind == "person" else about
                    for about, kind in zip(
                        rows["about"].to_pylist(), rows["about_kind"].to_pylist(), strict=True
                    )
                ],
                pa.string(),
            ),
        }
    )
    alike = ", ".join(_ALIKE)
    with connection.cursor() as cursor:
        stage(cursor, "ledger_arriving", sealed, dict.fromkeys(sealed.column_names, "text"))
        cursor.execute(
            f"""INSERT INTO ledger_sealed (seal, about, {alike}, sealed_at)
                SELECT a.seal, a.about, {", ".join(f"o.{name}" for name in _ALIKE)}, %s
                FROM pg_temp.ledger_arriving AS a
                JOIN ledger_obligation AS o ON o.obligation_id = a.obligation_id
                ON CONFLICT (seal) DO NOTHING""",
            [run.as_of],
        )
        cursor.execute(
            "DELETE FROM ledger_obligation AS o USING pg_temp.ledger_arriving AS a"
            " WHERE a.obligation_id = o.obligation_id"
        )
    return rows.num_rows


def seal_withdrawn(run: Run, policy: Policy) -> int:
    """Seal what was withdrawn before the horizon; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT obligation_id, about, about_kind FROM ledger_obligation WHERE withdrawn_at < %s",
            [horizon(policy, run.as_of)],
        )
        found = cursor.fetchall()
    columns = ("obligation_id", "about", "about_kind")
    return seal(run, pa.table({name: [row[n] for row in found] for n, name in enumerate(columns)}))


def unseal(new: pa.Table) -> None:
    """A row that is answered again (the horizon was moved, the clock set back) is sealed no more."""
    if new.num_rows and Sealed.objects.exists():
        seals = [one for identity in new["obligation_id"].to_pylist() for one in pseudonyms(identity)]
        Sealed.objects.filter(seal__in=seals).delete()
