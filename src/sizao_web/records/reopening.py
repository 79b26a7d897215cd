"""Results of a laboratory in an interval are opened again: a kit was recalled, a series was contaminated.

Two persons decide it, as a proposal of the kind REOPENING. Approved, each result is retracted by a link of
its own under the version that it has, so that the laboratory's next correction supersedes it as it would
have; what rested on the result is open again by the next run, as after any retraction. A later decision takes
it back: what was retracted by the first and by nobody corrected since holds again.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
from django.db import connection, transaction

from sizao.facts.schemas import arrow_schema
from sizao.terms.identifiers import uuid7
from sizao_web.records import audit, bulk
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Proposal
from sizao_web.records.writing import wake_ledger
from sizao_web.settings.clock import bare

_LAST = """SELECT DISTINCT ON (key_hi, key_lo) * FROM fact_results WHERE (key_hi, key_lo) IN (
    SELECT key_hi, key_lo FROM fact_results WHERE laboratory = %(laboratory)s
      AND (area = %(area)s OR area >= %(area)s || '/' AND area < %(area)s || '0'))
  ORDER BY key_hi, key_lo, source_version DESC, known_at DESC, fact_id DESC"""
_INSIDE = """SELECT * FROM last WHERE action <> 'retract' AND laboratory = %(laboratory)s
  AND resulted_at >= %(from_at)s AND resulted_at < %(until_at)s ORDER BY key_hi, key_lo"""
_UNDONE = "SELECT * FROM last WHERE action = 'retract' AND reason LIKE %(mark)s ORDER BY key_hi, key_lo"


def mark_of(proposal: int) -> str:
    """What the reason of each link begins with that a decision wrote."""
    return f"proposal/{proposal}: "


def links(found: Proposal, moment: datetime, by: str) -> pa.Table:
    """The links that the decision writes, known at this moment; none where nothing is left to open."""
    values = found.facts[0]
    undoes = values.get("undoes")
    given = {
        "laboratory": values["laboratory"],
        "area": found.area,
        "from_at": values.get("from_at"),
        "until_at": values.get("until_at"),
        "mark": f"{mark_of(undoes)}%" if undoes else None,
    }
    rows = _rows(f"WITH last AS ({_LAST}) {_UNDONE if undoes else _INSIDE}", given)
    schema = arrow_schema("results")
    told = [_link(row, found, bare(moment), by, "replace" if undoes else "retract") for row in rows]
    return pa.Table.from_pylist([{name: row[name] for name in schema.names} for row in told], schema=schema)


def _rows(statement: str, given: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _link(row: Mapping[str, Any], found: Proposal, now: datetime, by: str, action: str) -> dict[str, Any]:
    plain = {name: bare(value) if isinstance(value, datetime) else value for name, value in row.items()}
    return {
        **plain,
        "action": action,
        "reason": f"{mark_of(found.pk)}{found.reason}",
        "known_at": now,
        "recorded_at": now,
        "recorded_by": by,
        "fact_id": uuid7(int(now.timestamp() * 1000), os.urandom(10)),
    }


def reopen(proposal: int, moment: datetime) -> int:
    """Write the links of an approved decision, once; how many. Works as the jobs' role."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(4242008)")
        found = Proposal.objects.select_related("decision").get(pk=proposal)
        decision = getattr(found, "decision", None)
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM fact_results WHERE reason LIKE %s)", [f"{mark_of(found.pk)}%"]
        )
        if decision is None or decision.decision != "approved" or cursor.fetchone()[0]:
            return 0
        table = links(found, moment, decision.decided_by)
        if not table.num_rows:
            return 0
        stored = bulk.store("results", table).stored
        scope = Scope(decision.decided_by, "", found.area, decision.decided_office, "epidemic_control")
        audit.note(scope, moment, "reopen", "results", table["source_record"].to_pylist())
        wake_ledger()
    return stored
