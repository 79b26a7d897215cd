"""What commands of an administrator share: one transaction on the database of the installation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sizao.cli.screen import Wrong
from sizao_web.command.installation import database_running, django_ready, installation


@contextmanager
def administrating() -> Iterator[None]:
    """One transaction as the pages' login; the caller enters the scope. Wrong without a database."""
    found = installation("web")
    with database_running(found):
        django_ready()
        from django.db import OperationalError, connection, transaction

        try:
            with transaction.atomic():
                yield
        except OperationalError as cause:
            raise Wrong(
                f"The database is not reached: {str(cause).strip()}. See sizao doctor.",
                f"连接不到数据库：{str(cause).strip()}。见sizao doctor。",
            ) from cause
        finally:
            connection.close()
