"""Functions in the database that do for pages what a row policy cannot say; each is the jobs' role's own.

They run with the rights of that role, which sees every row, so each says itself for whom it answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sizao.facts.dictionary import FACTS
from sizao.terms.queries import literal
from sizao_web.accounts.roles import OF_PERSONS, ROLES
from sizao_web.records.access.rules import ACCESS, Roles
from sizao_web.records.access.seal import message_sql

GIVING_ABOUT_PEOPLE = tuple(name for name, role in ROLES.items() if role.gives & OF_PERSONS and role.is_work)


@dataclass(frozen=True)
class Function:
    """One function. definer: it runs with the rights of its owner; else with the caller's own."""

    signature: str  # as Postgres prints it: name(types)
    parameters: str
    returns: str
    language: str
    body: str
    volatility: str = "STABLE"
    definer: bool = True

    @property
    def name(self) -> str:
        """Without the parameters."""
        return self.signature.split("(", 1)[0]

    def without_older(self) -> str:
        """Drop the function where it stands there and answers something else: that cannot be replaced."""
        return (
            f"DO $$ BEGIN IF pg_get_function_result(to_regprocedure('{self.signature}')) <> '{self.returns}'"
            f" THEN DROP FUNCTION {self.signature}; END IF; END $$"
        )

    def statement(self, name: str | None = None) -> str:
        """CREATE OR REPLACE; under another name for whoever wants to compare."""
        security = "DEFINER" if self.definer else "INVOKER"
        return (
            f"CREATE OR REPLACE FUNCTION {name or self.name}({self.parameters}) RETURNS {self.returns}"
            f" LANGUAGE {self.language} {self.volatility} SECURITY {security}"
            f" SET search_path = public, pg_temp AS $body$\n{self.body}\n$body$"
        )


_SAID = Function(
    "sizao_said(text)",
    "name text",
    "text",
    "sql",
    f"""SELECT CASE WHEN encode(sha256(key.outer_pad || sha256(key.inner_pad || convert_to(
    {message_sql()}, 'UTF8'))), 'hex') = current_setting('sizao.seal', true)
  THEN nullif(current_setting('sizao.' || name, true), '') END
FROM sizao_seal AS key""",
)


def _mentioned() -> str:
    """Whether any table knows a person already."""
    places = [
        (f"fact_{name}", column.name)
        for name, fact in FACTS.items()
        for column in fact.columns
        if column.of == "person"
    ]
    asked = [*places, ("identity", "person"), ("person_access", "person")]
    return "\n    OR ".join(
        f'EXISTS (SELECT 1 FROM {table} WHERE "{column}" = claimed)' for table, column in asked
    )


_CLAIM = Function(
    "sizao_claim_person(text)",
    "claimed text",
    "boolean",
    "plpgsql",
    # Two who record the same newcomer at once: the second waits here, and then finds the person known.
    f"""DECLARE
  home text := sizao_said('area');
  office text := sizao_said('sees_organisation');
BEGIN
  IF home IS NULL OR sizao_said('role') NOT IN ({", ".join(literal(name) for name in GIVING_ABOUT_PEOPLE)})
  THEN RETURN false; END IF;
  PERFORM pg_advisory_xact_lock(4242002, hashtext(claimed) & 255);
  IF {_mentioned()}
  THEN RETURN false; END IF;
  INSERT INTO person_access (person, area, organisation) VALUES (claimed, home, NULL);
  IF office IS NOT NULL THEN
    INSERT INTO person_access (person, area, organisation) VALUES (claimed, NULL, office);
  END IF;
  RETURN true;
END""",
    volatility="VOLATILE",
)


def _known() -> str:
    """Those of `fresh` whom any table knows, though nobody was said to answer for them."""
    places = [
        (f"fact_{name}", column.name)
        for name, fact in FACTS.items()
        for column in fact.columns
        if column.of == "person"
    ]
    return "\n    UNION ALL ".join(
        f'SELECT "{column}" FROM {table} WHERE "{column}" = ANY (fresh)'
        for table, column in [*places, ("identity", "person")]
    )


