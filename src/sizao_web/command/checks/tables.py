"""The tables: of this version, and guarded by the row policies that the code defines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sizao.terms.words import Words
from sizao_web.command.checks.findings import Finding, finding

MIGRATE = Words("以所有者身份运行sizao migrate。", "Run sizao migrate as the owner of the tables.")


def tables(cursor: Any) -> Iterator[Finding]:
    """Migrations and row policies."""
    from sizao_web.records.reading.condition import pending_migrations

    pending = pending_migrations()
    found = Words(f"待执行{len(pending)}项", f"{len(pending)} to be made")
    yield finding("migrations", not pending, found, MIGRATE, vital=True)
    if not pending:
        yield _policies(cursor)


def _policies(cursor: Any) -> Finding:
    from sizao_web.records.access.policies import POLICIES

    cursor.execute(
        """SELECT relname FROM pg_class WHERE relname = ANY(%s) AND relrowsecurity AND relforcerowsecurity""",
        [list(POLICIES)],
    )
    guarded = {name for (name,) in cursor.fetchall()}
    open_ = sorted(set(POLICIES) - guarded)
    found = (
        Words(f"未受保护：{'、'.join(open_)}", f"not guarded: {', '.join(open_)}")
        if open_
        else Words(f"{len(guarded)}个表受保护", f"{len(guarded)} tables guarded")
    )
    return finding("row_policies", not open_, found, MIGRATE, vital=True)
