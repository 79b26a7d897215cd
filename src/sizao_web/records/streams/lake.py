"""The tables of the lake of this installation, and how rows of a stream stand in them."""

from __future__ import annotations

import pyarrow as pa
from django.conf import settings

from sizao.facts.dictionary import STREAMS
from sizao.facts.schemas import own_columns
from sizao.facts.streams import RECORD
from sizao.store.lake import DAY, LakeTable

COMMON = ("source_system", "area", "recorded_by", "recorded_at")
"""What a batch says for all its rows."""


def lake_schema(stream: str) -> pa.Schema:
    """A row in the lake: its own columns, its record, what its batch says, the batch and the day."""
    own = [pa.field(column.name, column.arrow) for column in own_columns(STREAMS[stream])]
    text = [pa.field(name, pa.string()) for name in (RECORD, "source_system", "area", "recorded_by")]
    rest = [pa.field("recorded_at", pa.timestamp("us")), pa.field("batch", pa.int64())]
    return pa.schema([*own, *text, *rest, pa.field(DAY, pa.date32())])


def lake_table(stream: str) -> LakeTable:
    """The table of a stream, whether or not it is there yet."""
    return LakeTable(settings.SIZAO.lake, stream)


def made(stream: str) -> LakeTable:
    """The table of a stream, made where it is not there yet."""
    table = lake_table(stream)
    if not table.exists:
        table.create(lake_schema(stream), measured=(STREAMS[stream].event, "recorded_at", "batch"))
    return table
