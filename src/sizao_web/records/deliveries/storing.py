"""Rows of a file get into the tables of their facts on behalf of who sent them: by the same rules as a
single row.

They are laid into a temporary table by the jobs' role. Then the pages' role adds them under the sender's
scope: what the policy of a table forbids is not added, however it was asked. Only when the database refused
a row, or had one, is each row asked about: whether this scope may add it, and what is there already. What is
the same row and what a conflict is as in `writing`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import IntegrityError, ProgrammingError, connection, transaction
from psycopg import sql
from psycopg.errors import InsufficientPrivilege, UniqueViolation

from sizao.facts.dictionary import fact as declared
from sizao.facts.schemas import own_columns, stored_columns
from sizao.intake.pieces import LINE
from sizao.terms.identifiers import SEPARATOR
from sizao.terms.words import Words
from sizao_web.records import bulk
from sizao_web.records.access.giving import conditions, may_yet_be_allowed
from sizao_web.records.access.scope import Scope, enter
from sizao_web.records.digests import as_bytea, digests
from sizao_web.settings.clock import bare

PART = "entry"
VERSION = "source_version"
MEMORY = "64MB"  # what rows are sorted in by their keys, instead of a file
_MARK = r"E'\x1f'"  # SEPARATOR, as the database writes it
Place = tuple[int, int]  # line, part


class Overtaken(Exception):
    """Another transaction stored one of these rows between our look and our insert: try again."""


@dataclass
class Stored:
    """What became of the facts that rows gave: by line and part; and of whole lines that are not taken."""

    stored: dict[str, list[Place]] = field(default_factory=dict)
    merged: dict[str, list[Place]] = field(default_factory=dict)
    refused: dict[int, list[str]] = field(default_factory=dict)  # line -> names of conditions
    for_good: set[int] = field(default_factory=set)  # refused, whatever the next run of the ledger finds
    conflicts: dict[int, str] = field(default_factory=dict)  # line -> fact


@dataclass(frozen=True)
class Arriving:
    """Rows of one fact on their way: with LINE and PART; what all have in common, and the rest as the text
    that COPY takes."""

    rows: pa.Table
    common: Mapping[str, Any]
    columns: tuple[str, ...]
    text: bytes


def arriving(tables: Mapping[str, pa.Table]) -> dict[str, Arriving]:
    """The rows that `store_for` takes; each table has the columns of its fact, LINE and PART.

    Asks nothing of the database, so that it can be done while other rows are stored.
    """
    return {fact: _arriving(fact, table) for fact, table in tables.items() if table.num_rows}


def _arriving(fact: str, table: pa.Table) -> Arriving:
    names = [column.name for column in stored_columns(fact)]
    common = {name: values[0].as_py() for name in names if _all_alike(values := table[name])}
    rows = table.select([*(name for name in names if name not in common), LINE, PART])
    rows = rows.append_column("body", as_bytea(digests(declared(fact), table)))
    held = BytesIO()
    bulk.write_csv(rows, held.write)
    return Arriving(table, common, tuple(rows.column_names), held.getvalue())


def _all_alike(values: pa.ChunkedArray) -> bool:
    if values.null_count:
        return values.null_count == len(values)
    return bool(pc.all(pc.equal(values, values[0])).as_py())


def store_for(scope: Scope, given: Mapping[str, Arriving]) -> Stored:
    """Add the rows that are not there yet and that this scope may add; of a line all facts or none.

    Needs an open transaction of the jobs' role, which is entered again at the end. Overtaken when another
    transaction was quicker: nothing then is added.
    """
    found = Stored()
    given = {fact: _with_what_is_retracted(scope, fact, rows) for fact, rows in given.items()}
    for fact, rows in given.items():
        _lay_out(fact, rows)
    with as_sender(scope):
        _claim(given)
    if not _all_added(scope, given, found):
        _ask(scope, given, found)
        _sort_out(scope, given, found)
        with as_sender(scope):
            for fact in given:
                _add(fact, len(found.stored[fact]))
    for fact in given:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE pg_temp.arriving_{fact}")
    return found


def _all_added(scope: Scope, given: Mapping[str, Arriving], found: Stored) -> bool:
    """Add everything as if nothing were there yet and nothing forbidden, which is nearly always so; False,
    and nothing is added, where something was."""
    wanted = {fact: _places(one.rows, ()) for fact, one in given.items()}
    try:
        with transaction.atomic(), as_sender(scope):
            for fact, places in wanted.items():
                _add(fact, len(places))
    except Overtaken:
        return False
    except ProgrammingError as cause:
        if not isinstance(cause.__cause__, InsufficientPrivilege):
            raise
        return False
    found.stored, found.merged = wanted, {fact: [] for fact in given}
    return True


def _ask(scope: Scope, given: Mapping[str, Arriving], found: Stored) -> None:
    """Find the lines that this scope may not add, and leave them out."""
    for fact in given:
        # What the questions that follow are planned by: a look at every column takes longer than they do.
        looked_at = ", ".join(f'"{name}"' for name in (LINE, "key_hi", "action", *_persons_in(fact)))
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE pg_temp.arriving_{fact} ({looked_at})")
    with as_sender(scope):
        for fact in given:
            for line, names in _forbidden(fact):
                found.refused.setdefault(line, []).extend(names)
                if not may_yet_be_allowed(fact, names):
                    found.for_good.add(line)
    if found.refused:
        for fact in given:
            _leave_out(fact, list(found.refused), set())


def _sort_out(scope: Scope, given: Mapping[str, Arriving], found: Stored) -> None:
    """Find what is there already: the same is merged, another is a conflict, and only the rest is left."""
    there = {fact: _there(scope, fact) for fact in given}
    for fact, rows in there.items():
        for line, _, same in rows:
            if not same:
                found.conflicts.setdefault(line, fact)
    bad = [*found.refused, *found.conflicts]
    for fact, one in given.items():
        merged = {(line, part) for line, part, same in there[fact] if same}
        _leave_out(fact, list(found.conflicts), merged)
        good = _places(one.rows, bad)
        found.merged[fact] = [place for place in good if place in merged]
        found.stored[fact] = [place for place in good if place not in merged]


@contextmanager
def as_sender(scope: Scope) -> Iterator[None]:
    """The pages' role under this scope, and back to the role that was."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role')")
        (before,) = cursor.fetchone()
    enter(scope)
    yield
    # Not in a finally: after an error the transaction is over, and the role with it.
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', %s, true)", [before])