_CLAIM_MANY = Function(
    "sizao_claim_persons(text[])",
    "claimed text[]",
    "bigint",
    "plpgsql",
    # As for one; the locks are taken in one order, so that two files cannot wait for each other. EXCEPT, and
    # not NOT IN: that compares each with each as soon as the planner expects many to be known.
    f"""DECLARE
  home text := sizao_said('area');
  office text := sizao_said('sees_organisation');
  fresh text[];
BEGIN
  IF home IS NULL OR sizao_said('role') NOT IN ({", ".join(literal(name) for name in GIVING_ABOUT_PEOPLE)})
  THEN RETURN 0; END IF;
  PERFORM pg_advisory_xact_lock(4242002, lock)
    FROM (SELECT DISTINCT hashtext(one) & 255 AS lock FROM unnest(claimed) AS one ORDER BY 1) AS locks;
  SELECT array_agg(one) INTO fresh FROM (
    SELECT unnest(claimed) EXCEPT SELECT person FROM person_access
      WHERE person = ANY (claimed)) AS left_over (one)
    WHERE one IS NOT NULL;
  IF fresh IS NULL THEN RETURN 0; END IF;
  SELECT array_agg(one) INTO fresh FROM (SELECT unnest(fresh) EXCEPT ({_known()})) AS left_over (one);
  INSERT INTO person_access (person, area, organisation)
    SELECT one, home, NULL FROM unnest(fresh) AS one ON CONFLICT DO NOTHING;
  IF office IS NOT NULL THEN
    INSERT INTO person_access (person, area, organisation)
      SELECT one, NULL, office FROM unnest(fresh) AS one ON CONFLICT DO NOTHING;
  END IF;
  RETURN coalesce(cardinality(fresh), 0);
END""",
    volatility="VOLATILE",
)

_SAME = Function(
    "sizao_same_record(text,bigint,bigint,bytea)",
    "fact text, hi bigint, lo bigint, body bytea",
    "boolean",
    "plpgsql",
    # Only of rows recorded in the asker's own area: else one could guess what stands in another's row. Of a
    # resident only of their own.
    """DECLARE
  found boolean;
  home text := sizao_said('area');
  own text := CASE WHEN sizao_said('sees_persons') IS NOT NULL THEN sizao_said('account') END;
BEGIN
  EXECUTE format('SELECT body = $1 FROM public.%I WHERE key_hi = $2 AND key_lo = $3 AND action = ''record'''
    ' AND (area = $4 OR area >= $4 || ''/'' AND area < $4 || ''0'')'
    ' AND ($5 IS NULL OR recorded_by = $5)', 'fact_' || fact)
    INTO found USING body, hi, lo, home, own;
  RETURN coalesce(found, false);
END""",
)

_MAY_CORRECT = Function(
    "sizao_may_correct(text,bigint,bigint,text,text)",
    "fact text, hi bigint, lo bigint, who text, within text",
    "boolean",
    "plpgsql",
    # With the caller's own rights: what they do not see they do not correct. who: whom and what it
    # is about, as JSON: the record must be about the very same (`giving.kept_columns`).
    """DECLARE
  found boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I AS kept WHERE key_hi = $1 AND key_lo = $2'
    ' AND action = ''record'' AND to_jsonb(kept) @> $3::jsonb'
    ' AND ($4 IS NULL OR area = $4 OR area >= $4 || ''/'' AND area < $4 || ''0''))', 'fact_' || fact)
    INTO found USING hi, lo, who, within;
  RETURN found;
END""",
    definer=False,
)

_WHO_LOOKED = Function(
    "sizao_who_looked(text,text[])",
    "looked_at text, subjects text[]",
    "TABLE(happened_at timestamp with time zone, account text, role text, area text, organisation text,"
    " purpose text, deed text, what text)",
    "sql",
    # A resident is told the office, not who of it: who that was supervision finds out.
    f"""SELECT e.happened_at,
  CASE WHEN sizao_said('sees_persons') IS NULL OR e.account = sizao_said('account')
    THEN e.account ELSE '' END,
  e.role, e.area, e.organisation, e.purpose, e.deed, e.what
FROM audit_entry AS e
WHERE e.subject = ANY (subjects)
  AND EXISTS (SELECT 1 FROM person_access AS seen
              WHERE seen.person = looked_at AND {ACCESS.sql("seen")})
ORDER BY e.happened_at DESC, e.id DESC""",
)

_DUE_ABOUT = Function(
    "sizao_due_about(text[])",
    "persons text[]",
    "TABLE(obligation_id text, about text, rule text, version integer, step text, verb text, place text,"
    " restricts boolean, status text, opens_at timestamp with time zone, due_at timestamp with time zone,"
    " closes_at timestamp with time zone, done_by text)",
    "sql",
    # Who has somebody in a room, or before the doctor, is told what is still due of them, also where another
    # office does it: the tests of the sampling team, and every restriction that must have ended first.
    f"""SELECT o.obligation_id, o.about, o.rule, o.version, o.step, o.verb, o.place, o.restricts, o.status,
  o.opens_at, o.due_at, o.closes_at, coalesce(o.responsible, o.done_by)
FROM ledger_obligation AS o
WHERE o.about = ANY (persons) AND o.about_kind = 'person' AND o.withdrawn_at IS NULL
  AND (o.status IN ('open', 'overdue', 'upcoming') OR o.restricts AND o.status <> 'missed')
  AND {Roles(("site", "clinic", "county_hospital", "family_doctor")).sql("o")}
  AND EXISTS (SELECT 1 FROM person_access AS seen WHERE seen.person = o.about AND {ACCESS.sql("seen")})
ORDER BY o.due_at, o.obligation_id""",
)

