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
    def columns(self) -> tuple[str, ...]:
        """Every column of a row."""
        return tuple(self.schema.names)


def _kept(name: str, key: tuple[str, ...], subject: str, added: tuple[pa.Field, ...] = ()) -> Kept:
    plain = [pa.field(field.name, field.type) for field in (*RESULTS[name], *added)]
    return Kept(
        name, f"ledger_{name.removesuffix('s')}", pa.schema(plain), key or tuple(RESULTS[name].names), subject
    )


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
