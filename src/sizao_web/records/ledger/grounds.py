"""Whether everybody who is restricted is so on grounds that are there: rule, record, end, appeal.

What binds a person is derived and never typed. Only jobs write it, so this looks for what something else
wrote with their rights: by the row itself, every minute. Once a night the whole is derived again, beside
which nothing that was written otherwise stays.
"""

from __future__ import annotations

from django.db import connection

from sizao_web.records.models import FACT_MODELS
from sizao_web.records.reading.pack import policy_in_use

# A row is about the number that was recorded; restricted is the person, whatever number that was.
_ROWS = """
FROM ledger_standing AS s
CROSS JOIN LATERAL unnest(string_to_array(s.rows, ',')) AS named (id)
LEFT JOIN ledger_obligation AS o ON o.obligation_id = named.id AND o.about_kind = 'person'
  AND o.restricts AND o.withdrawn_at IS NULL AND (o.about = s.person OR o.about IN (
    WITH RECURSIVE said AS (
      SELECT DISTINCT ON (key_hi, key_lo) person, same_as, action FROM fact_merges
      ORDER BY key_hi, key_lo, source_version DESC, known_at DESC, fact_id DESC),
    same (number) AS (
      SELECT s.person
      UNION SELECT said.person FROM said JOIN same ON said.same_as = same.number
        WHERE said.action <> 'retract')
    SELECT number FROM same))"""


def groundless() -> int:
    """How many people stand as restricted without a live row of the ledger for each of their reasons, whose
    rule the pack has with an appeal, which ends, and which a record set off that is there."""
    wrong = "o.obligation_id IS NULL OR o.rule <> ALL (%s) OR o.closes_at IS NULL"
    people = _first(f"SELECT s.person {_ROWS} WHERE {wrong}", _restricting())
    people |= _first(
        "SELECT person FROM ledger_standing"
        " WHERE rows = '' OR row_count <> cardinality(string_to_array(rows, ','))"
    )
    for fact in _first(f"SELECT o.trigger_fact {_ROWS} WHERE o.trigger_fact IS NOT NULL"):
        people |= _without_record(fact)
    return len(people)


def _restricting() -> list[str]:
    """Rules of the pack in use that restrict somebody and say who hears an appeal."""
    rules = policy_in_use().rules
    return [name for name, texts in rules.items() if all(one.appeal for one in texts if one.bears)]


def _without_record(fact: str) -> set[str]:
    """People restricted for a record of this fact that nobody recorded."""
    if fact not in FACT_MODELS:
        return _first(f"SELECT s.person {_ROWS} WHERE o.trigger_fact = %s", fact)
    asked = f"""
WITH meant AS (
  SELECT s.person, o.trigger_key {_ROWS} WHERE o.trigger_fact = %s)
SELECT person FROM meant WHERE trigger_key !~ '^[0-9a-f]{{32}}$'
UNION SELECT person FROM meant WHERE trigger_key ~ '^[0-9a-f]{{32}}$' AND NOT EXISTS (
  SELECT 1 FROM fact_{fact} AS f
  WHERE f.key_hi = ('x' || left(trigger_key, 16))::bit(64)::bigint
    AND f.key_lo = ('x' || right(trigger_key, 16))::bit(64)::bigint)"""
    return _first(asked, fact)


def _first(statement: str, *values: object) -> set[str]:
    """The first column of what is asked."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values) or None)
        return {row[0] for row in cursor.fetchall()}
