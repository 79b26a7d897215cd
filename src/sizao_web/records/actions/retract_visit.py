"""Take back what a visit left, by retracting its facts; they stay on record as retracted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sizao.facts.dictionary import fact as declared
from sizao.facts.schemas import own_columns
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import FACT_MODELS
from sizao_web.records.reading.visits import recorded_in
from sizao_web.records.writing import Given, write

REASON = "entered by mistake, taken back on the page of the visit"


def retract_visit(
    scope: Scope, moment: datetime, visit: str, persons: Iterable[str], *, request: str | None = None
) -> int:
    """How many facts were taken back: those of this visit that the same account recorded."""
    mine = [
        (fact, row) for fact, row in recorded_in(scope, visit, persons) if row["recorded_by"] == scope.account
    ]
    given = [
        Given(
            fact,
            # A retraction keeps what it retracts: whoever saw the record sees that it was taken back.
            {**_own(fact, row), "happened_at": row["happened_at"]},
            row["source_record"],
            source_version=row["source_version"] + 1,
            action="retract",
            reason=REASON,
            source_system=row["source_system"],
        )
        for fact, row in mine
    ]
    return len(write(scope, moment, given, request=request).stored) if given else 0


def _own(fact: str, row: dict[str, object]) -> dict[str, object]:
    model = FACT_MODELS[fact]
    fields = {field.column: field.attname for field in model._meta.concrete_fields}
    return {column.name: row[fields[column.name]] for column in own_columns(declared(fact))}
