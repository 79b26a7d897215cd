"""Audit rows: who did what to whom for which purpose, without clinical values and without names."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from django.conf import settings

from sizao_web.records.access.scope import Scope
from sizao_web.records.models import AuditEntry


def subject_of(text: str) -> str:
    """A person, place or key as the audit knows it: a keyed hash, because numbers can be guessed."""
    return hmac.new(settings.SIZAO.identity_key.encode(), text.encode(), sha256).hexdigest()[:32]


def note(
    scope: Scope, moment: datetime, deed: str, what: str, subjects: Iterable[str], request: str | None = None
) -> None:
    """One audit row for each subject, in the transaction of the deed itself."""
    AuditEntry.objects.bulk_create(
        AuditEntry(
            happened_at=moment,
            account=scope.account,
            role=scope.role,
            area=scope.area,
            organisation=scope.organisation,
            purpose=scope.purpose,
            deed=deed,
            subject=subject_of(subject),
            what=what,
            request=request,
        )
        for subject in subjects
    )
