"""Take sheets into the records: through the library's intake, so that sent = stored + merged + rejected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa

from sizao.intake.loading import Plan, load_all
from sizao.intake.receipts import Receipt
from sizao_web.records import audit, bulk
from sizao_web.records.access.scope import Scope
from sizao_web.records.writing import wake_ledger
from sizao_web.settings.clock import bare


def take_in_sheets(scope: Scope, moment: datetime, plans: Sequence[Plan]) -> list[Receipt]:
    """Store the rows of these sheets that are not there yet; a sheet that comes again is merged whole.

    Whoever calls works as `sizao_worker`: a sheet of history names facts of many offices and areas.
    """
    facts = dict.fromkeys(name for one in plans for name in one.facts)
    systems = {system for one in plans for system in _systems(one)}
    existing = {name: bulk.of_sources(name, systems) for name in facts}

    def write(tables: object) -> None:
        assert isinstance(tables, dict)
        for name, table in tables.items():
            _store(name, table.slice(existing[name].num_rows))
        wake_ledger()

    receipts = load_all(plans, existing, write, recorded_at=bare(moment), recorded_by=scope.account)
    for receipt in receipts:
        if any(count.stored for count in receipt.facts.values()):
            audit.note(scope, moment, "take_in", receipt.sheet, [receipt.sha256])
    return receipts


def take_in_rows(
    scope: Scope, moment: datetime, sheet: str, tables: dict[str, pa.Table]
) -> dict[str, bulk.Stored]:
    """Store whole tables of checked rows under the name of what they came in, as `take_in_sheets` does."""
    outcome = {name: bulk.store(name, table) for name, table in tables.items()}
    if any(one.stored for one in outcome.values()):
        audit.note(scope, moment, "take_in", sheet, [sheet])
        wake_ledger()
    return outcome


def _store(name: str, table: pa.Table) -> None:
    found = bulk.store(name, table)
    if found.refused:
        raise RuntimeError(f"{name}: {len(found.refused)} rows contradict rows that another process stored.")


def _systems(one: Plan) -> set[str]:
    """Whose records the rows of a sheet may be: of the mapping's system, and of those its column names."""
    column = one.mapping.source_system_column
    named = one.sheet.cells[column].unique().to_pylist() if column else []
    return {one.mapping.source_system, *(name for name in named if name)}
