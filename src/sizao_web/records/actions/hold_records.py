"""Put on record that something may not be removed before a day, because a law or an order says so."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sizao.facts.dictionary import STREAMS
from sizao.terms.time import midnight
from sizao.terms.words import Words
from sizao_web.records import audit
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import LegalHold
from sizao_web.records.writing import Refused

KINDS = ("person", "stream")
LONGEST = timedelta(days=365)  # then somebody decides again; a value of this project
OPERATOR = Scope("sizao-retention", "administrator", "", None, "public_administration")


def hold_records(
    moment: datetime, kind: str, subject: str, until: date, *, zone: str, ground: str, ordered_by: str
) -> None:
    """Hold until the beginning of that day. Refused without a ground, an authority and an end within a year.

    Whoever calls works at the machine, as the owner of the tables.
    """
    ends = midnight(until, zone).replace(tzinfo=UTC)
    problems = []
    if kind not in KINDS or (kind == "stream" and subject not in STREAMS):
        problems.append(
            Words(
                f"只能保留person或stream（{'、'.join(STREAMS)}）。",
                f"Hold a person, or one of the streams {', '.join(STREAMS)}.",
            )
        )
    if not ground.strip() or not ordered_by.strip():
        problems.append(
            Words("须写明依据和下令机关。", "Say which law or order demands it, and who ordered it.")
        )
    if not moment < ends <= moment + LONGEST:
        problems.append(
            Words(
                "终止日须在今后一年之内。", "A hold ends on a day within a year from now; then decide again."
            )
        )
    if problems:
        raise Refused([(0, words) for words in problems])
    LegalHold.objects.create(
        kind=kind, subject=subject, ground=ground, ordered_by=ordered_by, recorded_at=moment, until_at=ends
    )
    audit.note(OPERATOR, moment, "hold", kind, [subject])