def _with_what_is_retracted(scope: Scope, fact: str, one: Arriving) -> Arriving:
    """The same rows; a retraction that leaves columns of its record empty says what the version before it
    says.

    Who may see the record must see that it no longer holds, as where it is retracted by itself
    (`retract_fact`). What the sender does not see stays empty, and the policy of the table forbids it.
    """
    own = [column.name for column in own_columns(declared(fact))]
    lacking = _lacking_retractions(fact, one.rows)
    if not lacking:
        return one
    kept = [*own, "happened_at", "area"]
    keys = [[one.rows[name][row].as_py() for row in lacking] for name in ("key_hi", "key_lo", VERSION)]
    there = ", ".join(f'there."{name}"' for name in kept)
    with as_sender(scope), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT asked.at - 1, {there} FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])"
            f" WITH ORDINALITY AS asked (hi, lo, version, at) CROSS JOIN LATERAL (SELECT * FROM fact_{fact}"
            " WHERE key_hi = asked.hi AND key_lo = asked.lo AND source_version < asked.version"
            " ORDER BY source_version DESC LIMIT 1) AS there",
            keys,
        )
        before = {lacking[row]: values for row, *values in cursor.fetchall()}
    if not before:
        return one
    table = one.rows
    for at, name in enumerate(kept):
        place = table.schema.get_field_index(name)
        values = table[name].to_pylist()
        for row, said in before.items():
            if values[row] is None or name not in own:
                values[row] = bare(said[at]) if isinstance(said[at], datetime) else said[at]
        field = table.schema.field(place)
        table = table.set_column(place, field, pa.array(values, field.type))
    return _arriving(fact, table)


def _lacking_retractions(fact: str, rows: pa.Table) -> list[int]:
    """Places of retractions of which a column that every record has is empty."""
    if "retract" not in pc.unique(rows["action"]).to_pylist():
        return []
    empty = pa.scalar(False)
    for column in own_columns(declared(fact)):
        if column.declared.required:
            empty = pc.or_(pc.is_null(rows[column.name]), empty)
    where = pc.and_(pc.equal(rows["action"], "retract"), empty)
    return list(pc.indices_nonzero(where).to_pylist())


