"""Give every entry that is committed its place in the chain, sign a root over them, tell the witness.

Whoever writes an entry waits for nobody. The chain is made afterwards, by one process at a time, of all
entries whose transactions are over: those below the oldest transaction that is still open, in the order of
transactions and, within one, of numbers. What commits later gets a later place.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from sizao_web.records.chain import witness
from sizao_web.records.chain.hashing import (
    ABOUT,
    ABOUT_RESTORED,
    COLUMNS,
    NOTHING,
    Root,
    Signed,
    instant,
    leaf,
    link,
)
from sizao_web.records.models import AuditRoot
from sizao_web.records.signing import sign

LOCK = 4_242_011
BATCH = 50_000  # entries of one root; more make more roots
_log = logging.getLogger("sizao.audit")


@dataclass(frozen=True)
class Chained:
    """How many entries got their place, in how many roots; how many roots the witness was told, or why
    none."""

    entries: int
    roots: int
    told: int
    trouble: str = ""


def chain(moment: datetime) -> Chained:
    """Chain what is committed and tell the witness. A witness that is away holds nobody up: it is told
    later."""
    entries = roots = 0
    while made := _one_root(moment):
        entries, roots = entries + made, roots + 1
        if made < BATCH:
            break
    return _tell(entries, roots, settings.SIZAO.witness)


def _tell(entries: int, roots: int, place: Path) -> Chained:
    try:
        return Chained(entries, roots, witness.append(place, roots_from))
    except witness.Elsewhere:
        trouble = "another history"
    except witness.Damaged:
        trouble = "damaged"
    except OSError as cause:
        trouble = cause.strerror or type(cause).__name__
    _log.error("the witness of the audit is not told", extra={"outcome": trouble})
    return Chained(entries, roots, 0, trouble)


def roots_from(number: int) -> list[Signed]:
    """The roots of the database from a number on, in order."""
    rows = AuditRoot.objects.filter(number__gte=number).order_by("number")
    return [Signed(body, signature) for body, signature in rows.values_list("body", "signature")]


def state_restored(moment: datetime, why: str) -> Chained:
    """After a backup was put back: say to the witness which roots this database still has, and go on from
    there.

    Without it the next root would be another history than the witness knows, and would be refused.
    """
    kept = AuditRoot.objects.order_by("-number").values_list("number", flat=True).first() or 0
    said = witness.Restored(kept, instant(moment), why)
    place = settings.SIZAO.witness
    witness.note_restored(place, replace(said, signature=sign(ABOUT_RESTORED, said.body.encode())))
    return chain(moment)


_UNLINKED = """FROM audit_entry AS e WHERE e.arrived_in >= %s::text::xid8
  AND NOT EXISTS (SELECT 1 FROM audit_link AS l WHERE l.entry = e.id)"""


def _one_root(moment: datetime) -> int:
    """How many entries got their place."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        last = AuditRoot.objects.order_by("-number").first()
        # Before the entries are read: what the later snapshot sees below this number is all there will be.
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
        (until,) = cursor.fetchone()
        own = "e.arrived_in = pg_current_xact_id_if_assigned()"
        cursor.execute(
            f"SELECT e.arrived_in::text, {', '.join(f'e.{name}' for name in COLUMNS)} {_UNLINKED}"
            f" AND (e.arrived_in < %s::text::xid8 OR {own}) ORDER BY e.arrived_in, e.id LIMIT %s",
            [last.horizon if last else "0", until, BATCH],
        )
        rows = cursor.fetchall()
        if rows:
            # Own rows stand last and may be of a later transaction than one that is still open.
            _keep(
                cursor, rows, last, moment, min(until, rows[-1][0], key=int) if len(rows) == BATCH else until
            )
    return len(rows)


def _keep(
    cursor: Any, rows: Sequence[tuple[Any, ...]], last: AuditRoot | None, moment: datetime, horizon: str
) -> None:
    before = Root.parse(last.body) if last else None
    place = before.last if before else 0
    head = bytes.fromhex(before.head) if before else NOTHING
    hashes = []
    for row in rows:
        head = link(head, leaf(row[1:]))
        hashes.append(head)
    numbers = [row[1] for row in rows]
    cursor.execute(
        "INSERT INTO audit_link (place, entry, hash)"
        " SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[])",
        [list(range(place + 1, place + 1 + len(rows))), numbers, hashes],
    )
    root = Root(
        chain=before.chain if before else os.urandom(8).hex(),
        number=before.number + 1 if before else 1,
        previous=before.hash if before else "",
        first=place + 1,
        last=place + len(rows),
        head=head.hex(),
        highest=max([*numbers, before.highest if before else 0]),
        sealed_at=instant(moment),
    )
    AuditRoot.objects.create(
        number=root.number,
        last=root.last,
        body=root.body,
        signature=sign(ABOUT, root.body.encode()),
        horizon=horizon,
    )
