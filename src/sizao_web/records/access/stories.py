"""The facts that the story of one row is told from, read in the database behind the row policies.

Who may see a row may be told why it is there, also where its reasons lie outside their range: the area of a
case, a stay elsewhere. So these functions, which belong to the jobs' role, look first whether the asker sees
the row, and then hand out the facts around it: what set it off, what it cites, and what is known of the
persons and the place concerned. Pages tell of them what the story says and list nothing else. No resident is
told by them: `own` tells a resident what is theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sizao.facts.dictionary import FACTS
from sizao.facts.readings import PARTS, READINGS
from sizao.terms.queries import literal
from sizao_web.accounts.roles import OF_OFFICES, OF_PLACES
from sizao_web.records.access.functions import Function
from sizao_web.records.access.policies import POLICIES

PERSON_COLUMNS = ("person", "dependant", "same_as")
CASE_FACTS = ("classifications", "case_reports", "investigations")
PLACE_FACTS = ("places", "enrolments", "closures", *sorted(OF_PLACES))
NOT_AROUND = (
    "areas", "area_grades", "response_levels", "area_counts", "adoptions", "published_totals",
    "standing_instructions", "notices", "public_contacts",
)  # fmt: skip
"""Facts that every duty reads, or that no story tells of; pages look the former up themselves."""

_ROWS = "TABLE(fact text, link jsonb)"
_LINK = "to_jsonb(t) - 'body' - 'arrived_in'"


def _fact_of(column: str) -> str:
    """SQL: the fact whose keys a reading carries."""
    cases = " ".join(f"WHEN {literal(name)} THEN {literal(PARTS[name][0])}" for name in READINGS)
    return f"CASE {column} {cases} ELSE {column} END"


def _half(text: str, first: int) -> str:
    """SQL: 16 hexadecimal digits of a key as the number that a column holds."""
    return f"('x' || substr({text}, {first}, 16))::bit(64)::bigint"


def _named_by_trigger(of: str) -> str:
    """SQL: every identifier of that kind that a link of the trigger names."""
    parts = [
        f'SELECT t."{column.name}" FROM fact_{fact.name} AS t WHERE trigger = {literal(fact.name)}'
        f" AND (t.key_hi, t.key_lo) = ({_half('key', 1)}, {_half('key', 17)})"
        for fact in FACTS.values()
        for column in fact.columns
        if column.of == of
    ]
    return " UNION ALL ".join(parts)


def _branch(fact: str) -> str:
    columns = {column.name: column.of for column in FACTS[fact].columns}
    wanted = [f't."{name}" = ANY (persons)' for name in PERSON_COLUMNS if columns.get(name) == "person"]
    if fact in PLACE_FACTS:
        wanted.append("t.place = ANY (places)")
    if fact in OF_OFFICES:
        wanted.append("t.office = ANY (places)")
    if fact in CASE_FACTS:
        wanted.append('t."case" = ANY (cases)')
    if "sample" in columns:
        wanted.append("t.sample = ANY (tubes)")
    if fact == "waivers":
        wanted.append("t.about = ANY (persons || places)")
        wanted.append("(t.rule = of_rule AND t.obligation IS NULL AND t.about IS NULL)")
    hexes = f"SELECT split_part(c, ':', 2) FROM unnest(keys) AS c WHERE c LIKE {literal(fact + ':%')}"
    wanted.append(
        f"(t.key_hi, t.key_lo) IN (SELECT {_half('h', 1)}, {_half('h', 17)}"
        f" FROM ({hexes}) AS cited (h) WHERE length(h) = 32)"
    )
    return f"SELECT {literal(fact)}, {_LINK} FROM fact_{fact} AS t WHERE {' OR '.join(wanted)}"


AROUND = Function(
    "sizao_facts_around(text,text,text,text[],text)",
    "trigger text, key text, about text, cites text[], of_rule text",
    _ROWS,
    "plpgsql",
    # persons: who is named, and every other number of theirs; tubes: their samples.
    f"""DECLARE
  persons text[]; places text[] := ARRAY[about]; cases text[]; tubes text[]; before integer;
  keys text[] := cites || (trigger || ':' || key);
BEGIN
  SELECT array_agg(DISTINCT n) || about INTO persons
    FROM ({_named_by_trigger("person")}) AS named (n) WHERE n IS NOT NULL;
  SELECT coalesce(array_agg(DISTINCT n), ARRAY[]::text[]) INTO cases
    FROM ({_named_by_trigger("case")}) AS named (n);
  LOOP
    before := cardinality(persons);
    SELECT array_agg(DISTINCT p) INTO persons FROM (
      SELECT unnest(persons) AS p
      UNION SELECT m.person FROM fact_merges AS m WHERE m.same_as = ANY (persons)
      UNION SELECT m.same_as FROM fact_merges AS m WHERE m.person = ANY (persons)) AS same
      WHERE p IS NOT NULL;
    EXIT WHEN coalesce(cardinality(persons), 0) <= coalesce(before, 0);
  END LOOP;
  SELECT coalesce(array_agg(DISTINCT s.sample), ARRAY[]::text[]) INTO tubes
    FROM fact_sample_members AS s WHERE s.person = ANY (persons);
  RETURN QUERY {" UNION ALL ".join(_branch(fact) for fact in FACTS if fact not in NOT_AROUND)};
END""",
)
"""The facts around a trigger. Pages may not call it: it does not ask who is asking."""

_OF_OBLIGATION = Function(
    "sizao_story_facts(text)",
    "asked text",
    _ROWS,
    "plpgsql",
    f"""DECLARE o ledger_obligation%ROWTYPE;
BEGIN
  IF sizao_said('sees_persons') IS NOT NULL THEN RETURN; END IF;
  SELECT ledger_obligation.* INTO o FROM ledger_obligation
    WHERE ledger_obligation.obligation_id = asked
      AND ({POLICIES["ledger_obligation"].sql("ledger_obligation")});
  IF NOT FOUND THEN RETURN; END IF;
  RETURN QUERY SELECT * FROM sizao_facts_around({_fact_of("o.trigger_fact")}, o.trigger_key, o.about,
    string_to_array(concat_ws(',', o.because, o.met_by, o.waived_by, o.anchor, o.related, o.withdrawn_by),
      ','), o.rule)
  UNION ALL SELECT 'waivers', {_LINK} FROM fact_waivers AS t WHERE t.obligation = asked;
END""",
)

_OF_UNKNOWN = Function(
    "sizao_unknown_facts(text,text)",
    "asked_fact text, asked_key text",
    _ROWS,
    "plpgsql",
    f"""DECLARE u ledger_unknown%ROWTYPE;
BEGIN
  IF sizao_said('sees_persons') IS NOT NULL THEN RETURN; END IF;
  SELECT ledger_unknown.* INTO u FROM ledger_unknown
    WHERE ledger_unknown.trigger_fact = asked_fact AND ledger_unknown.trigger_key = asked_key
      AND ({POLICIES["ledger_unknown"].sql("ledger_unknown")}) LIMIT 1;
  IF NOT FOUND THEN RETURN; END IF;
  RETURN QUERY SELECT * FROM sizao_facts_around({_fact_of("u.trigger_fact")}, u.trigger_key, u.about,
    ARRAY[]::text[], u.rule);
END""",
)

STORIES: Mapping[str, Function] = MappingProxyType(
    {one.signature: one for one in (_OF_OBLIGATION, _OF_UNKNOWN)}
)
"""Signature -> function that pages may call."""
