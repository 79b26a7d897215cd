"""From the columns that a file gives to the whole table of a fact: stated defaults, keys, checks of rows.

What a row need not say, and what stands there then:

    source_system   the word "folder"
    source_record   "row-" and 32 hexadecimal digits of its own columns (and of happened_at, where that is the
                    event and is given): the same row again is the same fact
    source_version  1                          action       record
    happened_at     the event of the fact (a date: its midnight in the zone), else known_at, else 2000-01-01
    known_at        happened_at, and the row is then marked `derived`
    recorded_at     known_at                   recorded_by  the word "folder"
    area            its own required area (where somebody lives), else the area given for the folder
    history         false                      derived      false
    fact_id         a UUID of version 7 made of recorded_at and the row
    key_hi, key_lo  are computed; where a file gives them they must be equal to that

Sheets that are taken in (`sizao.intake`) have the same records and the same checks. Only `known_at` differs:
a sheet without it became known when it was taken in, but files that somebody put into a folder have no such
moment, so there a fact is taken as known when it happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

import pyarrow as pa
import pyarrow.compute as pc

from sizao.facts.checks import CALENDAR, Problem, check_code, expected
from sizao.facts.declaration import ColumnType, Fact
from sizao.facts.row_checks import broken, demand
from sizao.facts.schemas import StoredColumn, arrow_schema, own_columns, stored_columns
from sizao.terms.areas import is_area
from sizao.terms.identifiers import SEPARATOR, natural_keys, uuid7
from sizao.terms.time import midnight
from sizao.terms.words import Words

BEGINNING = datetime(2000, 1, 1)

RowProblem = tuple[int, Words]
_Columns = Mapping[str, pa.Array]
"""Columns by name, or a table: a column is asked of both in the same way."""


@dataclass(frozen=True)
class Defaults:
    """What the folder says for all its rows."""

    zone: str
    area: str


def complete(fact: Fact, given: pa.Table, defaults: Defaults) -> tuple[pa.Table, list[RowProblem]]:
    """The table of a fact in its schema, and (row, words) for every row that must be mended.

    `given` has some of the fact's columns, already of their types.
    """
    names = frozenset(given.column_names)
    schema = arrow_schema(fact.name)
    columns = {
        column.name: given[column.name].combine_chunks().cast(column.arrow)
        if column.name in names
        else pa.nulls(given.num_rows, column.arrow)
        for column in stored_columns(fact.name)
    }
    if problems := list(_out_of_calendar(fact, columns)):
        return pa.table(columns, schema=schema), problems
    unnamed = list(_unnamed_corrections(columns))
    for name, default in _FILLED:
        if columns[name].null_count:
            columns[name] = pc.coalesce(columns[name], default(fact, columns, defaults))
    keys = natural_keys(fact.name, columns["source_system"], columns["source_record"])
    problems = [
        *unnamed,
        *_other_keys(columns, keys),
        *_missing(fact, columns),
        *_wrong_values(fact, columns),
        *_broken_rows(fact, columns),
    ]
    columns["key_hi"], columns["key_lo"] = keys
    if columns["fact_id"].null_count and not problems:
        columns["fact_id"] = pc.coalesce(columns["fact_id"], _row_ids(fact, columns))
    return pa.table(columns, schema=schema), problems


def bodies(fact: Fact, table: _Columns) -> pa.Array:
    """One text for each row of its own columns, for comparing rows; text of its kind, not for people.

    A column that joined the fact later is told at the end, by its name, and only where it is filled in: what
    was stored before it was there is still the same row when it is sent again.
    """
    own = own_columns(fact)
    texts = [_text(table, column) for column in own if not column.declared.later]
    whole = pc.binary_join_element_wise(*texts, SEPARATOR, null_handling="replace", null_replacement="\x00")
    for column in (one for one in own if one.declared.later):
        named = pc.binary_join_element_wise(SEPARATOR, f"{column.name}=", _text(table, column), "")
        whole = pc.binary_join_element_wise(whole, pc.coalesce(named, pa.scalar("")), "")
    return whole.cast(pa.string())


def _text(table: _Columns, column: StoredColumn) -> pa.Array:
    return pc.cast(_column(table, column.name), pa.string())


def check_values(fact: Fact, table: _Columns) -> list[RowProblem]:
    """What is wrong in the rows of a whole table: missing values, unknown codes, order of dates."""
    return [
        *_out_of_calendar(fact, table),
        *_missing(fact, table),
        *_wrong_values(fact, table),
        *_broken_rows(fact, table),
    ]


def _column(table: _Columns, name: str) -> pa.Array:
    values = table[name]
    return values if isinstance(values, pa.Array) else values.combine_chunks()


def _event(fact: Fact, table: _Columns, defaults: Defaults) -> pa.Array:
    if fact.event == "happened_at":
        return pc.coalesce(_column(table, "known_at"), pa.scalar(BEGINNING, pa.timestamp("us")))
    values = _column(table, fact.event)
    if fact.column(fact.event).type is ColumnType.DATE:
        days = values.dictionary_encode()
        starts = [midnight(day, defaults.zone) for day in days.dictionary.to_pylist()]
        values = pa.array(starts, pa.timestamp("us")).take(days.indices)
    return pc.coalesce(values, _column(table, "known_at"), pa.scalar(BEGINNING, pa.timestamp("us")))


def _area(fact: Fact, table: _Columns, defaults: Defaults) -> pa.Array:
    own = [column.name for column in fact.columns if column.type is ColumnType.AREA and column.required]
    return pc.coalesce(_column(table, own[0]), defaults.area) if own else pa.scalar(defaults.area)


def row_records(fact: Fact, table: _Columns, stated: pa.Array) -> pa.Array:
    """The records of rows whose source names none. `stated`: happened_at where the source gives it."""
    texts = bodies(fact, table)
    if fact.event == "happened_at":
        moments = pc.fill_null(pc.cast(stated, pa.string()), "")
        texts = pc.binary_join_element_wise(texts, moments, SEPARATOR)
    digests = (sha256(text.encode()).hexdigest()[:32] for text in texts.to_pylist())
    return pa.array([f"row-{digest}" for digest in digests], pa.string())


def _record(fact: Fact, table: _Columns, defaults: Defaults) -> pa.Array:
    return row_records(fact, table, _column(table, "happened_at"))


_Default = Callable[[Fact, _Columns, Defaults], pa.Array | pa.Scalar]

# In the order in which one rests on another: derived before known_at, which happened_at fills.
_FILLED: tuple[tuple[str, _Default], ...] = (
    ("source_system", lambda fact, table, defaults: pa.scalar("folder")),
    ("source_record", _record),
    ("source_version", lambda fact, table, defaults: pa.scalar(1, pa.int64())),
    ("action", lambda fact, table, defaults: pa.scalar("record")),
    ("happened_at", _event),
    ("derived", lambda fact, table, defaults: pc.is_null(_column(table, "known_at"))),
    ("known_at", lambda fact, table, defaults: _column(table, "happened_at")),
    ("recorded_at", lambda fact, table, defaults: _column(table, "known_at")),
    ("recorded_by", lambda fact, table, defaults: pa.scalar("folder")),
    ("area", _area),
    ("history", lambda fact, table, defaults: pa.scalar(False)),
)


def _row_ids(fact: Fact, table: _Columns) -> pa.Array:
    names = ("source_system", "source_record", "source_version", "action", "known_at")
    said = [pc.cast(_column(table, name), pa.string()) for name in names]
    texts = pc.binary_join_element_wise(pa.scalar(fact.name), *said, bodies(fact, table), SEPARATOR)
    moments = pc.cast(pc.cast(_column(table, "recorded_at"), pa.timestamp("ms"), safe=False), pa.int64())
    return pa.array(
        [
            uuid7(max(moment, 0), sha256(text.encode()).digest()[:10])
            for moment, text in zip(moments.to_pylist(), texts.to_pylist(), strict=True)
        ]
    )


def _rows(where: pa.Array) -> list[int]:
    # Nearly always none: to count them costs a tenth of what it costs to list them.
    return pc.indices_nonzero(where).to_pylist() if where.true_count else []


def _other_keys(table: _Columns, keys: tuple[pa.Array, pa.Array]) -> Iterable[RowProblem]:
    words = Words(
        "key_hi、key_lo 与由 source_system 和 source_record 算出的不同；请删去这两列。",
        "key_hi and key_lo are not those of source_system and source_record; leave both columns out.",
    )
    for name, values in zip(("key_hi", "key_lo"), keys, strict=True):
        given = _column(table, name)
        if given.null_count < len(given):
            yield from ((row, words) for row in _rows(pc.not_equal(given, values)))


def _unnamed_corrections(table: _Columns) -> Iterable[RowProblem]:
    """Rows that correct or retract and do not name their record: one made of their columns is another."""
    words = Words(
        "更正或撤回须写明来源记录（source_record）。",
        "A row that replaces or retracts must say which record it is: fill in 'source_record'.",
    )
    if not _column(table, "source_record").null_count:
        return
    corrects = pc.not_equal(_column(table, "action"), "record")
    where = pc.and_(corrects, pc.is_null(_column(table, "source_record")))
    yield from ((row, words) for row in _rows(where))


def _missing(fact: Fact, table: _Columns) -> Iterable[RowProblem]:
    """Own columns that must not be empty, except in a retraction; a retraction needs its reason."""
    retracted = pc.equal(_column(table, "action"), "retract")
    kept = pc.invert(retracted)
    for column in own_columns(fact):
        values = _column(table, column.name)
        if column.declared.required and values.null_count:
            words = _words(Problem(column.name, None, expected(column.declared)))
            yield from ((row, words) for row in _rows(pc.and_(kept, pc.is_null(values))))
    if retracted.true_count:
        words = Words("撤回必须写明理由（reason）。", "A row that retracts must say why: fill in 'reason'.")
        where = pc.and_(retracted, pc.is_null(_column(table, "reason")))
        yield from ((row, words) for row in _rows(where))


def _out_of_calendar(fact: Fact, table: _Columns) -> Iterable[RowProblem]:
    for column in stored_columns(fact.name):
        if column.arrow in (pa.date32(), pa.timestamp("us")):
            values = _column(table, column.name)
            first, last = _ends(column.arrow)
            outside = pc.or_(pc.less(values, first), pc.greater_equal(values, last))
            for row in _rows(outside):
                problem = Problem(column.name, str(values[row]), expected(column.declared))
                yield row, _words(problem)


@lru_cache(maxsize=4)
def _ends(kind: pa.DataType) -> tuple[pa.Scalar, pa.Scalar]:
    """The first and the last day of the calendar, as values of this kind."""
    first, last = (pa.scalar(day, pa.date32()).cast(kind) for day in CALENDAR)
    return first, last


def _wrong_values(fact: Fact, table: _Columns) -> Iterable[RowProblem]:
    for column in stored_columns(fact.name):
        if column.declared.type in (ColumnType.CODE, ColumnType.AREA):
            coded = _column(table, column.name).dictionary_encode()
            problems = {text: _problem(column, text) for text in coded.dictionary.to_pylist()}
            wrong = {text: _words(problem) for text, problem in problems.items() if problem is not None}
            if wrong:
                texts = _column(table, column.name).to_pylist()
                yield from ((row, wrong[text]) for row, text in enumerate(texts) if text in wrong)
    words = Words(
        "source_version 须为从 1 起的整数。", "'source_version' must be a whole number from 1 upwards."
    )
    yield from ((row, words) for row in _rows(pc.less(_column(table, "source_version"), 1)))


def _problem(column: StoredColumn, text: str) -> Problem | None:
    if column.declared.type is ColumnType.CODE:
        return check_code(column, text)
    return None if is_area(text) else Problem(column.name, text, expected(column.declared))


def _broken_rows(fact: Fact, table: _Columns) -> Iterable[RowProblem]:
    for check, rows in broken(fact, table):
        said = demand(check)
        words = Words(f"应满足：{said.zh}。", f"Expected {said.en}.")
        yield from ((row, words) for row in rows)


def _words(problem: Problem) -> Words:
    return Words(problem.say("zh"), problem.say("en"))
