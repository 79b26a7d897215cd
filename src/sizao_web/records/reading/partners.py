"""Partners and their keys: for who keeps them, and for a request that has nothing but a key."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import connection
from django.db.models import QuerySet

from sizao_web.accounts.roles import ROLES
from sizao_web.records.access.policies import POLICIES
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Partner, PartnerKey
from sizao_web.records.prepared import prepared

PARTNER = "partner"
"""`what` of the audit's rows about partners."""
SOON = timedelta(days=14)
"""A key that ends within so many days is shown as ending."""
_KEY = re.compile(r"szk_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True)
class Caller:
    """Whose key was presented: the partner, the scope of its duty, the facts that this key gives."""

    partner: int
    name: str
    scope: Scope
    facts: frozenset[str]
    not_after: datetime
    per_minute: int
    per_day: int


def digest_of(secret: str) -> bytes:
    """What is kept of a secret. It is 256 random bits, so that a plain hash cannot be guessed backwards."""
    return sha256(b"sizao partner key " + secret.encode()).digest()


def caller_of(text: str, moment: datetime) -> Caller | None:
    """Who presents this key; None for one that is unknown, not begun, ended or revoked: nobody learns which.

    Asked of the database at every request, so that what was revoked stops at once; with the duty, in one
    question.
    """
    parts = _KEY.fullmatch(text)
    if parts is None:
        return None
    with prepared() as cursor:
        cursor.execute(
            "SELECT * FROM sizao_partner_of_key(%s, %s, %s)", [parts[1], digest_of(parts[2]), moment]
        )
        found = cursor.fetchone()
    if found is None:
        return None
    partner, name, facts, not_after, per_minute, per_day, account, role, area, organisation = found
    scope = Scope(account, role, area, organisation or None, ROLES[role].purposes[0])
    gives = scope.duty.gives_by_machine
    return Caller(partner, name, scope, frozenset(json.loads(facts)) & gives, not_after, per_minute, per_day)


def take_requests(
    partner: int, wanted: int, moment: datetime, day_began: datetime, capacity: int
) -> tuple[int, str]:
    """How many requests a partner may make of this minute, and by what it is limited where none.

    In a transaction of its own: counted is what was asked, whatever became of it.
    """
    with connection.cursor() as cursor:
        asked = [partner, wanted, moment, day_began, capacity]
        cursor.execute("SELECT * FROM sizao_take_requests(%s, %s, %s, %s, %s)", asked)
        granted, limited_by = cursor.fetchone()
    return int(granted), limited_by or ""


def partners(scope: Scope) -> QuerySet[Partner]:
    """The partners of the own area with their keys, by name."""
    rows = Partner.objects.filter(POLICIES["partner"].q(scope)).select_related("assignment")
    return rows.prefetch_related("keys").order_by("name")


def partner_of(scope: Scope, name: str) -> Partner | None:
    """The partner of that name."""
    return partners(scope).filter(name=name).first()


def key_of(scope: Scope, public: str) -> PartnerKey | None:
    """A key by the part that names it."""
    rows = PartnerKey.objects.filter(POLICIES["partner_key"].q(scope)).select_related("partner__assignment")
    return rows.filter(public=public).first()


def usable(key: PartnerKey, moment: datetime) -> bool:
    """Whether the key holds at this moment or will."""
    return key.revoked_at is None and key.not_after > moment


def days_left(key: PartnerKey, moment: datetime) -> int:
    """Whole days until it ends."""
    return max((key.not_after - moment).days, 0)


def ending(keys: Sequence[PartnerKey], moment: datetime) -> list[PartnerKey]:
    """Keys that end soon and have no successor for the same facts."""
    held = [key for key in keys if usable(key, moment)]
    return [
        key
        for key in held
        if key.not_after - moment <= SOON
        and not any(set(other.facts) >= set(key.facts) and other.not_after > key.not_after for other in held)
    ]
