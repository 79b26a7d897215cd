"""A partner declares what it sent on a day, so that what got lost on the way is found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sizao_web.records import audit
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import PartnerManifest
from sizao_web.records.reading.reconciliation import FileDeclared, ParcelDeclared, Record


def declare_day(
    scope: Scope,
    moment: datetime,
    day: date,
    *,
    files: Sequence[FileDeclared],
    records: Sequence[Record],
    parcels: Sequence[ParcelDeclared] = (),
    request: str | None = None,
) -> None:
    """The declaration of that day, instead of an earlier one, which stays on record."""
    PartnerManifest.objects.create(
        account=scope.account,
        day=day,
        declared_at=moment,
        files=[{"name": one.name, "sha256": one.sha256, "rows": one.rows} for one in files],
        records=[list(record) for record in records],
        parcels=[{"stream": one.stream, "sha256": one.sha256, "rows": one.rows} for one in parcels],
    )
    audit.note(scope, moment, "declare_day", "manifest", [f"{scope.account}:{day.isoformat()}"], request)
