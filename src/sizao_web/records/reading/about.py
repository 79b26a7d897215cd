"""Everything recorded about some people, read at once: each page of a person needs most of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import pyarrow as pa
from django.db import connection

from sizao.facts.dictionary import FACTS
from sizao.facts.schemas import stored_columns
from sizao.terms.queries import literal
from sizao_web.accounts.roles import readers_of
from sizao_web.records.access.policies import POLICIES
from sizao_web.records.access.rules import AllOf, OfPerson, Roles, Rule
from sizao_web.records.access.scope import Scope

Link = dict[str, Any]
NAMING = ("person", "case_person")
"""Columns by which a row is about somebody here."""
SEEN_WITH_PERSON = OfPerson("person")


@dataclass(frozen=True)
class Chain:
    """The links of one key that the scope sees, in order of rank."""

    fact: str
    key: tuple[int, int]
    links: tuple[Link, ...]

    @property
    def last(self) -> Link:
        """The link that ranks last."""
        return self.links[-1]

    @property
    def counts(self) -> bool:
        """Whether the last link is effective: not a retraction, and not waiting for its record."""
        return self.last["action"] != "retract" and any(one["action"] == "record" for one in self.links)


@dataclass(frozen=True)
class About:
    """The chains of each fact."""

    chains: Mapping[str, tuple[Chain, ...]]

    def rows(self, fact: str, column: str, persons: Iterable[str]) -> list[Link]:
        """The effective rows of a fact whose column is one of these people."""
        wanted = set(persons)
        return [
            one.last for one in self.chains.get(fact, ()) if one.counts and one.last.get(column) in wanted
        ]


def about(scope: Scope, persons: Iterable[str], known_by: datetime) -> About:
    """Every link that names these people and was known by then, of the facts that the duty reads."""
    facts = tuple(sorted(name for name in scope.duty.reads if _naming(name)))
    if not facts:
        return About({})
    found: dict[str, dict[tuple[int, int], list[Link]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_select(facts), {"persons": list(persons), "known_by": known_by})
        for fact, row in cursor.fetchall():
            link = typed(fact, row if isinstance(row, dict) else json.loads(row))
            found.setdefault(fact, {}).setdefault((link["key_hi"], link["key_lo"]), []).append(link)
    return About(
        {
            fact: tuple(Chain(fact, key, tuple(sorted(links, key=_rank))) for key, links in keys.items())
            for fact, keys in found.items()
        }
    )


def typed(fact: str, row: Mapping[str, Any]) -> Link:
    """A row of JSON with its days and instants; instants with their zone mark, as Django has them."""
    return {name: _typed(kind, row[name]) for name, kind in _kinds(fact)}


@lru_cache(maxsize=32)
def _select(facts: tuple[str, ...]) -> str:
    """Of most facts a row is seen with its person: asked once of all of them together, and not in the part of
    each fact, which the database would have to plan anew for every page."""
    together = [_links(fact) for fact in facts if _is_seen_with_its_person(fact)]
    apart = [fact for fact in facts if not _is_seen_with_its_person(fact)]
    parts = [
        f"SELECT fact, link FROM ({_links(fact)} AND ({_sql(POLICIES[f'fact_{fact}'], 't')})) AS one"
        for fact in apart
    ]
    if together:
        # OFFSET, or the question would be put to each part after all.
        found = f"({' UNION ALL '.join(together)} OFFSET 0) AS found"
        parts.append(f"SELECT fact, link FROM {found} WHERE {_sql(SEEN_WITH_PERSON, 'found')}")
    return " UNION ALL ".join(parts)


def _sql(rule: Rule, table: str) -> str:
    return rule.sql(table).replace("%", "%%")


def _links(fact: str) -> str:
    named = " OR ".join(f"t.{one} = ANY (%(persons)s)" for one in _naming(fact))
    return (
        f"SELECT {literal(fact)} AS fact, t.person, to_jsonb(t) - 'body' - 'arrived_in' AS link"
        f" FROM fact_{fact} AS t WHERE ({named}) AND t.known_at <= %(known_by)s"
    )


def _is_seen_with_its_person(fact: str) -> bool:
    """Whether nothing but the duty and the person decides who sees a row; the duty reads the fact already."""
    return POLICIES[f"fact_{fact}"] == AllOf((Roles(readers_of(fact)), SEEN_WITH_PERSON))


@lru_cache(maxsize=64)
def _naming(fact: str) -> tuple[str, ...]:
    columns = {column.name for column in FACTS[fact].columns}
    return tuple(one for one in NAMING if one in columns) if "person" in columns else ()


@lru_cache(maxsize=64)
def _kinds(fact: str) -> tuple[tuple[str, pa.DataType], ...]:
    return tuple((one.name, one.arrow) for one in stored_columns(fact))


def _typed(kind: pa.DataType, value: Any) -> Any:
    if isinstance(value, str) and pa.types.is_timestamp(kind):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(value, str) and pa.types.is_date(kind) else value


def _rank(link: Link) -> tuple[int, datetime, str]:
    return link["source_version"], link["known_at"], str(link["fact_id"])
