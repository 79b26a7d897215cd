"""Roles, grants and row policies in the database, made again from their one definition after every migration.

`sizao_web` (pages) may read through the policies and insert facts; it may change and delete nothing but
sessions and accounts. `sizao_worker` keeps the ledger. Neither owns a table, so neither can switch a policy
off; FORCE keeps them in force for the owner too, where the owner is no superuser.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import connection

from sizao_web.records.access.policies import POLICIES
from sizao_web.records.access.rules import ACCESS, InArea, setting

WEB, WORKER = "sizao_web", "sizao_worker"
FUNCTIONS = (
    "sizao_claim_person(text)",
    "sizao_body_of_record(text, bigint, bigint)",
    "sizao_who_looked(text, text[])",
)
LEDGER = ("ledger_obligation", "ledger_standing", "ledger_unknown", "ledger_too_late", "ledger_run")


class Unguarded(Exception):
    """A table of the records has no rule of visibility."""


def install() -> None:
    """Make roles, grants and policies what the code says."""
    check_tables()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(4242001)")
        for statement in (*_roles(), *_grants(), *_policies(), *_functions()):
            cursor.execute(statement)


def check_tables() -> None:
    """Unguarded names every table of the records that no policy mentions."""
    own = {model._meta.db_table for model in apps.get_app_config("records").get_models()}
    open_ = own - set(POLICIES) - {"audit_entry"}
    if open_:
        raise Unguarded(
            f"No policy guards {', '.join(sorted(open_))}. Add them to records/access/policies.py."
        )


def _roles() -> Iterator[str]:
    for role in (WEB, WORKER):
        yield (
            f"DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN"
            f" CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS; END IF; END $$"
        )
        yield f"GRANT {role} TO CURRENT_USER"
        yield f"GRANT USAGE ON SCHEMA public TO {role}"


def _grants() -> Iterator[str]:
    facts = [table for table in POLICIES if table.startswith("fact_")]
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {WEB}, {WORKER}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {WEB}, {WORKER}"
    yield f"GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {WEB}, {WORKER}"
    yield f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {WEB}, {WORKER}"
    append_only = ", ".join([*facts, "identity", "identity_token", "audit_entry"])
    yield f"REVOKE UPDATE, DELETE, TRUNCATE ON {append_only} FROM {WEB}"
    yield f"REVOKE UPDATE ON {append_only} FROM {WORKER}"
    yield f"REVOKE INSERT, UPDATE, DELETE ON {', '.join((*LEDGER, 'person_access'))} FROM {WEB}"
    yield f"REVOKE UPDATE, DELETE ON django_migrations FROM {WEB}, {WORKER}"


def _policies() -> Iterator[str]:
    for table, rule in POLICIES.items():
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
        for name in ("sizao_reads", "sizao_writes", "sizao_works"):
            yield f"DROP POLICY IF EXISTS {name} ON {table}"
        yield f"CREATE POLICY sizao_reads ON {table} FOR SELECT TO {WEB} USING ({rule.sql(table)})"
        yield f"CREATE POLICY sizao_works ON {table} TO {WORKER} USING (true) WITH CHECK (true)"
        if table.startswith("fact_"):
            yield (f"CREATE POLICY sizao_writes ON {table} FOR INSERT TO {WEB} WITH CHECK ({writes(table)})")
        elif table in ("identity", "identity_token"):
            yield (
                f"CREATE POLICY sizao_writes ON {table} FOR INSERT TO {WEB} WITH CHECK ({rule.sql(table)})"
            )


def writes(table: str) -> str:
    """A fact is recorded in the own area, by a role that may give it."""
    from sizao_web.accounts.roles import givers_of
    from sizao_web.records.access.rules import Roles

    own = InArea("area").sql(table).replace("'sizao.sees_area'", "'sizao.area'")
    return f"{Roles(givers_of(table.removeprefix('fact_'))).sql(table)} AND {own}"


def _functions() -> Iterator[str]:
    """A person whom nobody knew belongs to who recorded them first; nobody can claim one who is known."""
    yield """
CREATE OR REPLACE FUNCTION sizao_claim_person(claimed text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  home text := current_setting('sizao.area', true);
  office text := current_setting('sizao.sees_organisation', true);
BEGIN
  IF coalesce(home, '') = '' OR EXISTS (SELECT 1 FROM person_access WHERE person = claimed) THEN
    RETURN false;
  END IF;
  INSERT INTO person_access (person, area, organisation) VALUES (claimed, home, NULL) ON CONFLICT DO NOTHING;
  IF coalesce(office, '') <> '' THEN
    INSERT INTO person_access (person, area, organisation) VALUES (claimed, NULL, office)
      ON CONFLICT DO NOTHING;
  END IF;
  RETURN true;
END $$"""
    # Whether a row that could not be inserted is the same one sent again may be asked of rows unseen here.
    yield """
CREATE OR REPLACE FUNCTION sizao_body_of_record(fact text, hi bigint, lo bigint) RETURNS bytea
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found bytea;
BEGIN
  EXECUTE format('SELECT body FROM %I WHERE key_hi = $1 AND key_lo = $2 AND action = $3', 'fact_' || fact)
    INTO found USING hi, lo, 'record';
  RETURN found;
END $$"""
    # The audit is not read by pages, except through this: of a person whom the asker answers for, who looked.
    yield f"""
CREATE OR REPLACE FUNCTION sizao_who_looked(looked_at text, subjects text[])
RETURNS TABLE (happened_at timestamptz, account text, role text, area text, organisation text,
  purpose text, deed text, what text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.happened_at, e.account, e.role, e.area, e.organisation, e.purpose, e.deed, e.what
  FROM audit_entry AS e WHERE e.subject = ANY (subjects)
    AND EXISTS (SELECT 1 FROM person_access AS seen
                WHERE seen.person = looked_at AND {ACCESS.sql("seen")})
  ORDER BY e.happened_at DESC, e.id DESC
$$"""
    for function in FUNCTIONS:
        yield f"ALTER FUNCTION {function} OWNER TO {WORKER}"
        yield f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC"
        yield f"GRANT EXECUTE ON FUNCTION {function} TO {WEB}, {WORKER}"


__all__ = ["LEDGER", "WEB", "WORKER", "Unguarded", "check_tables", "install", "setting", "writes"]
