"""A partner's day line by line: each thing that it says it sent, and what became of its rows.

For the page and the command of whoever keeps partners; the partner itself asks the interface.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sizao_web.records.reading.reconciliation import OUTCOMES, Delivered, Reconciled

Kind = Literal["record", "file", "parcel"]
WHICH = (*OUTCOMES, "not_declared")
"""What lines may be asked for."""


@dataclass(frozen=True)
class Line:
    """One thing sent. what: the fact or stream, or the file's name; number: the partner's own of a record,
    the digest of a file or parcel; the rest: its rows by outcome. not_declared: rows that came undeclared."""

    kind: Kind
    what: str
    number: str
    rows: int
    stored: int = 0
    merged: int = 0
    rejected: int = 0
    waiting: int = 0
    missing: int = 0
    not_declared: int = 0

    @property
    def outcome(self) -> str:
        """The worst that became of it."""
        worst = ("missing", "rejected", "waiting", "not_declared", "merged", "stored")
        return next((name for name in worst if getattr(self, name)), "stored")


def lines(day: Reconciled, which: str = "") -> list[Line]:
    """The lines of a day, files and parcels first; which: only those with rows of that outcome."""
    found = [*_files(day), *_parcels(day), *_records(day)]
    return [one for one in found if not which or getattr(one, which)]


def _files(day: Reconciled) -> Iterator[Line]:
    for declared, came in day.files:
        yield _line("file", declared.name, declared.sha256, declared.rows, came)


def _parcels(day: Reconciled) -> Iterator[Line]:
    for declared, came in day.parcels:
        yield _line("parcel", declared.stream, declared.sha256, declared.rows, came)
    for one in day.parcels_beside:
        yield Line("parcel", one.stream, one.sha256, one.rows, not_declared=one.rows)


def _line(kind: Kind, what: str, digest: str, rows: int, came: Delivered | None) -> Line:
    if came is None:
        return Line(kind, what, digest, rows, missing=rows)
    left = max(rows - came.stored - came.merged - came.rejected - came.waiting, 0)
    return Line(kind, what, digest, rows, came.stored, came.merged, came.rejected, came.waiting, left)


def _records(day: Reconciled) -> Iterator[Line]:
    for (fact, record, version), outcome in sorted(day.records.items()):
        yield Line("record", fact, _numbered(record, version), 1, **{outcome: 1})
    for fact, record, version in day.beside:
        yield Line("record", fact, _numbered(record, version), 1, not_declared=1)


def _numbered(record: str, version: int) -> str:
    return record if version == 1 else f"{record} ({version})"
