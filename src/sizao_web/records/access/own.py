"""Why somebody is bound, told to themselves: the facts about them that a rule rests on, and nobody else's.

The story that offices are told names cases, contacts and households. A resident is told of the same row only
facts about themselves and announcements about areas, and of these no column that names another person, a
case or a household, and no free text. What is left out is counted, so that nobody takes the rest for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sizao.facts.declaration import ColumnType
from sizao.facts.dictionary import FACTS
from sizao.facts.readings import PARTS, READINGS
from sizao.terms.queries import literal
from sizao_web.accounts.roles import OF_PERSONS, SELF
from sizao_web.records.access.functions import Function
from sizao_web.records.access.rules import own_persons

TOLD_OF_AREAS = ("area_grades", "response_levels")
NOT_TOLD = frozenset({"waivers", "merges", "hand_overs", "hand_over_acceptances", "pushed_entries"})
"""Facts about a person that are about who decides or who told: an appeal asks for these, a page does not."""
_NAMES = frozenset({"place", "office"})


def told_columns(fact: str) -> tuple[str, ...]:
    """The columns of a fact that the person it is about is told."""
    return tuple(
        column.name
        for column in FACTS[fact].columns
        if column.type is not ColumnType.TEXT
        and column.type is not ColumnType.IMPRECISE_DATE
        and (column.type is not ColumnType.ID or column.of in _NAMES)
    )


def told_facts() -> tuple[str, ...]:
    """The facts that somebody may be told of as a reason."""
    own = [name for name in FACTS if name in OF_PERSONS - NOT_TOLD and _about_person(name)]
    return (*own, *TOLD_OF_AREAS)


def _about_person(fact: str) -> bool:
    return any(column.name == "person" and column.of == "person" for column in FACTS[fact].columns)


def _half(first: int) -> str:
    return f"('x' || substr(h, {first}, 16))::bit(64)::bigint"


def _branch(fact: str) -> str:
    told = ", ".join(f'{literal(name)}, t."{name}"' for name in told_columns(fact))
    mine = "" if fact in TOLD_OF_AREAS else " AND t.person = ANY (mine)"
    hexes = f"SELECT split_part(c, ':', 2) FROM unnest(keys) AS c WHERE c LIKE {literal(fact + ':%')}"
    return (
        f"SELECT {literal(fact)}, t.key_hi, t.key_lo, t.source_version, t.known_at, t.fact_id::text,"
        f" t.action, jsonb_build_object({told}) FROM fact_{fact} AS t"
        f" WHERE (t.key_hi, t.key_lo) IN (SELECT {_half(1)}, {_half(17)} FROM ({hexes}) AS cited (h)"
        f" WHERE length(h) = 32){mine}"
    )


def _as_fact(column: str) -> str:
    """SQL: the fact whose keys a reading carries, in front of its key."""
    cases = " ".join(f"WHEN {literal(name)} THEN {literal(PARTS[name][0])}" for name in READINGS)
    name, key = f"split_part({column}, ':', 1)", f"split_part({column}, ':', 2)"
    return f"CASE {name} {cases} ELSE {name} END || ':' || {key}"


_REASONS = Function(
    "sizao_own_reasons(text)",
    "asked text",
    "TABLE(fact text, key_hi bigint, key_lo bigint, source_version bigint, known_at timestamp with time zone,"
    " fact_id text, action text, told jsonb)",
    "plpgsql",
    f"""DECLARE o ledger_obligation%ROWTYPE; mine text[] := {own_persons()}; keys text[];
BEGIN
  IF sizao_said('role') IS DISTINCT FROM {literal(SELF)} OR mine IS NULL THEN RETURN; END IF;
  SELECT ledger_obligation.* INTO o FROM ledger_obligation
    WHERE ledger_obligation.obligation_id = asked AND ledger_obligation.about = ANY (mine)
      AND ledger_obligation.about_kind = 'person';
  IF NOT FOUND THEN RETURN; END IF;
  SELECT array_agg({_as_fact("c")}) INTO keys
    FROM unnest(string_to_array(o.because, ',') || (o.trigger_fact || ':' || o.trigger_key)) AS c
    WHERE c <> '';
  RETURN QUERY {" UNION ALL ".join(_branch(fact) for fact in told_facts())};
END""",
)

OWN: Mapping[str, Function] = MappingProxyType({_REASONS.signature: _REASONS})
"""Signature -> function that pages may call; each answers a resident alone."""
