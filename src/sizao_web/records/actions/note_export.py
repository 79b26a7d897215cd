"""Leave in the audit that a list about persons was taken out as a file."""

from __future__ import annotations

from datetime import datetime

from sizao_web.records import audit
from sizao_web.records.access.scope import Scope


def note_export(
    scope: Scope,
    moment: datetime,
    what: str,
    rows: int,
    *,
    about: str | None = None,
    request: str | None = None,
) -> None:
    """One audit row for the file: which list, how many rows, and whom it was about where it was about one."""
    audit.note(scope, moment, "export", f"{what}: {rows} rows", [about or what], request)