_CONDITION = Function(
    "sizao_condition()",
    "",
    "TABLE(last_run timestamp with time zone, waiting bigint, failed bigint, stalled bigint, "
    "oldest double precision)",
    "sql",
    # For whoever watches the installation: how many jobs, how old; never what they are about.
    """SELECT (SELECT began_at FROM ledger_run ORDER BY id DESC LIMIT 1),
  count(*) FILTER (WHERE status = 'todo'),
  count(*) FILTER (WHERE status = 'failed'),
  (SELECT count(*) FROM procrastinate_jobs AS j LEFT JOIN procrastinate_workers AS w ON w.id = j.worker_id
    WHERE j.status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < now() - interval '60 seconds')),
  extract(epoch FROM now() - (
    SELECT min(e.at) FROM procrastinate_events AS e JOIN procrastinate_jobs AS j
      ON j.id = e.job_id AND e.type = 'deferred'
    WHERE j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at <= now())))::double precision
FROM procrastinate_jobs""",
)

_BEHIND = Function(
    "sizao_ledger_is_behind()",
    "",
    "boolean",
    "sql",
    # Whether facts wait for the ledger, never which: one who may not record about somebody learns nothing.
    """SELECT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE status = 'todo' AND task_name = 'ledger.touch')
  OR EXISTS (SELECT 1 FROM procrastinate_jobs
    WHERE status = 'doing' AND lock = 'ledger' AND task_name = 'ledger.touch')""",
)

_CASE_IS_PROVED = Function(
    "sizao_case_is_proved(text)",
    "asked text",
    "boolean",
    "sql",
    # As classified last (a later version of the same key counts before it), and a positive result of the
    # person that no later link took back. Only of cases whose person the asker sees.
    f"""WITH links AS (
  SELECT DISTINCT ON (key_hi, key_lo) * FROM fact_classifications
  WHERE (key_hi, key_lo) IN (SELECT key_hi, key_lo FROM fact_classifications WHERE "case" = asked)
  ORDER BY key_hi, key_lo, source_version DESC, known_at DESC, fact_id DESC),
last AS (
  SELECT person, class FROM links WHERE "case" = asked AND action <> 'retract'
  ORDER BY classified_on DESC, known_at DESC, fact_id DESC LIMIT 1),
results AS (
  SELECT DISTINCT ON (key_hi, key_lo) sample, result, action FROM fact_results
  WHERE (key_hi, key_lo) IN (
    SELECT r.key_hi, r.key_lo FROM fact_results AS r JOIN fact_sample_members AS m ON m.sample = r.sample
    JOIN last ON last.person = m.person)
  ORDER BY key_hi, key_lo, source_version DESC, known_at DESC, fact_id DESC)
SELECT EXISTS (
  SELECT 1 FROM last JOIN fact_sample_members AS m ON m.person = last.person
  JOIN results AS r ON r.sample = m.sample
  WHERE last.class IN ('confirmed', 'asymptomatic') AND r.result = 'positive' AND r.action <> 'retract'
    AND EXISTS (SELECT 1 FROM person_access AS seen
                WHERE seen.person = last.person AND {ACCESS.sql("seen")}))""",
)

_ALARMS = Function(
    "sizao_alarms()",
    "",
    "TABLE(kind text, alarms bigint)",
    "sql",
    # For whoever watches the installation: which kinds, how many; never what they are about.
    "SELECT kind, count(*) FROM alarm WHERE ended_at IS NULL GROUP BY kind ORDER BY kind",
)

FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        one.signature: one
        for one in (
            _SAID,
            _CLAIM,
            _CLAIM_MANY,
            _SAME,
            _MAY_CORRECT,
            _CASE_IS_PROVED,
            _WHO_LOOKED,
            _DUE_ABOUT,
            _CONDITION,
            _BEHIND,
            _ALARMS,
        )
    }
)
"""Signature -> function. Pages may call these, and no other function of ours."""

DEFER = "procrastinate_defer_jobs_v1(procrastinate_job_to_defer_v1[])"
"""The one function of the jobs that pages may call: it puts a job there, and nobody reads another's."""
