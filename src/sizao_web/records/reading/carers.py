"""Who cares for somebody whose carer was taken away: whose care it was, who was asked, whom one may ask."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from sizao.terms.identifiers import hex_key
from sizao.terms.time import local_day
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Obligation
from sizao_web.records.reading.facts import effective
from sizao_web.records.reading.ledger import obligations, standing
from sizao_web.records.reading.proofs import verbs_proved_by
from sizao_web.records.reading.visits import members_of
from sizao_web.settings.clock import bare

Row = dict[str, Any]
ACCEPTED, NOBODY = "accepted", "none"
HOSPITAL = "hospital"
AWAY = ("central", HOSPITAL)
"""Where somebody is who cannot care for anybody at home."""


def cared_for_by(scope: Scope, moment: datetime, zone: str, person: str) -> list[Row]:
    """On whom the person depends today, as `dependants` say; the last recorded first."""
    today = local_day(bare(moment), zone)
    rows = effective(scope, "dependants", moment).filter(dependant=person, from_on__lte=today)
    lasting = rows.exclude(kind=NOBODY).filter(Q(until_on__isnull=True) | Q(until_on__gt=today))
    return list(lasting.order_by("-known_at").values("person", "kind"))


def asked(scope: Scope, moment: datetime, person: str) -> list[Row]:
    """Everybody who was asked to care for the person, with what they said; the last first.

    Row: key (hex), carer, answer, from_at, until_at, recorded_by.
    """
    rows = effective(scope, "carers", moment).filter(person=person).order_by("-from_at", "-fact_id")
    names = ("key_hi", "key_lo", "carer", "answer", "from_at", "until_at", "recorded_by")
    return [{**row, "key": hex_key(row["key_hi"], row["key_lo"])} for row in rows.values(*names)]


def due(scope: Scope, person: str) -> list[Obligation]:
    """What must be done so that somebody cares for the person: overdue and open rows, the first due first."""
    rows = obligations(scope).filter(about=person, status__in=("overdue", "open"))
    return list(rows.filter(verb__in=verbs_proved_by("carers")).order_by("due_at", "obligation_id"))


def away(scope: Scope, moment: datetime, persons: Iterable[str]) -> dict[str, tuple[str, datetime | None]]:
    """Of these persons those who are in quarantine or hospital now -> where, and until when if that is known.

    As far as this duty sees: who reads no admissions is told of what binds them.
    """
    wanted = tuple(persons)
    found: dict[str, tuple[str, datetime | None]] = dict.fromkeys(
        _in_hospital(scope, moment, wanted), (HOSPITAL, None)
    )
    bound = standing(scope).filter(person__in=wanted, place__in=AWAY)
    return found | {one.person: (one.place, one.until) for one in bound}


def _in_hospital(scope: Scope, moment: datetime, persons: tuple[str, ...]) -> set[str]:
    if not scope.may_read("admissions") or not scope.may_read("discharges"):
        return set()
    # Moved to another hospital is not back at home.
    left = effective(scope, "discharges", moment).filter(
        ~Q(outcome="transferred"), person=OuterRef("person"), discharged_at__gte=OuterRef("admitted_at")
    )
    there = effective(scope, "admissions", moment).filter(~Exists(left), person__in=persons)
    return set(there.values_list("person", flat=True))


def household_of(scope: Scope, moment: datetime, zone: str, person: str) -> str | None:
    """The household to which the person belongs today."""
    today = local_day(bare(moment), zone)
    rows = effective(scope, "households", moment).filter(person=person, from_on__lte=today)
    lasting = rows.filter(Q(until_on__isnull=True) | Q(until_on__gt=today)).order_by("-from_on")
    return lasting.values_list("household", flat=True).first()


def may_be_asked(scope: Scope, moment: datetime, zone: str, person: str) -> list[str]:
    """The others of the household who are at home and depend on nobody themselves."""
    household = household_of(scope, moment, zone, person)
    if household is None:
        return []
    others = set(members_of(scope, moment, zone, [household])[household]) - {person}
    others -= away(scope, moment, others).keys()
    return sorted(one for one in others if not cared_for_by(scope, moment, zone, one))


def born(scope: Scope, moment: datetime, persons: Iterable[str]) -> dict[str, int]:
    """Person -> year of birth, where it is on record."""
    rows = effective(scope, "people", moment).filter(person__in=tuple(persons), birth_year__isnull=False)
    return dict(rows.values_list("person", "birth_year"))
