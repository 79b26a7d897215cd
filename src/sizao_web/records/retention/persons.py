"""Persons whose time is over: whom of the contacts nothing binds any more, and cases that become a number.

A fact may go when no live row of the ledger names it: proof is not trigger, so nothing else can change then.
Rows about a person who goes are sealed first, all of them; while one of them is not over the person waits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
from django.db import connection

from sizao.facts.declaration import ColumnType
from sizao.facts.dictionary import FACTS
from sizao_web.records.ledger import sealing
from sizao_web.records.models import Run

OVER = ("met", "met_late", "missed", "waived")
Counts = dict[str, int]


def person_columns() -> Iterator[tuple[str, str]]:
    """Every fact and column that names a person."""
    for name, fact in FACTS.items():
        for column in fact.columns:
            if column.of == "person" or (column.of == "subject" and name == "waivers"):
                yield name, column.name


def ends(fact: str) -> str:
    """SQL: the last moment of which a row speaks."""
    named = {column.name: column.type for column in FACTS[fact].columns}
    parts = ["happened_at", "known_at", "recorded_at"]
    for name in ("until_at", "until_on", "last_on"):
        if name in named:
            parts.append(f'"{name}"' if named[name] is ColumnType.INSTANT else f'"{name}"::timestamptz')
    return f"greatest({', '.join(parts)})"


def _activity() -> str:
    """SQL: person and the last moment of each fact that names them."""
    return " UNION ALL ".join(
        f'SELECT "{column}" AS person, {ends(fact)} AS at FROM fact_{fact} WHERE "{column}" IS NOT NULL'
        for fact, column in person_columns()
    )


_ILL = (
    "SELECT person FROM fact_classifications WHERE class IS DISTINCT FROM 'excluded'"
    " UNION SELECT m.person FROM fact_sample_members AS m JOIN fact_results AS r ON r.sample = m.sample"
    " WHERE r.result = 'positive'"
    " UNION SELECT case_person FROM fact_designations UNION SELECT case_person FROM fact_exposures"
)


def contacts_over(moment: datetime, days: int, held: Collection[str]) -> list[str]:
    """Contacts who never were ill, of whom no fact is younger than that; those held, and whoever is one
    person with somebody who stays, left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH contact AS (
                  SELECT person FROM fact_designations UNION SELECT person FROM fact_exposures),
                ill AS ({_ILL}),
                last AS (SELECT person, max(at) AS at FROM ({_activity()}) AS every_fact GROUP BY person)
                SELECT contact.person FROM contact JOIN last USING (person)
                WHERE last.at < %s AND contact.person NOT IN (SELECT person FROM ill WHERE person IS NOT NULL)
                  AND NOT (contact.person = ANY(%s)) ORDER BY 1""",
            [moment - timedelta(days=days), list(held)],
        )
        found = {person for (person,) in cursor.fetchall()}
        cursor.execute("SELECT DISTINCT person, same_as FROM fact_merges")
        merged = cursor.fetchall()
    while staying := {one for pair in merged for one in pair if one in found and not found.issuperset(pair)}:
        found -= staying
    return sorted(found)


def cases_to_be_numbers(moment: datetime, days: int, held: Collection[str]) -> list[str]:
    """Cases of whom no fact is younger than that and who they are is still on record."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH last AS (SELECT person, max(at) AS at FROM ({_activity()}) AS every_fact GROUP BY person)
                SELECT DISTINCT i.person FROM identity AS i JOIN last USING (person)
                WHERE last.at < %s AND i.person IN ({_ILL}) AND NOT (i.person = ANY(%s)) ORDER BY 1""",
            [moment - timedelta(days=days), list(held)],
        )
        return [person for (person,) in cursor.fetchall()]


def nobody_left(held: Collection[str]) -> list[str]:
    """Persons who are known by name or seen by somebody, and whom no fact names any more."""
    named = " UNION ".join(f'SELECT "{column}" FROM fact_{fact}' for fact, column in person_columns())
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT person FROM (SELECT person FROM identity UNION SELECT person FROM identity_token
                  UNION SELECT person FROM person_access WHERE claimed_at IS NULL
                    OR claimed_at < now() - INTERVAL '1 day') AS known
                WHERE person NOT IN (SELECT p FROM ({named}) AS n (p) WHERE p IS NOT NULL)
                  AND NOT (person = ANY(%s))
                  AND NOT EXISTS (SELECT 1 FROM identity AS young WHERE young.person = known.person
                    AND young.recorded_at > now() - INTERVAL '1 day') ORDER BY 1""",
            [list(held)],
        )
        return [person for (person,) in cursor.fetchall()]


def remove_identities(persons: Collection[str]) -> Counts:
    """Who these persons are: rows that went, by table."""
    return {
        table: _deleted(f"DELETE FROM {table} WHERE person = ANY(%s)", [list(persons)])
        for table in ("identity", "identity_token")
    }


