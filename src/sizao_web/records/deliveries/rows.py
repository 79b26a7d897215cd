"""The outcome of every row of a delivery; rows that were not taken are kept sealed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from sizao.intake.apart import problem_of
from sizao.intake.pieces import LINE
from sizao.intake.problems import BEHIND, Problem
from sizao.intake.sheets import Sheet
from sizao_web.records import arrays, bulk
from sizao_web.records.deliveries.storing import PART, Place, Stored
from sizao_web.records.models import Delivery, DeliveryRow
from sizao_web.records.sealing import seal, unseal

_COLUMNS = "(delivery_id, line, part, outcome, fact, key_hi, key_lo, problems, sealed)"


def write_rows(
    delivery: str,
    tables: Mapping[str, pa.Table],
    stored: Stored,
    again: Mapping[str, Sequence[Place]],
    wrong: Mapping[int, Sequence[Problem]],
    sheet: Sheet,
) -> None:
    """What was new as whole columns; one row for each fact that was there, and one for each row that was not
    taken, with its cells sealed."""
    bad = pa.array(list(wrong), pa.int64())
    merged = {fact: _keep_stored(delivery, fact, table, stored, bad) for fact, table in tables.items()}
    if not wrong and not any(again.values()) and not any(table.num_rows for table in merged.values()):
        return
    with _arriving() as copy:
        for fact, table in merged.items():
            if table.num_rows:
                bulk.write_csv(_merged(delivery, fact, table), copy.write)
        for fact, places in again.items():
            for line, part in places:
                # A fact that an earlier row of the file gave too: `part` tells it from the others of its row.
                copy.write(f'"{delivery}",{line},{part},"merged","{fact}",,,,\n')
        cells = _cells(sheet, wrong)
        for line, problems in wrong.items():
            _write_wrong(copy, delivery, line, problems, cells.get(line))


@contextmanager
def _arriving() -> Iterator[Any]:
    """COPY into a table of this transaction, and from there: COPY itself refuses a table with row policies to
    every role that they bind, and the jobs' role is one."""
    here, columns = "pg_temp.arriving_outcomes", _COLUMNS.strip("()")
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE arriving_outcomes ON COMMIT DROP AS"
            f" SELECT {columns} FROM delivery_row WITH NO DATA"
        )
        with cursor.copy(f"COPY {here} {_COLUMNS} FROM STDIN (FORMAT csv, NULL '')") as copy:
            yield copy
        cursor.execute(f"INSERT INTO delivery_row {_COLUMNS} SELECT {columns} FROM {here}")
        cursor.execute(f"DROP TABLE {here}")


def _keep_stored(delivery: str, fact: str, table: pa.Table, stored: Stored, bad: pa.Array) -> pa.Table:
    """Keep the rows of a fact that were new; answers those that were there already."""
    good = table.filter(pc.invert(pc.is_in(table[LINE], bad))) if len(bad) else table
    new, merged = good, good.slice(0, 0)
    if there := set(stored.merged.get(fact, ())):
        places = zip(good[LINE].to_pylist(), good[PART].to_pylist(), strict=True)
        known = pa.array([place in there for place in places], pa.bool_())
        new, merged = good.filter(pc.invert(known)), good.filter(known)
    if new.num_rows:
        lines, parts, hi, lo = (new[name].to_numpy() for name in (LINE, PART, "key_hi", "key_lo"))
        columns = arrays.numbers(lines), arrays.smaller(parts), arrays.numbers(hi), arrays.numbers(lo)
        arrays.ask(_STORED, [delivery, fact, int(lines[0]), *columns])
    return merged


_STORED = (
    "INSERT INTO delivery_stored (delivery_id, fact, first_line, lines, parts, key_hi, key_lo)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id"
)


def _merged(delivery: str, fact: str, table: pa.Table) -> pa.Table:
    count = table.num_rows
    return pa.table(
        {
            "delivery_id": pa.repeat(pa.scalar(delivery), count),
            "line": table[LINE],
            "part": table[PART],
            "outcome": pa.repeat(pa.scalar("merged"), count),
            "fact": pa.repeat(pa.scalar(fact), count),
            "key_hi": table["key_hi"],
            "key_lo": table["key_lo"],
            "problems": pa.nulls(count, pa.string()),
            "sealed": pa.nulls(count, pa.string()),
        }
    )


def _cells(sheet: Sheet, wrong: Mapping[int, Any]) -> dict[int, dict[str, str | None]]:
    if not wrong:
        return {}
    where = pc.is_in(sheet.lines, pa.array(list(wrong), pa.int64()))
    lines = sheet.lines.filter(where).to_pylist()
    return dict(zip(lines, sheet.cells.filter(where).to_pylist(), strict=True))


def _write_wrong(
    copy: Any, delivery: str, line: int, problems: Sequence[Problem], cells: Mapping[str, Any] | None
) -> None:
    kinds = {one.kind for one in problems}
    outcome = "waiting" if kinds == {BEHIND} else "conflict" if kinds <= _CONFLICTS else "rejected"
    # What stood in a cell is said in a problem too: both are sealed.
    text = json.dumps({"cells": cells, "problems": [one.record() for one in problems]}, ensure_ascii=False)
    sealed = seal(f"delivery/{delivery}", f"row/{line}", text).hex()
    said = json.dumps([{"kind": one.kind, "column": one.column} for one in problems], ensure_ascii=False)
    copy.write(f'"{delivery}",{line},0,"{outcome}",,,,"{said.replace(chr(34), chr(34) * 2)}","\\x{sealed}"\n')


_CONFLICTS = {"key_conflict", "second_record"}


def opened_row(delivery: str, line: int, sealed: Any) -> tuple[dict[str, str | None] | None, list[Problem]]:
    """The cells of a row that was not taken, and what is wrong with it."""
    text = unseal(f"delivery/{delivery}", f"row/{line}", sealed)
    if text is None:
        return None, []
    found = json.loads(text)
    return found["cells"], [problem_of(one) for one in found["problems"]]


def sheet_of_kept(one: Delivery, outcomes: Sequence[str], most: int | None = None) -> Sheet:
    """The first rows of a delivery, by line, that were not taken and have one of these outcomes."""
    rows = DeliveryRow.objects.filter(delivery=one, outcome__in=outcomes, sealed__isnull=False)
    lines, cells = [], []
    for row in rows.order_by("line")[:most]:
        found, _ = opened_row(str(one.pk), row.line, row.sealed)
        if found is not None:
            lines.append(row.line)
            cells.append(found)
    columns = tuple(dict.fromkeys(name for row in cells for name in row))
    table = pa.table({name: pa.array([row.get(name) for row in cells], pa.string()) for name in columns})
    return Sheet(
        one.name, columns, table, pa.array(lines, pa.int64()), len(lines), 0, (), one.sha256, None, None
    )
