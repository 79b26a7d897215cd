"""Instants come from the database as the library of the database reads them, only sooner."""

from __future__ import annotations

from datetime import UTC

import psycopg
import pytest
from django.db import DataError, connection
from psycopg.types.datetime import TimestamptzLoader

from sizao_web.settings.instants import InstantLoader

ASKED = """SELECT at::timestamptz FROM unnest(%s::text[]) AS at"""
INSTANTS = [
    "2020-11-30 04:40:07.892019+00", "2020-11-30 04:40:07.8+00", "2020-11-30 12:40:07+08",
    "2020-02-29 23:59:59.999999+00", "0001-01-01 00:00:00+00", "9999-12-31 23:59:59.999999+00",
    "1969-12-31 23:59:59.000001+00",
]  # fmt: skip


@pytest.mark.django_db
def test_every_instant_is_the_one_that_the_library_reads() -> None:
    with connection.cursor() as cursor:
        cursor.execute(ASKED, [INSTANTS])
        quick = [at for (at,) in cursor.fetchall()]
    with psycopg.Cursor(connection.connection) as cursor:
        assert cursor.adapters.get_loader(psycopg.adapters.types["timestamptz"].oid, 0) is InstantLoader
        cursor.adapters.register_loader("timestamptz", TimestamptzLoader)
        slow = [at for (at,) in cursor.execute(ASKED, [INSTANTS]).fetchall()]
    assert quick == slow
    assert all(at.tzinfo is UTC for at in quick)


@pytest.mark.django_db
def test_an_instant_that_python_does_not_know_is_still_refused() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'infinity'::timestamptz")
        with pytest.raises(DataError):
            cursor.fetchall()
