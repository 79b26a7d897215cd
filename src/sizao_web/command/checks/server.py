"""The database server: is it reached, does it keep what it acknowledged, as whom do we sign in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sizao.terms.words import Words
from sizao_web.command.checks.findings import Finding, finding
from sizao_web.settings.clock import real

OLDEST = 150000
MOST_APART = 2.0  # seconds between our clock and the database's

KEEPING = {
    "fsync": Words(
        "在postgresql.conf中设fsync = on并重启：断电会丢失已确认的内容，甚至整个数据库。",
        "Set fsync = on in postgresql.conf and restart: a power cut may lose everything.",
    ),
    "full_page_writes": Words(
        "在postgresql.conf中设full_page_writes = on：断电会损坏数据页。",
        "Set full_page_writes = on in postgresql.conf: a power cut can tear pages.",
    ),
    "synchronous_commit": Words(
        "设synchronous_commit = on（或更强）：否则已确认的内容在断电时会丢失。",
        "Set synchronous_commit = on (or stronger): otherwise a power cut loses what was acknowledged.",
    ),
    "data_checksums": Words(
        "停止服务器后运行pg_checksums --enable：否则磁盘悄悄出错无从发现。",
        "Stop the server and run pg_checksums --enable: without it silent errors of a disk are not noticed.",
    ),
}
AS_GOOD_AS_ON = {"on", "remote_apply", "remote_write", "local"}


def server(cursor: Any) -> Iterator[Finding]:
    """Version, settings, clock."""
    cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
    number, version = cursor.fetchone()
    newer = Words("升级PostgreSQL到15或更新。", "Upgrade PostgreSQL to 15 or newer.")
    yield finding("version", number >= OLDEST, f"PostgreSQL {version}", newer, vital=True)
    for name, todo in KEEPING.items():
        cursor.execute("SELECT current_setting(%s)", [name])
        (value,) = cursor.fetchone()
        yield finding(name, value in AS_GOOD_AS_ON, str(value), todo, vital=True)
    asked = real().timestamp()
    cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
    theirs = float(cursor.fetchone()[0])
    yield _clock(theirs, asked, real().timestamp())


def _clock(theirs: float, asked: float, answered: float) -> Finding:
    """Theirs was read between our two readings, however long the answer took."""
    apart = max(asked - theirs, theirs - answered, 0.0)
    return finding(
        "clock",
        apart <= MOST_APART,
        Words(f"与数据库相差{apart:.1f}秒", f"{apart:.1f} s from the database's"),
        Words("在两台机器上启用时间同步（NTP）。", "Let both machines keep time by NTP."),
    )


def login(cursor: Any) -> Iterator[Finding]:
    """As whom this process signs in: nobody who can switch row policies off or become who can."""
    cursor.execute(
        """SELECT session_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user"""
    )
    name, above = cursor.fetchone()
    todo = Words(
        "为网页和后台任务各用一个登录：ALTER ROLE sizao_web LOGIN PASSWORD …，DATABASE_URL写这个用户"
        "（见docs/how-to/run-in-production.md）。",
        "Give pages and jobs logins of their own: ALTER ROLE sizao_web LOGIN PASSWORD …, and name it in "
        "DATABASE_URL (docs/how-to/run-in-production.md).",
    )
    found = Words(f"登录用户{name}", f"signs in as {name}")
    yield finding("login", not above, found, todo, vital=True)
    cursor.execute(
        """SELECT coalesce(string_agg(DISTINCT tableowner, ', '), '') FROM pg_tables
           WHERE schemaname = 'public' AND pg_has_role(session_user, tableowner, 'MEMBER')"""
    )
    (owners,) = cursor.fetchone()
    found = Words(f"可成为{owners}" if owners else "不能", f"can become {owners}" if owners else "cannot")
    yield finding("becomes_owner", not owners, found, todo, vital=True)
