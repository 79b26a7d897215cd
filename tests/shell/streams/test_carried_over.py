"""What was staged as rows before the upgrade is there after it, each row with its own."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db
ROWS = [
    # slot, batch, record, person, place, second, celsius
    (3, 1, "a", "p-1", "mall-1", 1, 36.5),
    (3, 1, "b", "p-2", "mall-2", 2, 36.6),
    (3, 1, "c", "p-1", "mall-1", 3, 36.7),
    (3, 2, "d", "张三", "mall-2", 4, 36.8),
    (31, 3, "e", "p-1", "mall-1", 5, 40.0),
]


@pytest.fixture
def before() -> Any:
    """A schema of its own, as it was before the migration."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA before")
        cursor.execute("SET LOCAL search_path = before")
        for statement in import_module("sizao_web.records.migrations.0004_streams").staging():
            cursor.execute(statement)
        yield cursor
        cursor.execute("SET LOCAL search_path = public")


@pytest.mark.parametrize("stream", ["check_ins", "temperatures"])
def test_rows_that_were_staged_before_the_upgrade_are_told_after_it(before: Any, stream: str) -> None:
    moment, measured = ("checked_in_at", "") if stream == "check_ins" else ("measured_at", ", celsius")
    columns = f"slot, batch, source_record, person, place, {moment}{measured}"
    for slot, batch, record, person, place, second, celsius in ROWS:
        values = [slot, batch, record, person, place, f"2020-11-10 08:00:0{second}+00"]
        values += [celsius] if measured else []
        before.execute(
            f"INSERT INTO stream_{stream} (key, body, {columns})"
            f" VALUES (gen_random_uuid(), 1, {', '.join(['%s'] * len(values))})",
            values,
        )
    before.execute(f"SELECT {columns} FROM stream_{stream} ORDER BY source_record")
    there = before.fetchall()
    for statement in import_module("sizao_web.records.migrations.0015_streams_in_blocks").blocks():
        before.execute(statement)
    before.execute(f"SELECT {columns} FROM stream_{stream} ORDER BY source_record")
    assert before.fetchall() == there
    before.execute(f"SELECT slot, batch, rows FROM stream_{stream}_blocks ORDER BY batch")
    assert before.fetchall() == [(3, 1, 3), (3, 2, 1), (31, 3, 1)]
    before.execute(
        "SELECT DISTINCT attstorage::text FROM pg_attribute WHERE attnum > 0 AND attlen = -1"
        f" AND attrelid IN ('stream_{stream}_03'::regclass, 'stream_{stream}_31'::regclass)"
    )
    assert before.fetchall() == [("e",)], "nothing is packed"
