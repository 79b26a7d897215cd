"""What the streams hold and whether it is whole: for the command and for whoever watches the installation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa
from django.db import connection

from sizao.facts.dictionary import STREAMS
from sizao.terms.words import Words
from sizao_web.records.models import StreamBatch, StreamMove
from sizao_web.records.streams.lake import lake_table


@dataclass(frozen=True)
class Condition:
    """One stream. small: files that are worth being made one; parked: batches that could not be moved."""

    stream: str
    staged: int
    in_lake: int
    files: int
    small: int
    bytes: int
    first_day: date | None
    last_day: date | None
    moved_at: datetime | None
    parked: int


def conditions() -> list[Condition]:
    """Of every stream, as it is now."""
    found = []
    for stream in STREAMS:
        table = lake_table(stream)
        lake = table.status() if table.exists else None
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM stream_{stream}")
            (staged,) = cursor.fetchone()
        last = StreamMove.objects.filter(stream=stream).exclude(done_at=None).order_by("-pk").first()
        found.append(
            Condition(
                stream,
                staged,
                lake.rows if lake else 0,
                lake.files if lake else 0,
                lake.small if lake else 0,
                lake.bytes if lake else 0,
                lake.days[0] if lake and lake.days else None,
                lake.days[-1] if lake and lake.days else None,
                last.done_at if last else None,
                StreamBatch.objects.filter(stream=stream).exclude(parked_at=None).count(),
            )
        )
    return found


def problems() -> list[Words]:
    """What is missing or too many: files of the lake, and of every batch its rows, in staging and lake."""
    found = []
    for stream in STREAMS:
        table = lake_table(stream)
        if table.exists:
            for file in table.missing_files():
                found.append(
                    Words(
                        f"{stream}：缺少文件{file.name}或长度不符。",
                        f"{stream}: {file.name} is missing or cut off.",
                    )
                )
        if not found:
            found += _wrong_batches(stream)
    return found


def _wrong_batches(stream: str) -> list[Words]:
    table = lake_table(stream)
    counted: dict[int, int] = {}
    if table.exists:
        rows = table.rows(first=date.min, last=date.max, columns=["batch"])
        groups = pa.table({"batch": rows["batch"]}).group_by("batch").aggregate([([], "count_all")])
        counted = dict(zip(groups["batch"].to_pylist(), groups["count_all"].to_pylist(), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT batch, count(*) FROM stream_{stream} GROUP BY batch")
        staged = dict(cursor.fetchall())
    found = []
    for batch, rows, done in StreamBatch.objects.filter(stream=stream).values_list(
        "pk", "rows", "move__done_at"
    ):
        there = counted.get(batch, 0) if done else staged.get(batch, 0)
        if there != rows:
            found.append(
                Words(
                    f"{stream}批次{batch}：应有{rows}行，实有{there}行。",
                    f"{stream}, batch {batch}: {rows} rows are expected, {there} are there.",
                )
            )
    return found
