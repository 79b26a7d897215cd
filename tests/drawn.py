"""Small worlds for tests: results of derive and fact tables drawn from a few words, and queries run on them.

Only what a test says differs from the plain case; the plain case is stated here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import duckdb
import pyarrow as pa

from sizao.facts.schemas import arrow_schema
from sizao.obligations.schema import RESULTS
from sizao.terms.identifiers import hex_key, natural_key, text_key
from sizao.terms.queries import Query, SqlStep

NOON = datetime(2020, 6, 20, 4)  # 12:00 in Shanghai
PLAIN_ROW: Mapping[str, object] = {
    "rule": "arrivals",
    "version": 1,
    "rule_version": "0123456789ab",
    "step": "test",
    "occurrence": "d3",
    "verb": "test",
    "sector": "health",
    "about_kind": "person",
    "about": "traveller",
    "trigger_fact": "arrivals",
    "restricts": False,
    "event_on": date(2020, 6, 17),
    "first_known_at": datetime(2020, 6, 17, 2),
    "opens_at": datetime(2020, 6, 19, 16),
    "due_at": datetime(2020, 6, 20, 16),
    "status": "open",
    "reported_late": False,
    "done_by": "sampling-1",
    "answers_to": "community-1",
    "owned": True,
    "area": "cn/51/5113/511302",
    "marks": "",
}


def obligations(*rows: Mapping[str, object]) -> pa.Table:
    """Rows of the obligations; what a row leaves out is as in PLAIN_ROW, ids follow from what it says."""
    full = []
    for row in rows:
        one = {**PLAIN_ROW, **row}
        named = f"{one['rule']}/{one['step']}/{one['about']}/{one['occurrence']}"
        one.setdefault("obligation_id", hex_key(*text_key(named)))
        one.setdefault("plan_id", hex_key(*text_key(f"{one['rule']}/{one['about']}")))
        one.setdefault(
            "trigger_key", hex_key(*natural_key(str(one["trigger_fact"]), "test", str(one["about"])))
        )
        one.setdefault("because", f"{one['trigger_fact']}:{one['trigger_key']}")
        full.append({name: one.get(name) for name in RESULTS["obligations"].names})
    return pa.Table.from_pylist(full, schema=RESULTS["obligations"])


def result(name: str, *rows: Mapping[str, object]) -> pa.Table:
    """Rows of another result (unknown, too_late, standing), every column as said."""
    schema = RESULTS[name]
    return pa.Table.from_pylist(
        [{column: row.get(column) for column in schema.names} for row in rows], schema=schema
    )


def facts(name: str, *rows: Mapping[str, object]) -> pa.Table:
    """Links of one fact. `id` names the record; version, action, instants and area may be left out.

    A date is known at 08:00 in Shanghai of its own day unless `known_at` says otherwise; a plain `onset`
      is a whole day.
    """
    schema = arrow_schema(name)
    return pa.Table.from_pylist(
        [_link(name, number, row, schema) for number, row in enumerate(rows, 1)], schema=schema
    )


def _link(name: str, number: int, row: Mapping[str, object], schema: pa.Schema) -> dict[str, object]:
    one = dict(row)
    record = str(one.pop("id", f"{name}-{number}"))
    if isinstance(onset := one.pop("onset", None), date):
        one |= {"onset_earliest": onset, "onset_latest": onset + timedelta(days=1)}
    version = one.get("source_version", 1)
    hi, lo = natural_key(name, "test", record)
    happened = one.get("happened_at") or next(
        (value for value in one.values() if isinstance(value, datetime)), None
    )
    if happened is None:
        day = next((value for value in one.values() if isinstance(value, date)), date(2020, 1, 1))
        happened = datetime(day.year, day.month, day.day)
    plain = {
        "fact_id": f"{name}-{record}-{version}-{number}",
        "key_hi": hi,
        "key_lo": lo,
        "source_system": "test",
        "source_record": record,
        "source_version": version,
        "action": "record",
        "happened_at": happened,
        "known_at": happened,
        "recorded_at": one.get("known_at", happened),
        "recorded_by": "clerk-1",
        "area": "cn/51/5113/511302",
        "history": False,
        "derived": False,
    }
    unknown = set(one) - set(schema.names)
    assert not unknown, f"{name} has no column {sorted(unknown)}"
    return {column: one.get(column, plain.get(column)) for column in schema.names}


def answer(
    query: Query, tables: Mapping[str, pa.Table], order: Sequence[str] = ()
) -> dict[str, list[dict[str, object]]]:
    """The results of a query of SQL steps, each as a list of rows in the order of its columns (or of
    `order`)."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for name in query.inputs:
            connection.register(name, tables[name])
        for step in query.steps:
            assert isinstance(step, SqlStep)
            connection.execute(f'CREATE TEMP TABLE "{step.name}" AS {step.sql}')
        by = ", ".join(order) or "ALL"
        return {
            result_name: connection.execute(f"SELECT * FROM {step} ORDER BY {by}")
            .to_arrow_table()
            .to_pylist()
            for result_name, step in query.results.items()
        }