def remove_whole(moment: datetime, persons: Collection[str]) -> tuple[Counts, int]:
    """Everything about these persons, their rows of the ledger sealed: counts by table, and how many wait
    because a row of the ledger is not over yet or rests on them."""
    ready = sorted(set(persons) - _waiting(persons))
    counts: Counts = {}
    if ready:
        counts["ledger_obligation"] = _seal(moment, ready)
        samples = _samples_of(ready)
        for fact, column in person_columns():
            count = _deleted(f'DELETE FROM fact_{fact} WHERE "{column}" = ANY(%s)', [ready])
            counts[f"fact_{fact}"] = counts.get(f"fact_{fact}", 0) + count
        for fact in ("results", "sample_receipts", "samples"):
            counts[f"fact_{fact}"] = _deleted(f"DELETE FROM fact_{fact} WHERE sample = ANY(%s)", [samples])
        for table, column in (
            ("ledger_standing", "person"), ("ledger_unknown", "about"), ("ledger_too_late", "about"),
            ("ledger_case", "person"), ("past_obligation", "about"), ("past_standing", "person"),
            ("past_unknown", "about"), ("past_too_late", "about"), ("past_case", "person"),
            ("proposal_example", "about"), ("person_access", "person"), ("identity", "person"),
            ("identity_token", "person"), ("person_match", "person"),
            ("person_record_match", "person"), ("person_doubt", "one"), ("person_doubt", "other"),
        ):  # fmt: skip
            count = _deleted(f"DELETE FROM {table} WHERE {column} = ANY(%s)", [ready])
            counts[table] = counts.get(table, 0) + count
    return {table: count for table, count in counts.items() if count}, len(set(persons)) - len(ready)


def _deleted(statement: str, values: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


_KEY = "lpad(to_hex(key_hi), 16, '0') || lpad(to_hex(key_lo), 16, '0')"


def _keys_of(persons: str) -> str:
    """SQL: person and key, as 32 hexadecimal digits, of every fact that names one of these."""
    return " UNION ".join(
        f'SELECT "{column}" AS person, {_KEY} AS key FROM fact_{fact} WHERE "{column}" = ANY({persons})'
        for fact, column in person_columns()
    )


def _waiting(persons: Collection[str]) -> set[str]:
    """Of these, whom a row of the ledger still binds, or on whom another's row rests."""
    cited = ("because", "met_by", "waived_by", "anchor", "related")
    text = " || ',' || ".join(f"coalesce(o.{one}, '')" for one in cited)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH going AS (SELECT unnest(%(persons)s::text[]) AS person),
                keys AS MATERIALIZED ({_keys_of("%(persons)s")}),
                cites AS MATERIALIZED (
                  SELECT o.obligation_id, o.about_kind, o.about, split_part(c, ':', 2) AS key
                  FROM ledger_obligation AS o, unnest(string_to_array({text}, ',')) AS c WHERE c <> '')
                SELECT o.about FROM ledger_obligation AS o JOIN going ON going.person = o.about
                WHERE o.about_kind = 'person' AND o.withdrawn_at IS NULL AND NOT (o.status = ANY(%(over)s))
                UNION SELECT keys.person FROM ledger_obligation AS o JOIN keys ON keys.key = o.trigger_key
                WHERE NOT (o.status = ANY(%(over)s)) AND o.withdrawn_at IS NULL
                UNION SELECT keys.person FROM cites JOIN keys USING (key)
                WHERE NOT (cites.about_kind = 'person' AND cites.about IN (SELECT person FROM going))
                  AND NOT EXISTS (SELECT 1 FROM ledger_obligation AS t JOIN keys AS k ON k.key = t.trigger_key
                    WHERE t.obligation_id = cites.obligation_id)""",
            {"persons": list(persons), "over": list(OVER)},
        )
        return {person for (person,) in cursor.fetchall()}


def _seal(moment: datetime, persons: list[str]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH keys AS ({_keys_of("%(persons)s")})
                SELECT obligation_id, about, about_kind FROM ledger_obligation
                WHERE about_kind = 'person' AND about = ANY(%(persons)s)
                  OR trigger_key IN (SELECT key FROM keys)""",
            {"persons": persons},
        )
        found = cursor.fetchall()
    columns = ("obligation_id", "about", "about_kind")
    rows = {name: pa.array([row[n] for row in found], pa.string()) for n, name in enumerate(columns)}
    return sealing.seal(Run(as_of=moment), pa.table(rows))


def _samples_of(persons: list[str]) -> list[str]:
    """Samples that were of nobody else."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sample FROM fact_sample_members GROUP BY sample HAVING bool_and(person = ANY(%s))",
            [persons],
        )
        return [sample for (sample,) in cursor.fetchall()]


def unlink_negative(moment: datetime, days: int, held: Collection[str]) -> tuple[Counts, int]:
    """Whose a negative result is, where it is older than that, nobody of the sample is a case and no live
    row of the ledger rests on it; and how many wait because one does."""
    ill = f"SELECT p FROM ({_ILL}) AS i (p) WHERE p IS NOT NULL"
    due = f"""SELECT m.fact_id, {_KEY} AS key FROM fact_sample_members AS m
      WHERE NOT (m.person = ANY(%(held)s)) AND m.person NOT IN ({ill})
        AND EXISTS (SELECT 1 FROM fact_results AS r WHERE r.sample = m.sample)
        AND NOT EXISTS (SELECT 1 FROM fact_results AS r WHERE r.sample = m.sample
          AND (r.result IS DISTINCT FROM 'negative' OR r.resulted_at >= %(before)s))"""
    resting = """SELECT split_part(c, ':', 2) AS key FROM ledger_obligation AS o,
      unnest(string_to_array(concat_ws(',', o.because, o.met_by, o.anchor, o.related), ',')) AS c"""
    given = {"before": moment - timedelta(days=days), "held": list(held)}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({due}) AS due WHERE key IN ({resting})", given)
        (waiting,) = cursor.fetchone()
        cursor.execute(
            f"DELETE FROM fact_sample_members WHERE fact_id IN (SELECT fact_id FROM ({due}) AS due"
            f" WHERE key NOT IN (SELECT key FROM ({resting}) AS r WHERE key IS NOT NULL))",
            given,
        )
        return {"fact_sample_members": cursor.rowcount} if cursor.rowcount else {}, int(waiting)
