"""What people are known by, opened to be compared; under which hashes they are found, and who is whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from django.db import connection

from sizao.intake.persons import Said, blocks, keys
from sizao_web.records.sealing import hashes, seal, sought, unseal

MOST = 200
"""People under one part: a part that more share (the telephone of a hotel) says too little to compare by."""
_FIELDS = ("name", "document", "telephone", "address", "birth_on")


def parts_of(said: Said) -> tuple[str, ...]:
    """The parts under which people like that are kept and looked for. The sound of a name alone is none."""
    held = [part for kind, part in keys(said).items() if kind != "sound"]
    return tuple(f"match:{part}" for part in dict.fromkeys((*held, *blocks(said))))


def people_under(parts: Iterable[str]) -> dict[str, list[str]]:
    """Part -> whom it finds, in one question, as far as the role of this transaction sees."""
    named = {token: part for part in set(parts) for token in sought([part])}
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT token, (array_agg(person))[:%s] FROM identity_token WHERE token = ANY(%s) GROUP BY token",
            [MOST + 1, list(named)],
        )
        for token, people in cursor.fetchall():
            found.setdefault(named[bytes(token)], []).extend(people)
    return {part: people for part, people in found.items() if len(people) <= MOST}


def last_said(persons: Collection[str]) -> dict[str, Said]:
    """Person -> what was last recorded of them, in one question, as far as the role sees."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT ON (person) person, {', '.join(_FIELDS)} FROM identity"
            " WHERE person = ANY(%s) ORDER BY person, id DESC",
            [sorted(persons)],
        )
        return {person: opened(person, dict(zip(_FIELDS, row, strict=True))) for person, *row in cursor}


def opened(person: str, sealed: Mapping[str, Any]) -> Said:
    """One record, opened."""
    texts = {field: unseal(person, field, sealed[field]) for field in _FIELDS}
    born = texts.pop("birth_on")
    return Said(**texts, birth_on=date.fromisoformat(born) if born else None)


def sealed(person: str, said: Said) -> dict[str, bytes | None]:
    """One record, sealed for this person."""
    texts = {field: getattr(said, field) for field in _FIELDS}
    texts["birth_on"] = said.birth_on.isoformat() if said.birth_on else None
    return {field: seal(person, field, text) if text else None for field, text in texts.items()}


def tokens_for(said: Said) -> tuple[bytes, ...]:
    """The hashes by which somebody is compared."""
    return hashes(parts_of(said))


def same_persons() -> dict[str, str]:
    """Number -> the number it stands for, of all merges in force that the role sees."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person, same_as FROM (SELECT DISTINCT ON (key_hi, key_lo) person, same_as, action,"
            " happened_at FROM fact_merges ORDER BY key_hi, key_lo, source_version DESC, known_at DESC,"
            " fact_id DESC) AS last WHERE action <> 'retract' AND person <> same_as ORDER BY happened_at"
        )
        return dict(cursor.fetchall())


def canonical(person: str, same: Mapping[str, str]) -> str:
    """The number that stands for the person; of a ring of merges the smallest."""
    seen = [person]
    while (to := same.get(seen[-1])) is not None:
        if to in seen:
            return min(seen[seen.index(to) :])
        seen.append(to)
    return seen[-1]
