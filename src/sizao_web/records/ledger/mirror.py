"""Facts and ledger, hot in the engine: filled once from PostgreSQL, then brought up by what arrived.

There is one for each process and it belongs to its last run. Whoever finds that the ledger in PostgreSQL is
of another run than this copy forgets the copy; so nothing that was rolled back, restored or written by
another process is ever taken for true.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from sizao.facts.dictionary import FACTS
from sizao.facts.schemas import arrow_schema
from sizao.policy.model import Policy
from sizao.store.running import Session
from sizao.terms.queries import Query, SqlStep, literal
from sizao_web.records.ledger.reading_facts import (
    Snapshot,
    arrived_since,
    copied_out,
    current_snapshot,
    rows_since,
)
from sizao_web.records.ledger.tables import COUNTS, KEPT, Kept, plain
from sizao_web.records.models import Run

ARRIVED = pa.schema(
    [pa.field("fact", pa.string()), pa.field("key_hi", pa.int64()), pa.field("key_lo", pa.int64())]
)
KEYS = ("key_hi", "key_lo")


class Mirror:
    """The tables, the snapshot up to which facts are here, and what arrived since the run it stands on."""

    def __init__(self, last: Run | None) -> None:
        self.session = Session({name: arrow_schema(name).empty_table() for name in FACTS})
        self.run_id = None if last is None else last.pk
        self.database = connection.settings_dict["NAME"]
        self.snapshot: Snapshot | None = None
        self.rows: dict[str, int] = dict.fromkeys(FACTS, 0)
        self.corrected: set[str] = set()
        self.arrived = ARRIVED.empty_table()
        self.texts: Policy | None = None
        for kept in (*KEPT.values(), COUNTS):
            self.session.bind(kept.before, _stored(kept))
        self._read(Snapshot.parse(last.facts_until) if last and last.facts_until else None)

    def stands_on(self, last: Run | None) -> bool:
        """Whether this copy is of the ledger as it is in PostgreSQL now."""
        same = self.run_id == (None if last is None else last.pk)
        return same and self.database == connection.settings_dict["NAME"]

    def bring_up(self) -> None:
        """Read the facts that arrived since they were last read."""
        self._read(None)

    def _read(self, ran: Snapshot | None) -> None:
        """ran: at the first filling the snapshot of the last run, so that it is known what arrived since."""
        now = current_snapshot()
        new = arrived_since(self.snapshot)
        first = self.snapshot is None
        for name, rows in rows_since(self.snapshot, new, now).items():
            self._take(name, rows if first else self._not_here(name, rows))
        if first and ran is not None:
            self.arrived = pa.concat_tables([ARRIVED.empty_table(), *_keys_since(ran)])
        self.snapshot = now

    def _take(self, name: str, rows: pa.Table) -> None:
        if not rows.num_rows:
            return
        self.session.append(name, rows)
        self.rows[name] += rows.num_rows
        if pc.any(pc.not_equal(rows["action"], "record")).as_py():
            self.corrected.add(name)
        if self.snapshot is not None:
            self.arrived = pa.concat_tables([self.arrived, _keys(name, rows)])

    def _not_here(self, name: str, rows: pa.Table) -> pa.Table:
        """Without rows that are here already: those of a transaction that reads what it wrote itself."""
        self.session.bind("arriving_rows", rows)
        here = f"SELECT 1 FROM {name} AS f WHERE f.fact_id = a.fact_id"
        sql = f"SELECT * FROM arriving_rows AS a WHERE NOT EXISTS ({here})"
        query = Query((SqlStep("new_rows", sql),), (name, "arriving_rows"), {"rows": "new_rows"})
        return self.session.run(query, ordered=False)["rows"].cast(arrow_schema(name))

    @property
    def empty(self) -> frozenset[str]:
        """Facts without any row."""
        return frozenset(name for name, number in self.rows.items() if not number)

    @property
    def uncorrected(self) -> frozenset[str]:
        """Facts of which no row replaces or retracts another."""
        return frozenset(FACTS) - self.corrected

    def table(self, name: str) -> pa.Table:
        """Every row of a (small) fact, or of what is kept."""
        query = Query((SqlStep("asked", f"SELECT * FROM {name}"),), (name,), {"rows": "asked"})
        return self.session.run(query, ordered=False)["rows"]

    def keep(self, run: Run, gone: Mapping[str, pa.Table], new: Mapping[str, pa.Table]) -> None:
        """Take over what a run changed: rows that are gone, and rows that are new or differ."""
        for name, kept in KEPT.items():
            self.replace(kept, gone[name], new[name])
        self.arrived = ARRIVED.empty_table()
        self.run_id = run.pk

    def replace(self, kept: Kept, gone: pa.Table, new: pa.Table) -> None:
        """Take out the rows that are gone, and put the new ones in the place of those with the same key."""
        key = list(kept.key)
        outdated = pa.concat_tables([gone.select(key), new.select(key)])
        if outdated.num_rows:
            self.session.remove(kept.before, outdated)
        if new.num_rows:
            self.session.append(kept.before, new)

    def close(self) -> None:
        """Forget everything."""
        self.session.close()


def _keys(fact: str, rows: pa.Table) -> pa.Table:
    names = pa.array([fact] * rows.num_rows, pa.string())
    return pa.table([names, rows["key_hi"], rows["key_lo"]], schema=ARRIVED)


def _keys_since(ran: Snapshot) -> list[pa.Table]:
    return [
        copied_out(f"SELECT {literal(name)}, key_hi, key_lo FROM fact_{name} WHERE {ran.unseen()}", ARRIVED)
        for name in arrived_since(ran)
    ]


def _stored(kept: Kept) -> pa.Table:
    """The rows of the ledger as they are in PostgreSQL; withdrawn ones are history and no rows of derive."""
    columns = ", ".join(
        f"\"{field.name}\" AT TIME ZONE 'UTC'" if pa.types.is_timestamp(field.type) else f'"{field.name}"'
        for field in kept.schema
    )
    live = " WHERE withdrawn_at IS NULL" if kept.name == "obligations" else ""
    return copied_out(f"SELECT {columns} FROM {kept.table}{live}", plain(kept.schema))
