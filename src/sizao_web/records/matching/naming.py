"""One record by machine that names somebody by document, telephone or birth date: whom it means.

As rows of a sheet do (`resolving`): compared is only with people whom the sender sees, so that no answer
depends on whether somebody of another area is known. A record sent again means whom it meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sizao.intake.persons import Likeness, NotADay, Said, compare, said_in
from sizao.intake.problems import Problem
from sizao_web.records import audit
from sizao_web.records.access.scope import Scope
from sizao_web.records.matching.resolving import Among, Resolved, numbers_of, record, wrong_in
from sizao_web.records.models import RecordMatch


@dataclass(frozen=True)
class Meant:
    """The person; by which likeness, where it is somebody who was known; what is to be recorded of them."""

    person: str
    likeness: Likeness | None
    to_record: Said | None


def said_of(fields: Mapping[str, str], headings: Mapping[str, str]) -> Said | Problem:
    """What a record says of somebody. fields: by the names of the record; headings: what is said -> name."""
    said = said_in(fields, headings)
    problem = wrong_in("", 0, said, {**dict.fromkeys(("name", "birth_on"), ""), **headings})
    if problem is not None:
        return problem
    assert not isinstance(said, NotADay)
    return said


def who_is_meant(
    scope: Scope, moment: datetime, about: Mapping[str, str], said: Said, before: str | None
) -> Meant:
    """Whom a record means. about: fact, source_record and what it says of somebody, which give a new person
    their number; before: whom the record under this number means already, where there is one."""
    numbers = numbers_of(scope.account, about)
    found = Resolved()
    asked = numbers if before is None else (*numbers, before)
    among = Among(found, [(said, asked)], scope, moment)
    known = among.known.get(before) if before is not None else None
    if before is not None and known is not None and _is(said, known, among):
        return Meant(before, None, None)
    among.place([(0, said, numbers)])
    person = found.persons[0]
    return Meant(person, found.matches.get(0), found.to_record.get(person))


def _is(said: Said, known: Said, among: Among) -> bool:
    """Whether what is said fits whom the record was about: the same words, or surely the same person."""
    fields = ("name", "document", "telephone", "birth_on", "address")
    same = all(getattr(said, one) in (None, getattr(known, one)) for one in fields)
    return same or compare(said, known, among.weigh).is_sure(among.weigh)


def keep_meant(scope: Scope, moment: datetime, fact: str, fact_id: str, meant: Meant) -> None:
    """Record who came, and why the record was taken to mean somebody; after it was stored."""
    if meant.likeness is not None:
        RecordMatch.objects.bulk_create(
            [
                RecordMatch(
                    fact=fact,
                    fact_id=fact_id,
                    person=meant.person,
                    score=meant.likeness.score,
                    levels=dict(meant.likeness.levels),
                    matched_by=scope.account,
                    matched_at=moment,
                )
            ]
        )
    if meant.to_record is not None:
        record({meant.person: meant.to_record}, moment, scope.account)
        audit.note(scope, moment, "record", "identity", [meant.person])
