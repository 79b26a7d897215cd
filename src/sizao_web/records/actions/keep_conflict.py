"""Keep the second of two contents under one key, and settle which of them holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import connection

from sizao.terms.identifiers import hex_key, natural_key
from sizao.terms.words import Words
from sizao_web.records import audit
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.correct_fact import correct_fact
from sizao_web.records.models import PartnerConflict
from sizao_web.records.reading.history import history, may_correct
from sizao_web.records.writing import NotAllowed, Refused

SETTLED = Words("已经处理过。", "It has been settled already.")
NO_WHY = Words("写明理由。", "Say why.")
NOT_YOURS = Words(
    "您的职责不登记此类事实，不能采用后到的内容。请接入方以更正重新发送，或保留先到的。",
    "Your duty does not record this fact, so you cannot take the second. Ask the partner to send it as a "
    "correction, or keep the first.",
)
NOT_A_RECORD = Words(
    "后到的内容不是可采用的更正。请接入方另行发送。",
    "The second is not a content that can correct the first. Ask the partner to send it anew.",
)


def keep_conflict(
    scope: Scope,
    moment: datetime,
    *,
    kind: str,
    record: Mapping[str, Any],
    second: Mapping[str, Any],
    request_key: str | None = None,
) -> int:
    """The number under which both are found; the same one when it comes again. record: of the first."""
    digest = sha256(json.dumps(second, sort_keys=True, ensure_ascii=False).encode()).digest()
    about = [scope.account, str(record["fact"]), str(record["source_record"]), digest]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO partner_conflict (account, fact, source_record, digest, role, area, organisation,"
            " kind, source_version, request_key, second, received_at, state, why)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'open', '') ON CONFLICT DO NOTHING",
            [
                *about,
                scope.role,
                scope.area,
                scope.organisation,
                kind,
                record["source_version"],
                request_key,
                json.dumps(second, ensure_ascii=False),
                moment,
            ],
        )
        cursor.execute(
            "SELECT id FROM partner_conflict"
            " WHERE account = %s AND fact = %s AND source_record = %s AND digest = %s",
            about,
        )
        return int(cursor.fetchone()[0])


def settle_conflict(
    scope: Scope,
    moment: datetime,
    conflict: PartnerConflict,
    decision: str,
    why: str,
    values: Mapping[str, Any],
) -> None:
    """kept: the first stays. taken: the second corrects it (values: its own columns). Refused, NotAllowed."""
    if conflict.account == scope.account:
        raise NotAllowed("A partner does not settle its own conflict.")
    if problem := (SETTLED if conflict.state != "open" else None) or (None if why.strip() else NO_WHY):
        raise Refused([(0, problem)])
    if decision == "taken":
        _take(scope, moment, conflict, why, values)
    changed = PartnerConflict.objects.filter(pk=conflict.pk, state="open").update(
        state=decision, settled_by=scope.account, settled_at=moment, why=why.strip()
    )
    if not changed:
        raise Refused([(0, SETTLED)])
    audit.note(scope, moment, f"conflict_{decision}", conflict.fact, [conflict.source_record])


def _take(
    scope: Scope, moment: datetime, conflict: PartnerConflict, why: str, values: Mapping[str, Any]
) -> None:
    key = hex_key(*natural_key(conflict.fact, conflict.account, conflict.source_record))
    found = history(scope, conflict.fact, key)
    if found is None or not may_correct(scope, found):
        raise Refused([(0, NOT_YOURS)])
    if conflict.kind != "record":
        raise Refused([(0, NOT_A_RECORD)])
    correct_fact(scope, moment, found, version=found.last["source_version"], values=values, reason=why)
