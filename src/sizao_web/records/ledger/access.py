"""Who may see a person, kept beside the ledger and in the same transaction.

Somebody who records a newcomer sees them at once (`sizao_claim_person`); that claim ends when facts say where
the person belongs, a day after it was made.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from django.db import connection

from sizao_web.records.ledger.staging import stage

_TYPES = {"person": "text", "area": 'text COLLATE "C"', "organisation": "text"}
_SAME = (
    "t.person = a.person AND t.area IS NOT DISTINCT FROM a.area"
    " AND t.organisation IS NOT DISTINCT FROM a.organisation"
)


def keep_access(rows: pa.Table, subjects: pa.Table | None) -> None:
    """Make these the rows of the subjects, or of everybody."""
    with connection.cursor() as cursor:
        stage(cursor, "access_arriving", rows, _TYPES)
        cursor.execute("ANALYZE pg_temp.access_arriving")
        among = ""
        if subjects is not None:
            stage(cursor, "access_subjects", subjects, {"subject": "text"})
            among = " AND t.person IN (SELECT subject FROM pg_temp.access_subjects)"
        _remove(cursor, among)
        cursor.execute(
            "INSERT INTO person_access (person, area, organisation, claimed_at)"
            " SELECT person, area, organisation, NULL FROM pg_temp.access_arriving AS a"
            f" WHERE NOT EXISTS (SELECT 1 FROM person_access AS t WHERE {_SAME}) ON CONFLICT DO NOTHING"
        )


def _remove(cursor: Any, among: str) -> None:
    cursor.execute(
        f"""DELETE FROM person_access AS t WHERE NOT EXISTS (
              SELECT 1 FROM pg_temp.access_arriving AS a WHERE {_SAME})
            AND (t.claimed_at IS NULL OR t.claimed_at < now() - INTERVAL '1 day' AND EXISTS (
              SELECT 1 FROM pg_temp.access_arriving AS a WHERE a.person = t.person)){among}"""
    )
