"""A city's ledger for measuring pages: invented people, offices and obligations, made inside PostgreSQL.

Everything follows from the numbers of rows by arithmetic, so that two machines measure the same rows. 1,000
communities in 100 streets of 10 counties; every community has an office, and everybody has a home.
"""

from __future__ import annotations

from django.db import connection

COMMUNITIES = 1_000
CITY, STREET, COMMUNITY = "bench", "bench/county-3/street-7", "bench/county-3/street-7/community-5"


def fill(people: int, live: int, over: int) -> None:
    """Make people, `live` obligations that are overdue, open or upcoming, and `over` that are done or missed.

    Of the live ones two thirds are overdue or open. Runs as the owner of an empty, migrated database.
    """
    with connection.cursor() as cursor:
        for statement in (*_places(), *_persons(people), *_obligations(people, live, over), "ANALYZE"):
            cursor.execute(statement)


AREA = "'bench/county-' || ({0} / 100) || '/street-' || ({0} / 10 % 10) || '/community-' || ({0} % 10)"
COMMON = (
    "fact_id, key_hi, key_lo, source_system, source_record, source_version, action, happened_at, known_at, "
    "recorded_at, recorded_by, area, history, derived, body"
)


def _fact(name: str, columns: str, values: str, rows: str, area: str) -> str:
    key = f"('x' || substr(md5('{name}' || n), 1, 15))::bit(60)::bigint"
    common = (
        f"md5('{name}' || n)::uuid, {key}, n, 'bench', 'r' || n, 1, 'record', began, began, began, 'bench', "
        f"{area}, false, false, decode(md5('{name}' || n), 'hex')"
    )
    return (
        f"INSERT INTO fact_{name} ({COMMON}, {columns}) SELECT {common}, {values} "
        f"FROM {rows} AS n, (SELECT now() - interval '400 days' AS began) AS clock"
    )


def _places() -> list[str]:
    path = AREA.format("n")
    each = f"generate_series(0, {COMMUNITIES - 1})"
    return [
        _fact("areas", "path, label_zh, label_en, level",
              f"{path}, '社区' || n, 'community ' || n, 'community'", each, path),
        _fact("offices", "office, task, covers, from_on",
              f"'office/' || n, 'community', {path}, '2019-01-01'", each, path),
    ]  # fmt: skip


def _persons(people: int) -> list[str]:
    path, each = AREA.format(f"(n % {COMMUNITIES})"), f"generate_series(0, {people - 1})"
    return [
        f"INSERT INTO person_access (person, area) SELECT 'P' || n, {path} FROM {each} AS n",
        _fact(
            "residences",
            "person, located_in, household, from_on",
            f"'P' || n, {path}, 'H' || (n % {COMMUNITIES}) || '-' || (n / {COMMUNITIES} / 3), '2019-01-01'",
            each,
            path,
        ),
    ]


def _obligations(people: int, live: int, over: int) -> list[str]:
    """Row n is about person n * 7919 mod people; rules, statuses and limits follow from n."""
    kinds = "area, responsible, done_by, about_kind, about, rule, verb, sector, status, owned"
    return [
        """
INSERT INTO ledger_run (kind, as_of, known_by, facts_until, pack, pack_digest, texts, rows_changed,
  rows_withdrawn, rows_sealed, began_at, seconds)
VALUES ('whole', now(), now(), '1:1:', 'training-2020', '', '', 0, 0, 0, now(), 0)
""",
        f"""
INSERT INTO ledger_obligation (obligation_id, plan_id, rule, version, rule_version, step, occurrence, verb,
  sector, about_kind, about, trigger_fact, trigger_key, restricts, event_on, first_known_at, opens_at, due_at,
  closes_at, status, reported_late, done_by, responsible, answers_to, owned, area, marks, because, household,
  changed_in_id)
SELECT md5('row' || n), md5('plan' || n), (ARRAY['contact-temperature', 'contact-tests',
    'dependants-of-quarantined', 'arrivals-verification', 'secondary-observation'])[1 + n % 5], 1, '0',
    (ARRAY[
    'check_health', 'test', 'visit', 'verify', 'stay_home'])[1 + n % 5], 'o' || n, (ARRAY['check_health',
    'test', 'welfare_visit', 'verify', 'home_observation'])[1 + n % 5], 'health', 'person', 'P' || p,
  'designations', md5('key' || n), n % 5 = 4, current_date, now(), due - interval '1 day', due,
  due + interval '3 days', status, false, 'office/' || c, 'office/' || c, 'office/street', n % 500 <> 0,
  {AREA.format("c")}, '', '', 'H' || c || '-' || (p / {COMMUNITIES} / 3), (SELECT max(id) FROM ledger_run)
FROM (
  SELECT n, p, p % {COMMUNITIES} AS c, status, now() + CASE status
      WHEN 'overdue' THEN -interval '1 minute' * (1 + n % 4320)
      WHEN 'open' THEN interval '1 minute' * (1 + n % 4320)
      WHEN 'upcoming' THEN interval '1 minute' * (4320 + n % 10000)
      ELSE -interval '1 minute' * (10000 + n % 400000) END AS due
  FROM (
    SELECT n, (n::bigint * 7919 % {people})::int AS p, CASE
        WHEN n < {live} THEN (ARRAY['overdue', 'open', 'upcoming'])[1 + n % 3]
        ELSE (ARRAY['met', 'met', 'met', 'missed', 'met_late', 'waived'])[1 + n % 6] END AS status
    FROM generate_series(0, {live + over - 1}) AS n) AS drawn) AS timed""",
        f"""
INSERT INTO ledger_count (count_id, {kinds}, rows)
SELECT md5(random()::text), {kinds.replace(" about,", " NULL,")}, count(*)
  FROM ledger_obligation WHERE withdrawn_at IS NULL GROUP BY {kinds.replace(" about,", "")}""",
    ]
