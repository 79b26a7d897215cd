"""Record who a person is: name, document, telephone, address, apart from every fact."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from sizao.intake.persons import Said
from sizao.terms.words import Words
from sizao_web.records import audit
from sizao_web.records.access.persons import sees_person
from sizao_web.records.access.scope import Scope
from sizao_web.records.matching.known import last_said, tokens_for
from sizao_web.records.models import Identity, NameToken
from sizao_web.records.reading.identities import FIELDS, last_identity
from sizao_web.records.sealing import seal, tokens
from sizao_web.records.writing import NotAllowed, Refused

LONGEST = {"name": 120, "document": 40, "telephone": 40, "address": 300}


def record_identity(
    scope: Scope,
    moment: datetime,
    person: str,
    *,
    name: str,
    document: str | None = None,
    telephone: str | None = None,
    address: str | None = None,
    request: str | None = None,
) -> bool:
    """Whether something new was kept: the same again changes nothing. Earlier names stay, and still find.

    NotAllowed for a role without names and for a person whom this scope does not see; Refused for what is
    empty or too long.
    """
    if not scope.duty.identities:
        raise NotAllowed(f"{scope.role} may not record names.")
    given = {"name": name, "document": document, "telephone": telephone, "address": address}
    said = {field: (value or "").strip() or None for field, value in given.items()}
    _check(said)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sizao_claim_person(%s)", [person])
    known = last_identity(scope, person)
    if known is not None and {field: getattr(known, field) for field in FIELDS} == said:
        return False
    if not sees_person(scope, person):
        raise NotAllowed("This person is not among those whom this duty sees.")
    before = last_said([person]).get(person)
    if before is not None and before.birth_on is not None:
        said["birth_on"] = before.birth_on.isoformat()  # which this form does not ask
    Identity.objects.bulk_create(
        [
            Identity(
                person=person,
                recorded_at=moment,
                recorded_by=scope.account,
                **{field: seal(person, field, value) for field, value in said.items() if value is not None},
            )
        ]
    )
    whole = Said(name, document, telephone, before.birth_on if before else None, address)
    found_by = (*tokens(name, document, telephone), *tokens_for(whole))
    NameToken.objects.bulk_create(
        (NameToken(person=person, token=token) for token in dict.fromkeys(found_by)), ignore_conflicts=True
    )
    audit.note(scope, moment, "record", "identity", [person], request)
    return True


def _check(said: dict[str, str | None]) -> None:
    problems = []
    if not said["name"]:
        problems.append((0, Words("请填写姓名。", "Give the name.")))
    for field, most in LONGEST.items():
        if len(said[field] or "") > most:
            problems.append(
                (0, Words(f"“{field}”超过{most}字。", f"{field} is longer than {most} characters."))
            )
    if problems:
        raise Refused(problems)
