"""Whether the database still has the access rules that the code defines.

`install` leaves two digests as the comment of the schema: of its statements, and of what PostgreSQL then says
of itself: policies, grants of tables and columns, owners, functions, triggers, attributes of the roles.
The first differs when another version installed; the second when somebody changed something since.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

_MARK = re.compile(r"sizao access rules: defined ([0-9a-f]{64}), found ([0-9a-f]{64})")

_FOUND = """
SELECT encode(sha256(convert_to(string_agg(said, E'\\n' ORDER BY said), 'UTF8')), 'hex') FROM (
  SELECT 'policy ' || to_jsonb(p)::text AS said FROM pg_policies AS p WHERE schemaname = 'public'
  UNION ALL
  SELECT concat_ws(' ', 'table', relname, relrowsecurity, relforcerowsecurity, relacl, relowner::regrole)
  FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S', 'v', 'm')
  UNION ALL
  SELECT concat_ws(' ', 'column', c.relname, a.attname, a.attacl)
  FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
  WHERE c.relnamespace = 'public'::regnamespace AND a.attacl IS NOT NULL
  UNION ALL
  SELECT concat_ws(' ', 'function', proname, pg_get_function_identity_arguments(oid), proowner::regrole,
                   prosecdef, proacl, proconfig, md5(coalesce(prosrc, '')))
  FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL
  SELECT concat_ws(' ', 'trigger', c.relname, t.tgname, t.tgenabled, t.tgfoid::regproc)
  FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
  WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal
  UNION ALL
  SELECT concat_ws(' ', 'schema', nspacl) FROM pg_namespace WHERE nspname = 'public'
  UNION ALL
  SELECT concat_ws(' ', 'role', rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication)
  FROM pg_roles WHERE rolname IN ('sizao_web', 'sizao_worker')
) AS lines
"""


@dataclass(frozen=True)
class Difference:
    """installed: whether this code's rules were installed at all; defined, found: whether each is as then."""

    installed: bool
    defined: bool
    found: bool


def digest_of(statements: Iterable[str]) -> str:
    """Of the statements that install the rules."""
    return sha256("\n".join(statements).encode()).hexdigest()


def note(cursor: Any, statements: Iterable[str]) -> None:
    """Leave both digests with the database; the last thing that `install` does."""
    said = f"sizao access rules: defined {digest_of(statements)}, found {_found(cursor)}"
    cursor.execute(f"COMMENT ON SCHEMA public IS '{said}'")


def compare(cursor: Any, statements: Iterable[str]) -> Difference:
    """The database beside the code."""
    cursor.execute("SELECT obj_description('public'::regnamespace, 'pg_namespace')")
    noted = _MARK.fullmatch(cursor.fetchone()[0] or "")
    if noted is None:
        return Difference(False, False, False)
    return Difference(True, noted[1] == digest_of(statements), noted[2] == _found(cursor))


def _found(cursor: Any) -> str:
    cursor.execute(_FOUND)
    return str(cursor.fetchone()[0])
