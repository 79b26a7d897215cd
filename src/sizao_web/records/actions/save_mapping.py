"""Keep how a kind of sheet is read, under a name: each time it is saved a new version, and none ever
changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sizao_web.records import audit
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import SheetMapping


def save_mapping(
    scope: Scope,
    moment: datetime,
    *,
    name: str,
    headings: Sequence[str],
    text: str,
    request: str | None = None,
) -> int:
    """The version under which it is kept; the same text again is the version that it was."""
    organisation = scope.seen_organisation or None
    kept = SheetMapping.objects.filter(area=scope.area, organisation=organisation, name=name[:80])
    last = kept.order_by("-version").first()
    if last is not None and last.text == text:
        return last.version
    version = last.version + 1 if last else 1
    one = SheetMapping(
        name=name[:80],
        version=version,
        area=scope.area,
        organisation=organisation,
        headings=list(headings),
        text=text,
        saved_by=scope.account,
        saved_at=moment,
    )
    SheetMapping.objects.bulk_create([one])
    audit.note(scope, moment, "save", "sheet_mapping", [f"{name}/{version}"], request)
    return version
