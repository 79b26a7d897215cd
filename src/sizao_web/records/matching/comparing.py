"""Everybody who was recorded is compared, once, with everybody who may be the same person.

This is the only place where people of different areas are compared. It is a job's: no request waits for it,
no answer depends on it, and what it finds is shown to nobody who does not see both (`access.policies`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction

from sizao.intake.persons import Likeness, Said, compare, outline, weights, worth_comparing
from sizao.intake.persons.outlines import Outline
from sizao_web.records import audit
from sizao_web.records.access.scope import Scope
from sizao_web.records.matching.known import (
    canonical,
    last_said,
    parts_of,
    people_under,
    same_persons,
)
from sizao_web.records.matching.pairs import pairs_among
from sizao_web.records.models import Doubt
from sizao_web.records.sealing import hashes

SCOPE = Scope("sizao-matching", "administrator", "", None, "public_administration")
"""In whose name the job reads."""
BATCH = 10_000
MET = 200_000  # people whom one run of the job keeps opened: those of a city come again and again
_LOCK = 4242007


class Met:
    """Whom a run of the job has opened: what is known of them, and their outlines. Each is on record once."""

    def __init__(self) -> None:
        self.said: dict[str, Said] = {}
        self.outlines: dict[str, Outline] = {}

    def make_room(self) -> None:
        """Forget everybody when they become too many."""
        if len(self.said) > MET:
            self.said.clear()
            self.outlines.clear()

    def open(self, persons: Collection[str], moment: datetime) -> None:
        """Read these people; who is not known any more is left out."""
        found = last_said(persons)
        audit.note(SCOPE, moment, "match", "identity", sorted(found))
        self.said.update(found)
        self.outlines.update({person: outline(said) for person, said in found.items()})


def compare_all(moment: datetime) -> int:
    """Compare all that wait, batch by batch; how many pairs somebody has to look at."""
    count, met = 0, Met()
    while (found := compare_batch(moment, met)) is not None:
        count += found
    return count


def compare_batch(moment: datetime, met: Met) -> int | None:
    """Compare the next that wait; new doubts, or None when nobody waited. Works as the jobs' role."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(
            "SELECT id, person FROM identity WHERE compared_at IS NULL ORDER BY id LIMIT %s", [BATCH]
        )
        waiting = cursor.fetchall()
        if not waiting:
            return None
        persons = sorted({person for _, person in waiting})
        met.make_room()
        met.open(persons, moment)
        parts = {person: parts_of(met.said[person]) for person in persons}
        _index(parts)
        made = _write(_doubts(parts, met, moment), moment)
        cursor.execute(
            "UPDATE identity SET compared_at = %s WHERE id = ANY(%s)", [moment, [one for one, _ in waiting]]
        )
    return made


def _index(parts: Mapping[str, Sequence[str]]) -> None:
    """The hashes of who was recorded before there were any, or under an older key."""
    rows = [(person, token) for person, held in parts.items() for token in hashes(held)]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO identity_token (person, token) SELECT person, token"
            " FROM unnest(%s::text[], %s::bytea[]) AS held (person, token)"
            " WHERE NOT EXISTS (SELECT 1 FROM identity_token AS there"
            " WHERE there.token = held.token AND there.person = held.person) ON CONFLICT DO NOTHING",
            [[person for person, _ in rows], [token for _, token in rows]],
        )


def _doubts(
    parts: Mapping[str, Sequence[str]], met: Met, moment: datetime
) -> dict[tuple[str, str], Likeness]:
    weigh, same = weights(), same_persons()
    under = people_under(part for held in parts.values() for part in held)
    people = list(dict.fromkeys([*parts, *(person for found in under.values() for person in found)]))
    if unmet := [person for person in people if person not in met.said]:
        met.open(unmet, moment)
    found: dict[tuple[str, str], Likeness] = {}
    for one, other in _likely(people, under.values(), len(parts), met):
        if one not in met.said or other not in met.said:
            continue
        if canonical(one, same) == canonical(other, same):
            continue
        likeness = compare(met.said[one], met.said[other], weigh)
        if likeness.is_sure(weigh) or likeness.is_asked(weigh):
            found[min(one, other), max(one, other)] = likeness
    return found


def _likely(
    people: Sequence[str], together: Iterable[Sequence[str]], first: int, met: Met
) -> Iterable[tuple[str, str]]:
    """Pairs under one part of which anything could come, one of them of the `first` of these people."""
    number = {person: at for at, person in enumerate(people)}
    outlines = [met.outlines.get(person, ("", "", "", "")) for person in people]
    groups = ([number[person] for person in found] for found in together)
    for ones, others in pairs_among(groups, first):
        worth: npt.NDArray[np.bool_] = worth_comparing(outlines, ones, others, weights())
        for one, other in zip(ones[worth].tolist(), others[worth].tolist(), strict=True):
            yield people[one], people[other]


def _write(doubts: Mapping[tuple[str, str], Likeness], moment: datetime) -> int:
    """Of a pair that somebody settled nothing is asked again."""
    before: Any = Doubt.objects.filter(one__in={one for one, _ in doubts}).values_list("one", "other")
    there = set(before)
    new = [
        Doubt(one=pair[0], other=pair[1], score=like.score, levels=dict(like.levels), found_at=moment)
        for pair, like in doubts.items()
        if pair not in there
    ]
    Doubt.objects.bulk_create(new, ignore_conflicts=True, batch_size=5_000)
    return len(new)
