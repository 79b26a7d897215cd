"""Roles, grants and row policies in the database, made again from their one definition after every migration.

`sizao_web` (pages) reads through the policies and adds facts; what it may do beside stands in `tables`.
`sizao_worker` (jobs) keeps the ledger. Neither owns a table, so neither can switch a policy off, and FORCE
keeps the owner under them too where the owner is no superuser. The owner needs CREATEROLE, or the two roles
made beforehand and granted to it: see docs/how-to/run-in-production.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import connection

from sizao_web.records.access import comparing
from sizao_web.records.access.functions import DEFER, FUNCTIONS
from sizao_web.records.access.own import OWN
from sizao_web.records.access.partners import MACHINES
from sizao_web.records.access.policies import POLICIES
from sizao_web.records.access.public import PUBLIC
from sizao_web.records.access.seal import pads
from sizao_web.records.access.stories import AROUND, STORIES
from sizao_web.records.access.tables import CLOSED, GUARDS, Guard
from sizao_web.records.streams import access as streams

WEB, WORKER = "sizao_web", "sizao_worker"
AUDIT = ("audit_entry", "audit_link", "audit_root")
"""Tables to which everybody only adds; not even jobs change or remove a row."""
WORKED_ONLY_ONCE = (*AUDIT, *(table for table in POLICIES if table.startswith("fact_")))
"""Tables whose rows not even jobs change; of facts retention deletes."""

ONLY_READ_BY_JOBS = ("account", "account_assignment", "django_migrations", "sizao_seal")
CLOSED_TO_JOBS = ("mfa_authenticator",)


class Unguarded(Exception):
    """A table has no statement of what pages may do to it."""


def install() -> None:
    """Make roles, grants, policies and functions what the code says."""
    check_tables()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(4242001)")
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0])
        for statement in (
            *_roles(version),
            *_seal(),
            *_functions(),
            *_grants(),
            *_maintenance(version),
            *_policies(),
        ):
            cursor.execute(statement)
        cursor.execute("INSERT INTO sizao_seal (inner_pad, outer_pad) VALUES (%s, %s)", pads())
        comparing.note(cursor, _rules())


def differences() -> comparing.Difference:
    """Whether the database still has the rules that the code defines."""
    with connection.cursor() as cursor:
        return comparing.compare(cursor, _rules())


def _rules() -> Iterator[str]:
    """The statements that say who may do what, whatever the database had before."""
    yield from _functions()
    yield from _grants()
    yield from _set_policies()


def check_tables() -> None:
    """Unguarded names every table of this installation that neither GUARDS nor CLOSED mentions."""
    silent = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }.difference(GUARDS, CLOSED)
    own = {model._meta.db_table for model in apps.get_app_config("records").get_models()} - set(POLICIES)
    if silent | own:
        raise Unguarded(
            f"Nothing says who may see {', '.join(sorted(silent | own))}. Tables of the records stand in "
            "records/access/policies.py, others in records/access/tables.py."
        )


def _roles(version: int) -> Iterator[str]:
    for role in (WEB, WORKER):
        yield (
            f"DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN"
            f" CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS; END IF; END $$"
        )
        # SET is what lets the owner hand functions over to the role; a superuser may anyhow.
        kind = "SET" if version >= 160000 else "MEMBER"
        yield (
            f"DO $$ BEGIN IF NOT pg_has_role(current_user, '{role}', '{kind}') THEN"
            f" GRANT {role} TO CURRENT_USER; END IF; END $$"
        )
    # A job stores the rows of a file as whoever sent it: under the pages' policies, as their role.
    how = " WITH INHERIT FALSE, SET TRUE" if version >= 160000 else ""
    yield f"GRANT {WEB} TO {WORKER}{how}"
    yield "REVOKE ALL ON SCHEMA public FROM PUBLIC"
    yield f"REVOKE ALL ON SCHEMA public FROM {WEB}, {WORKER}"
    yield f"GRANT USAGE ON SCHEMA public TO {WEB}, {WORKER}"
    yield (
        "DO $$ BEGIN EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());"
        f" EXECUTE format('GRANT CONNECT ON DATABASE %I TO {WEB}, {WORKER}', current_database());"
        f" EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO {WORKER}', current_database()); END $$"
    )


def _seal() -> Iterator[str]:
    yield "CREATE TABLE IF NOT EXISTS sizao_seal (inner_pad bytea NOT NULL, outer_pad bytea NOT NULL)"
    yield "DELETE FROM sizao_seal"


def _functions() -> Iterator[str]:
    # To own a function a role must be allowed to create in its schema; jobs create nothing there otherwise.
    yield f"GRANT CREATE ON SCHEMA public TO {WORKER}"
    for function in (
        *FUNCTIONS.values(),
        *MACHINES.values(),
        *PUBLIC.values(),
        *OWN.values(),
        AROUND,
        *STORIES.values(),
        *streams.STREAM_FUNCTIONS,
    ):
        yield function.without_older()
        yield function.statement()
        yield f"ALTER FUNCTION {function.signature} OWNER TO {WORKER}"
    # A job is put there with the rights of the jobs' role; pages see no job, not even their own.
    yield f"ALTER FUNCTION {DEFER} OWNER TO {WORKER}"
    yield f"ALTER FUNCTION {DEFER} SECURITY DEFINER SET search_path = public, pg_temp"
    yield f"REVOKE CREATE ON SCHEMA public FROM {WORKER}"
    yield f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC, {WEB}"
    yield f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {WORKER}"
    for signature in (
        *FUNCTIONS,
        *MACHINES,
        *PUBLIC,
        *OWN,
        *STORIES,
        *(one.signature for one in streams.STREAM_FUNCTIONS),
        DEFER,
    ):
        yield f"GRANT EXECUTE ON FUNCTION {signature} TO {WEB}"


def _grants() -> Iterator[str]:
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {WEB}, {WORKER}"
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {WEB}, {WORKER}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {WORKER}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {WORKER}"
    yield f"REVOKE UPDATE ON {', '.join(WORKED_ONLY_ONCE)} FROM {WORKER}"
    yield f"REVOKE DELETE ON {', '.join(AUDIT)} FROM {WORKER}"
    yield f"REVOKE INSERT, UPDATE, DELETE ON {', '.join(ONLY_READ_BY_JOBS)} FROM {WORKER}"
    yield f"REVOKE ALL ON {', '.join(CLOSED_TO_JOBS)} FROM {WORKER}"
    for table, guard in GUARDS.items():
        for privilege in privileges(guard):
            yield f"GRANT {privilege} ON {table} TO {WEB}"
    yield from streams.grants(WORKER)


def _maintenance(version: int) -> Iterator[str]:
    """Jobs write tables anew after retention: what is deleted stays legible in a file until then.

    Servers before 17 know no such right: there `sizao retention run`, as the owner, does it.
    """
    if version >= 170000:
        yield f"GRANT MAINTAIN ON ALL TABLES IN SCHEMA public TO {WORKER}"
        # A table of the system, whose owner is a superuser: where we are none, the superuser has to do it.
        yield (
            f"DO $$ BEGIN GRANT MAINTAIN ON pg_catalog.pg_statistic TO {WORKER};"
            " EXCEPTION WHEN insufficient_privilege THEN NULL; END $$"
        )


def privileges(guard: Guard) -> Iterator[str]:
    """What pages are granted on a table; the policies then say on which rows."""
    if guard.reads:
        yield "SELECT"
    if guard.adds:
        yield f"INSERT ({', '.join(guard.adding)})" if guard.adding else "INSERT"
    if guard.changes:
        yield f"UPDATE ({', '.join(guard.changing)})" if guard.changing else "UPDATE"
    if guard.removes:
        yield "DELETE"


def policies(table: str, guard: Guard) -> Iterator[tuple[str, str]]:
    """Name of each policy of a table and the rest of its statement, after the name of the table."""
    if guard.reads:
        yield "sizao_reads", f"FOR SELECT TO {WEB} USING ({guard.reads})"
    if guard.adds:
        yield "sizao_adds", f"FOR INSERT TO {WEB} WITH CHECK ({guard.adds})"
    if guard.changes:
        yield (
            "sizao_changes",
            f"FOR UPDATE TO {WEB} USING ({guard.changes}) WITH CHECK ({guard.changes})",
        )
    if guard.removes:
        yield "sizao_removes", f"FOR DELETE TO {WEB} USING ({guard.removes})"
    yield "sizao_works", f"TO {WORKER} USING (true) WITH CHECK (true)"


def _policies() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public'")
        found = [(table, name) for table, name in cursor.fetchall() if table in GUARDS]
        for table, name in found:
            yield f'DROP POLICY "{name}" ON "{table}"'
    yield from _set_policies()


def _set_policies() -> Iterator[str]:
    for table, guard in GUARDS.items():
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
        for name, rest in policies(table, guard):
            yield f"CREATE POLICY {name} ON {table} {rest}"


__all__ = ["WEB", "WORKER", "Unguarded", "check_tables", "install", "policies", "privileges"]
