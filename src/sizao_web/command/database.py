"""`sizao migrate`: tables, roles, grants and row policies are made what this version says."""

from __future__ import annotations

import hmac
from hashlib import sha256
from pathlib import Path

import typer

from sizao.cli.options import Language
from sizao.cli.screen import Screen, Wrong
from sizao_web.command.installation import database_running, django_ready, installation
from sizao_web.settings.configuration import Configuration

MARK = "migrated"


def migrate(context: typer.Context, lang: Language = None) -> None:
    """Bring tables, roles, grants and row policies up to this version, as the owner of the tables."""
    screen: Screen = context.obj
    found = installation("owner")
    with database_running(found):
        django_ready()
        from django.core.management import call_command
        from django.db import OperationalError, connection

        try:
            call_command("migrate", verbosity=0, interactive=False)
        except OperationalError as cause:
            raise Wrong(
                f"The database is not reached: {str(cause).strip()}. Is DATABASE_URL right?",
                f"连接不到数据库：{str(cause).strip()}。DATABASE_URL是否正确？",
            ) from cause
        finally:
            connection.close()
        note_migrated(found)
    screen.note(screen.say("数据表和权限已是本版本。", "Tables and access rules are of this version."))


def note_migrated(found: Configuration) -> None:
    """Keep in the data folder what its embedded database was migrated by."""
    if not found.database_url:
        (found.data / MARK).write_text(_digest(found), encoding="ascii")


def migrated(found: Configuration) -> bool:
    """Whether the embedded database was last migrated by this very code and secret: quicker to see."""
    mark = found.data / MARK
    return mark.exists() and mark.read_text(encoding="ascii") == _digest(found)


def _digest(found: Configuration) -> str:
    """Of all that says what tables, grants and policies are; the secret seals scopes in the database."""
    package = Path(__file__).resolve().parents[1]
    dictionary = package.parent / "sizao" / "facts"  # it says who gives a fact, and of whom it is
    digest = hmac.new(found.secret.encode(), digestmod=sha256)
    files = (
        *package.rglob("migrations/*.py"),
        *package.glob("records/access/*.py"),
        *package.glob("records/streams/*.py"),
        *dictionary.glob("*.py"),
    )
    for file in sorted(files):
        digest.update(file.read_bytes())
    for name in ("accounts/roles.py", "records/models/facts.py"):
        digest.update((package / name).read_bytes())
    return digest.hexdigest()
