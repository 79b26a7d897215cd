"""Ways to be the process of the pages, as it is in production: from the first statement on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from shell.access import world


@pytest.fixture
def as_pages(db: None) -> Callable[[], Any]:
    """A context in which the connection itself is the pages' login."""
    return world.as_pages


@pytest.fixture
def login_of_pages(db: None) -> Iterator[psycopg.Connection[Any]]:
    """A connection of its own that signed in as pages do; it sees nothing of the test's own transaction."""
    words = {**connection.get_connection_params(), "user": "sizao_web"}
    for name in ("cursor_factory", "context"):
        words.pop(name, None)
    with psycopg.connect(**words, autocommit=True) as made:
        yield made


@pytest.fixture
def refused(db: None) -> Callable[[str], bool]:
    """Whether the database forbids a statement, or lets it touch no row."""

    def ask(statement: str, *values: object) -> bool:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, list(values))
                return cursor.rowcount == 0
        except ProgrammingError as cause:
            if cause.__cause__.sqlstate != "42501":  # type: ignore[union-attr]
                raise
            return True

    return ask
