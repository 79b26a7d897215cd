"""The tables: of this version, and guarded by the row policies that the code defines."""

from __future__ import annotations

from collections.abc import Iterator

from sizao.terms.words import Words
from sizao_web.command.checks.findings import Finding, finding

MIGRATE = Words("以所有者身份运行sizao migrate。", "Run sizao migrate as the owner of the tables.")


def tables() -> Iterator[Finding]:
    """Migrations, access rules, and whether the database believes what this process says of its readers."""
    from sizao_web.records.reading.condition import pending_migrations

    pending = pending_migrations()
    found = Words(f"待执行{len(pending)}项", f"{len(pending)} to be made")
    yield finding("migrations", not pending, found, MIGRATE, vital=True)
    if not pending:
        yield _access_rules()
        yield _seal()


def _access_rules() -> Finding:
    from sizao_web.records.access.installing import differences

    found = differences()
    if not found.installed:
        words = Words("尚未安装", "not installed")
    elif not found.defined:
        words = Words("属于另一版本", "of another version")
    elif not found.found:
        words = Words("安装后被改动过", "changed by somebody since they were installed")
    else:
        words = Words("与代码一致", "as the code defines them")
    well = found.installed and found.defined and found.found
    return finding("access_rules", well, words, MIGRATE, vital=True)


def _seal() -> Finding:
    from django.db import transaction

    from sizao_web.records.access.scope import Unsealed, enter

    try:
        with transaction.atomic():
            enter(None, account="sizao-doctor")
    except Unsealed:
        known = False
    else:
        known = True
    words = Words("认得本进程", "known") if known else Words("不认本进程", "this process is not believed")
    todo = Words(
        "各进程的SIZAO_SECRET须相同；更换后以所有者身份运行sizao migrate。",
        "All processes need the same SIZAO_SECRET; after a new one run sizao migrate as the owner.",
    )
    return finding("seal", known, words, todo, vital=True)
