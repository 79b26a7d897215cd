"""What the ledger keeps: for each result of derive its table, columns, key and whom a row is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from sizao.obligations.schema import RESULTS

ADDED = (pa.field("responsible", pa.string()), pa.field("household", pa.string()))
"""What the ledger adds to an obligation: the office responsible for it, the household of whom it is about."""


@dataclass(frozen=True)
class Kept:
    """One result as it is kept. key: what makes a row the same row; subject: whom it is about."""

    name: str
    table: str
    schema: pa.Schema
    key: tuple[str, ...]
    subject: str

    @property
    def before(self) -> str:
        """The name under which the engine holds the rows of the last run."""
        return f"{self.name}_before"

    @property
    def after(self) -> str:
        """The name under which the engine is given the rows of a run at work."""
        return f"{self.name}_after"

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of a row."""
        return tuple(self.schema.names)

    def same(self, one: str, other: str) -> str:
        """SQL: the rows of two aliases have the same key."""
        return " AND ".join(
            f'{one}."{name}" {"IS NOT DISTINCT FROM" if self.schema.field(name).nullable else "="}'
            f' {other}."{name}"'
            for name in self.key
        )


def _kept(name: str, key: tuple[str, ...], subject: str, added: tuple[pa.Field, ...] = ()) -> Kept:
    schema = pa.schema([*RESULTS[name], *added])
    return Kept(name, f"ledger_{name.removesuffix('s')}", schema, key or tuple(schema.names), subject)


KEPT: Mapping[str, Kept] = {
    one.name: one
    for one in (
        _kept("obligations", ("obligation_id",), "about", ADDED),
        _kept("standing", ("person",), "person"),
        _kept("unknown", ("rule", "trigger_key"), "about"),
        _kept("too_late", (), "about"),  # every column: what differs is another row
    )
}
"""Result name -> how it is kept."""

_TEXT = pa.string()
COUNTS = Kept(
    "counts",
    "ledger_count",
    pa.schema(
        [
            pa.field("count_id", _TEXT, nullable=False),
            *(pa.field(name, _TEXT) for name in ("area", "responsible", "done_by", "about_kind", "about")),
            *(pa.field(name, _TEXT) for name in ("rule", "verb", "sector", "status")),
            pa.field("owned", pa.bool_()),
            pa.field("rows", pa.int64()),
        ]
    ),
    ("count_id",),
    "",
)
"""The counts of live obligations, one row for each combination of the columns between the first and last."""


def plain(schema: pa.Schema) -> pa.Schema:
    """The schema without saying what may be empty: an engine does not say it."""
    return pa.schema([pa.field(field.name, field.type) for field in schema])