def _lay_out(fact: str, rows: Arriving) -> None:
    listed = ", ".join(f'"{name}"' for name in rows.columns)
    here = f"pg_temp.arriving_{fact}"
    common = sql.SQL("").join(
        sql.SQL(", ALTER COLUMN {} SET DEFAULT {}").format(sql.Identifier(name), _literal(value))
        for name, value in rows.common.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE arriving_{fact} (LIKE fact_{fact}) ON COMMIT DROP")
        cursor.execute(
            sql.SQL(
                f"ALTER TABLE {here} DROP COLUMN arrived_in, ADD COLUMN {LINE} bigint, ADD COLUMN {PART} int,"
                " ALTER COLUMN happened_at DROP NOT NULL"  # of a retraction of nothing that its sender sees
            )
            + common
        )
        with cursor.copy(f"COPY {here} ({listed}) FROM STDIN (FORMAT csv, NULL '')") as copy:
            copy.write(rows.text)
        cursor.execute(f"GRANT SELECT ON {here} TO sizao_web")
        cursor.execute("SELECT set_config('work_mem', %s, true)", [MEMORY])


def _literal(value: Any) -> sql.Literal:
    """A value of a column; moments are UTC without saying so."""
    return sql.Literal(value.replace(tzinfo=UTC) if isinstance(value, datetime) else value)


def _persons_in(fact: str) -> list[str]:
    return [column.name for column in own_columns(declared(fact)) if column.declared.of == "person"]


def _claim(given: Mapping[str, Arriving]) -> None:
    """People whom nobody knew become those of who sends them."""
    persons: set[str] = set()
    for fact, one in given.items():
        for name in _persons_in(fact):
            persons.update(pc.unique(one.rows[name].drop_null()).to_pylist())
    if persons:
        with connection.cursor() as cursor:
            # As one text: to write a list of thousands costs more than the question.
            joined = SEPARATOR.join(sorted(persons))
            if joined and joined.count(SEPARATOR) == len(persons) - 1:
                cursor.execute(f"SELECT sizao_claim_persons(string_to_array(%s, {_MARK}))", [joined])
            else:
                cursor.execute("SELECT sizao_claim_persons(%s)", [sorted(persons)])


def _forbidden(fact: str) -> list[tuple[int, list[str]]]:
    """Lines that the sender may not add, and the names of the conditions that do not hold."""
    asked = conditions(fact)
    holds = ", ".join(f"({sql}) IS TRUE" for sql in asked.values())
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM (SELECT {LINE}, {holds} FROM pg_temp.arriving_{fact} AS fact_{fact})"
            f" AS asked (line, {', '.join(f'c{at}' for at in range(len(asked)))})"
            f" WHERE NOT ({' AND '.join(f'c{at}' for at in range(len(asked)))})"
        )
        return [
            (row[0], [name for name, held in zip(asked, row[1:], strict=True) if not held])
            for row in cursor.fetchall()
        ]


def _there(scope: Scope, fact: str) -> list[tuple[int, int, bool]]:
    """Places whose row is there already: whether it is the same one. Of what stands elsewhere nothing is
    told."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT a.{LINE}, a.{PART}, there.body = a.body
                AND (there.area = %s OR there.area >= %s AND there.area < %s)
            FROM pg_temp.arriving_{fact} AS a JOIN fact_{fact} AS there USING (key_hi, key_lo)
            WHERE a.action = 'record' AND there.action = 'record'
            UNION ALL
            SELECT a.{LINE}, a.{PART}, true
            FROM pg_temp.arriving_{fact} AS a
            JOIN fact_{fact} AS there USING (key_hi, key_lo, source_version, body)
            WHERE a.action <> 'record' AND there.action <> 'record'""",
            [scope.area, f"{scope.area}/", f"{scope.area}0"],
        )
        return cursor.fetchall()


def _leave_out(fact: str, lines: Sequence[int], merged: set[Place]) -> None:
    if not lines and not merged:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM pg_temp.arriving_{fact} AS a WHERE a.{LINE} = ANY(%s) OR EXISTS (SELECT 1"
            f" FROM unnest(%s::bigint[], %s::int[]) AS m (line, part)"
            f" WHERE m.line = a.{LINE} AND m.part = a.{PART})",
            [list(lines), [line for line, _ in merged], [part for _, part in merged]],
        )


def _places(table: pa.Table, without: Sequence[int]) -> list[Place]:
    if without:
        table = table.filter(pc.invert(pc.is_in(table[LINE], pa.array(without, pa.int64()))))
    return list(zip(table[LINE].to_pylist(), table[PART].to_pylist(), strict=True))


def _add(fact: str, expected: int) -> None:
    names = ", ".join(f'"{column.name}"' for column in stored_columns(fact)) + ", body"
    try:
        with connection.cursor() as cursor:
            # By key: its indexes are walked in their order, and two files cannot wait for each other. Not ON
            # CONFLICT, which looks into each index twice: one row that is there ends it all.
            cursor.execute(
                f"INSERT INTO fact_{fact} ({names}) SELECT {names} FROM pg_temp.arriving_{fact}"
                " ORDER BY key_hi, key_lo, source_version"
            )
            if cursor.rowcount != expected:
                raise Overtaken(f"{fact}: {expected - cursor.rowcount} rows")
    except IntegrityError as cause:
        if not isinstance(cause.__cause__, UniqueViolation):
            raise
        raise Overtaken(f"{fact}: a row is there already") from cause


FORBIDDEN: Mapping[str, Words] = {
    "duty": Words("本岗位不登记这一事实", "this duty does not record this fact"),
    "area": Words("不在本岗位的区域内", "outside the area of this duty"),
    "person": Words("此人不由本岗位负责", "this duty does not answer for this person"),
    "about": Words(
        "此人、机构或区域不由本岗位负责", "this duty does not answer for whom or what it is about"
    ),
    "place": Words("此场所不在本岗位的范围内", "this place is outside the range of this duty"),
    "correction": Words("没有可见的原始记录可更正", "there is no record to correct that this duty sees"),
    "decision": Words("须由两人决定，不能由文件带来", "it takes a decision of two, and no file"),
    "offer": Words("没有这一移交", "there is no such hand-over"),
    "name": Words("登记人不符", "recorded in another name"),
}
"""What is said of a row that may not be added, by the name of the condition (`access.giving`)."""
