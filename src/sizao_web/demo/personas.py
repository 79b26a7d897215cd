"""Who one can sign in as in the demonstration: invented people, each with one duty (`personas.yaml`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from sizao.terms.words import Words
from sizao_web.accounts.models import Account, Assignment
from sizao_web.accounts.roles import ROLES

FILE = Path(__file__).with_name("personas.yaml")
SINCE = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Persona:
    """One of them. first: what this duty has before it on the morning of the demonstration."""

    username: str
    name: Words
    role: str
    area: str
    organisation: str | None
    person: str | None
    group: str
    first: Words
    where: Words

    @property
    def duty(self) -> Words:
        """What the role is called."""
        return ROLES[self.role].label


@lru_cache(maxsize=1)
def _document() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    return found


def groups() -> dict[str, Words]:
    """The headings under which they stand, in order."""
    return {name: Words(**words) for name, words in _document()["groups"].items()}


def personas() -> list[Persona]:
    """All of them, in order."""
    return [
        Persona(
            one["username"],
            Words(**one["name"]),
            one["works"]["role"],
            one["works"]["area"],
            one["works"].get("organisation"),
            one["works"].get("person"),
            one["group"],
            Words(**one["first"]),
            Words(**_document()["where"][one["works"]["area"]]),
        )
        for one in _document()["personas"]
    ]


def by_group() -> list[tuple[Words, list[Persona]]]:
    """Heading and those under it, in order."""
    found = personas()
    return [(heading, [one for one in found if one.group == name]) for name, heading in groups().items()]


def make_personas() -> int:
    """Make those that are not there; answers how many there are. Their language stays what they chose."""
    found = personas()
    for one in found:
        named = {"name_zh": one.name.zh, "name_en": one.name.en}
        account = Account.objects.filter(username=one.username).first()
        if account is None:
            account = Account.objects.create_user(one.username, None, persona=True, **named)
        Assignment.objects.get_or_create(
            account=account,
            role=one.role,
            area=one.area,
            organisation=one.organisation,
            person=one.person,
            defaults={"from_at": SINCE},
        )
    return len(found)
