"""Statements that are asked again and again: planned once for each connection, values beside them.

Django puts the values into the text, so that PostgreSQL plans each anew, with the policies of its table: of
one row that costs more than the row. What is prepared is planned anew by itself where a table, a policy or
the role changes. A server that DATABASE_URL names may stand behind a pooler that passes no prepared
statements on: there values are given beside the statement all the same, and each is planned anew
(`settings.database`).
"""

from __future__ import annotations

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper


def prepared() -> CursorWrapper:
    """A cursor for such statements, in the transaction of this request or job; with the errors of Django."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    return CursorWrapper(ServerBindingCursor(connection.connection), connection)
