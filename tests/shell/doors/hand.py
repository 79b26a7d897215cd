"""Who tries the doors, and what they find on the other side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import connection

from sizao.facts.dictionary import FACTS
from sizao.facts.schemas import own_columns
from sizao_web.records.models import Standing

FREE = "depositor"
"""Somebody whom nothing binds, and whom somebody would like to keep at home."""


def standing() -> list[tuple[Any, ...]]:
    return sorted(Standing.objects.values_list("person", "place", "until", "rows"), key=str)


@dataclass(frozen=True)
class Hand:
    """Who tries: everything a test has at hand."""

    moment: datetime
    make: Any
    act: Any
    browse: Any
    folder: Path

    def under(self, role: str, office: str = "office/1", name: str | None = None) -> Any:
        """A scope of this duty, entered."""
        return self.act(self.make(role, "drill", office, name or f"{role}-{uuid4()}"))

    def browser(self, role: str) -> Any:
        """A browser of somebody with this duty."""
        return self.browse(self.make(role, "drill", "office/1", f"{role}-{uuid4()}"))


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))


def fields_of(fact: str) -> list[str]:
    """The own columns of a fact."""
    return [one.name for one in own_columns(FACTS[fact])]


def values_of(fact: str, row: Any) -> dict[str, Any]:
    """What a record says, as a form would give it again; nothing where there is no record."""
    found = {name: getattr(row, "class_named" if name == "class" else name, None) for name in fields_of(fact)}
    first = {name: "one" for name in ("decided_by", "adopted_by") if name in found and row is None}
    return {**found, **first}
