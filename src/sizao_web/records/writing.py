"""How a fact gets into its table: checked, possible, once for each natural key, with its audit row and
the job that brings the ledger up to it, all in one transaction.

`actions` are the only callers. Nothing here opens or ends a transaction: the request or the job does.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.db import ProgrammingError, connection, transaction
from psycopg.errors import InsufficientPrivilege

from sizao.facts.completion import Defaults, complete
from sizao.facts.dictionary import fact as declared
from sizao.facts.schemas import arrow_schema, own_columns
from sizao.terms.identifiers import uuid7
from sizao.terms.words import Words
from sizao_web.records import audit, room
from sizao_web.records.access.scope import Scope
from sizao_web.records.digests import digests
from sizao_web.records.plausible import impossible, words_of
from sizao_web.records.prepared import prepared
from sizao_web.settings.clock import bare

TYPED = "sizao"  # source_system of facts that people enter here; source_record is then a UUID their page made


@dataclass(frozen=True)
class Given:
    """One link somebody gives. values: own columns, and happened_at where the fact has no event column."""

    fact: str
    values: Mapping[str, Any]
    source_record: str
    source_version: int = 1
    action: str = "record"
    reason: str | None = None
    source_system: str = TYPED
    area: str | None = None  # of the record that is corrected or retracted; else where the giver works


@dataclass(frozen=True)
class Outcome:
    """What became of what was given: fact ids of new rows, and how many were there already."""

    stored: tuple[str, ...] = ()
    merged: int = 0
    persons: tuple[str, ...] = field(default=())


class Refused(Exception):
    """Nothing was written. problems: place in what was given -> why, in both languages."""

    def __init__(self, problems: Sequence[tuple[int, Words]]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(words.en for _, words in self.problems))


class Conflict(Refused):
    """Another record has this natural key already; both stay where they are, the older one counts."""


class NotAllowed(Exception):
    """The duty may not record this fact, or not about this person, place or record."""


def write(scope: Scope, moment: datetime, given: Sequence[Given], *, request: str | None = None) -> Outcome:
    """Write these links, or none of them. Refused, Conflict, NotAllowed; room.NoRoom."""
    with transaction.atomic():
        return write_or_end(scope, moment, given, request=request)


def write_or_end(
    scope: Scope, moment: datetime, given: Sequence[Given], *, request: str | None = None
) -> Outcome:
    """As `write`, for whoever ends the transaction where it raises: after NotAllowed the database takes no
    other statement in it."""
    room.need()
    for one in given:
        # What two persons decide the database takes only with the decision on record (access.giving).
        if not scope.may_give(one.fact) and one.fact not in scope.duty.decides:
            raise NotAllowed(f"{scope.role} may not record {one.fact}.")
    rows: list[tuple[str, dict[str, Any]]] = []
    problems: list[tuple[int, Words]] = []
    for place, one in enumerate(given):
        table, wrong = completed(scope, moment, one)
        problems += [(place, words) for _, words in wrong]
        rows.append((one.fact, _row(one.fact, table)) if not wrong else (one.fact, {}))
    if problems:
        raise Refused(problems)
    persons = _persons(rows)
    try:
        _claim(persons)
        stored, merged = _insert_all(rows)
    except ProgrammingError as cause:
        if not isinstance(cause.__cause__, InsufficientPrivilege):
            raise
        raise NotAllowed(
            "This is about a person, place or record that this duty does not answer for."
        ) from cause
    if stored:
        for fact in dict.fromkeys(fact for fact, _ in rows):
            keys = [str(row["source_record"]) for name, row in rows if name == fact]
            audit.note(scope, moment, given[0].action, fact, [*keys, *persons], request)
        wake_ledger()
    return Outcome(tuple(stored), merged, persons)


def _insert_all(rows: Sequence[tuple[str, Mapping[str, Any]]]) -> tuple[list[str], int]:
    """Fact ids of new rows, and how many were there already."""
    stored, merged = [], 0
    for place, (fact, row) in enumerate(rows):
        if _insert(fact, row):
            stored.append(str(row["fact_id"]))
        elif _same(fact, row):
            merged += 1
        else:
            raise Conflict([(place, _conflict_words(row))])
    return stored, merged


def completed(scope: Scope, moment: datetime, one: Given) -> tuple[pa.Table, list[Any]]:
    """One link as a row of its fact, known at this moment, and what is wrong with it: by the dictionary,
    or where that takes it, because it cannot be true."""
    now = bare(moment)
    common = {
        "source_system": one.source_system,
        "source_record": one.source_record,
        "source_version": one.source_version,
        "action": one.action,
        "reason": one.reason,
        "known_at": now,
        "recorded_at": now,
        "recorded_by": scope.account,
        "area": one.area or scope.area,
        "history": False,
        "derived": False,
        "fact_id": uuid7(int(moment.timestamp() * 1000), os.urandom(10)),
    }
    values = {
        name: bare(value) if isinstance(value, datetime) else value for name, value in one.values.items()
    }
    schema = arrow_schema(one.fact)
    row = {**values, **common}
    table = pa.table({name: pa.array([row[name]], schema.field(name).type) for name in row})
    table, wrong = complete(declared(one.fact), table, Defaults(settings.SIZAO.zone, scope.area))
    return table, wrong or [(found.row, words_of(found)) for found in impossible(one.fact, table)]


def _row(fact: str, table: pa.Table) -> dict[str, Any]:
    row: dict[str, Any] = table.to_pylist()[0]
    return {**row, "body": digests(declared(fact), table)[0]}


def _insert(fact: str, row: Mapping[str, Any]) -> bool:
    """Whether the row is new. RETURNING is not asked: the writer need not be one who sees the person."""
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join(["%s"] * len(row))
    with prepared() as cursor:
        cursor.execute(
            f"INSERT INTO fact_{declared(fact).name} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING",
            list(row.values()),
        )
        return cursor.rowcount == 1


def _same(fact: str, row: Mapping[str, Any]) -> bool:
    """Whether what stands there is this very row; of rows recorded outside the own area it is not told."""
    if row["action"] != "record":
        return True
    with connection.cursor() as cursor:
        asked = [fact, row["key_hi"], row["key_lo"], row["body"]]
        cursor.execute("SELECT sizao_same_record(%s, %s, %s, %s)", asked)
        return bool(cursor.fetchone()[0])


def _persons(rows: Sequence[tuple[str, Mapping[str, Any]]]) -> tuple[str, ...]:
    found = {
        str(row[column.name]): None
        for fact, row in rows
        for column in own_columns(declared(fact))
        if column.declared.of == "person" and row[column.name] is not None
    }
    return tuple(found)


def _claim(persons: Sequence[str]) -> None:
    for person in persons:
        with connection.cursor() as cursor:
            cursor.execute("SELECT sizao_claim_person(%s)", [person])


def wake_ledger() -> None:
    """A job in this very transaction: the ledger is brought up to the facts if and only if they are kept."""
    from sizao_web.records.ledger.tasks import touch

    # What `touch.defer()` asks of the database, which tells of the job in the log first, twice.
    with prepared() as cursor:
        cursor.execute(
            "SELECT procrastinate_defer_jobs_v1("
            "ARRAY[(%s, %s, %s, %s, %s, '{}', NULL)::procrastinate_job_to_defer_v1])",
            [touch.queue, touch.name, touch.priority, touch.lock, touch.queueing_lock],
        )


def ledger_is_behind() -> bool:
    """Whether facts wait for the ledger, those of this transaction among them; never which."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sizao_ledger_is_behind()")
        return bool(cursor.fetchone()[0])


def _conflict_words(row: Mapping[str, Any]) -> Words:
    record = f"{row['source_system']}/{row['source_record']}"
    return Words(
        f"{record} 已有内容不同的记录，未覆盖。要更正请用“更正”。",
        f"{record} has another record already; nothing was overwritten. To change it, correct it.",
    )
