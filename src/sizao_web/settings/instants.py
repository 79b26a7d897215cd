"""Instants as PostgreSQL writes them, read in one step of C instead of three of Python.

A first page reads twenty thousand of them, and the loader that Django registers takes as long for these as
the database for the whole page. Every connection is at UTC (`settings.database`), where both answer the same.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.backends.signals import connection_created
from psycopg.abc import Buffer
from psycopg.types.datetime import TimestamptzLoader


class InstantLoader(TimestamptzLoader):
    """UTC with a zone mark. timezone: what Django looks for, to leave a loader alone."""

    timezone = UTC

    def load(self, data: Buffer) -> datetime:
        """What the library says of it where it is none that Python knows, such as infinity."""
        try:
            return datetime.fromisoformat(str(data, "ascii"))
        except ValueError:
            return super().load(data)


def read_instants_quickly() -> None:
    """On every connection that Django opens from now on."""
    connection_created.connect(_register, dispatch_uid="sizao-instants")


def _register(connection: Any, **kwargs: Any) -> None:
    if connection.timezone == UTC:
        connection.connection.adapters.register_loader("timestamptz", InstantLoader)
