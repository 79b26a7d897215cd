"""`sizao migrate`: tables, roles, grants and row policies are made what this version says."""

from __future__ import annotations

import typer

from sizao.cli.options import Language
from sizao.cli.screen import Screen, Wrong
from sizao_web.command.installation import database_running, django_ready, installation


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
    screen.note(screen.say("数据表和权限已是本版本。", "Tables and access rules are of this version."))
