"""What is checked of rows of a stream before they are taken: whole columns at once, nothing row by row."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sizao.facts.checks import Problem, check_code, expected
from sizao.facts.completion import RowProblem
from sizao.facts.declaration import ColumnType, Fact
from sizao.facts.row_checks import broken, demand
from sizao.facts.schemas import StoredColumn, own_columns
from sizao.terms.words import Words

LONGEST = 200  # bytes of an identifier or text: what is longer is no identifier
RECORD = "source_record"


def sent_columns(fact: Fact) -> pa.Schema:
    """What a row of a stream is sent as: its own columns and its record in the system it comes from."""
    own = [pa.field(column.name, column.arrow) for column in own_columns(fact)]
    return pa.schema([*own, pa.field(RECORD, pa.string())])


def checked(
    fact: Fact, rows: pa.Table, *, first: datetime, last: datetime
) -> tuple[pa.Table, list[RowProblem]]:
    """The rows in their columns and types, and (row, words) for every row that must be mended.

    first, last: the event lies in [first, last), UTC without zone; what is older would be dropped at once.
    Columns that a stream does not have are a problem of row 0: they would be lost in silence.
    """
    schema = sent_columns(fact)
    if unknown := [name for name in rows.column_names if name not in schema.names]:
        return schema.empty_table(), [(0, _unknown(unknown[0], schema))]
    columns, problems = [], []
    for field in schema:
        try:
            columns.append(_typed(rows, field))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            problems.append((0, _wrong_type(field)))
    if problems:
        return schema.empty_table(), problems
    table = pa.table(columns, schema=schema)
    return table, [
        *_missing(fact, table),
        *_unfit_texts(table),
        *_wrong_codes(fact, table),
        *_out_of_window(fact, table, first, last),
        *_broken(fact, table),
    ]


def _typed(rows: pa.Table, field: pa.Field) -> pa.Array:
    if field.name not in rows.column_names:
        return pa.nulls(rows.num_rows, field.type)
    column = rows[field.name]
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        column = column.cast(pa.timestamp("us", "UTC"))
    found = column.cast(field.type).combine_chunks()
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def _places(where: pa.Array) -> list[int]:
    found: list[int] = pc.indices_nonzero(pc.fill_null(where, False)).to_pylist()
    return found


def _missing(fact: Fact, table: pa.Table) -> list[RowProblem]:
    required = {column.name: column for column in own_columns(fact) if column.declared.required}
    problems = []
    for name in (*required, RECORD):
        column = table[name]
        empty = pc.equal(column, "") if pa.types.is_string(column.type) else None
        if column.null_count or (empty is not None and pc.any(empty).as_py()):
            where = pc.is_null(column) if empty is None else pc.or_kleene(pc.is_null(column), empty)
            said = _said(required[name]) if name in required else _NO_RECORD
            problems += [(row, said) for row in _places(where)]
    return problems


_NO_RECORD = Words(
    "缺少来源记录（source_record）：没有它，重发的行无法识别。",
    "'source_record' is missing: without it a row that is sent again cannot be told from a new one.",
)


def _said(column: StoredColumn) -> Words:
    problem = Problem(column.name, None, expected(column.declared))
    return Words(problem.say("zh"), problem.say("en"))


def _unfit_texts(table: pa.Table) -> list[RowProblem]:
    problems = []
    for field in table.schema:
        if pa.types.is_string(field.type):
            column = table[field.name]
            if (pc.max(pc.binary_length(column)).as_py() or 0) > LONGEST:
                words = Words(
                    f"“{field.name}”超过{LONGEST}字节。", f"{field.name!r} is longer than {LONGEST} bytes."
                )
                problems += [(row, words) for row in _places(pc.greater(pc.binary_length(column), LONGEST))]
            if _holds_control(column):
                control = pc.match_substring_regex(column, r"[\x00-\x1f]")
                words = Words(f"“{field.name}”含控制字符。", f"{field.name!r} holds a control character.")
                problems += [(row, words) for row in _places(control)]
    return problems


def _holds_control(column: pa.ChunkedArray) -> bool:
    """Whether any byte of these texts is a control character, in one look at all of them."""
    for text in column.chunks:
        _, offsets, content = text.buffers()
        if content is not None and len(text):
            ends = np.frombuffer(offsets, np.int32, count=len(text) + 1, offset=4 * text.offset)
            if (np.frombuffer(content, np.uint8)[ends[0] : ends[-1]] < _PRINTED).any():
                return True
    return False


_PRINTED = 0x20  # what is below it is a control character


def _wrong_codes(fact: Fact, table: pa.Table) -> list[RowProblem]:
    problems = []
    for column in own_columns(fact):
        if column.declared.type is ColumnType.CODE:
            coded = table[column.name].combine_chunks().dictionary_encode()
            found = {text: check_code(column, text) for text in coded.dictionary.to_pylist()}
            for text, problem in found.items():
                if problem is not None:
                    words = Words(problem.say("zh"), problem.say("en"))
                    problems += [(row, words) for row in _places(pc.equal(table[column.name], text))]
    return problems


def _out_of_window(fact: Fact, table: pa.Table, first: datetime, last: datetime) -> list[RowProblem]:
    column = table[fact.event]
    low, high = pa.scalar(first, column.type), pa.scalar(last, column.type)
    ends = pc.min_max(column)
    if not table.num_rows or ends["min"].as_py() is None:
        return []
    problems = []
    if ends["min"].as_py() < first:
        words = Words(
            f"“{fact.event}”早于保存期限（{first:%Y-%m-%d %H:%M} UTC），不收。",
            f"{fact.event!r} is older than what is kept (from {first:%Y-%m-%d %H:%M} UTC on): not taken.",
        )
        problems += [(row, words) for row in _places(pc.less(column, low))]
    if ends["max"].as_py() >= last:
        words = Words(
            f"“{fact.event}”在将来（晚于{last:%Y-%m-%d %H:%M} UTC）。请检查设备时钟。",
            f"{fact.event!r} lies in the future (after {last:%Y-%m-%d %H:%M} UTC). Check the device's clock.",
        )
        problems += [(row, words) for row in _places(pc.greater_equal(column, high))]
    return problems


def _broken(fact: Fact, table: pa.Table) -> list[RowProblem]:
    problems = []
    for check, places in broken(fact, table):
        said = demand(check)
        words = Words(f"应满足：{said.zh}。", f"Expected {said.en}.")
        problems += [(row, words) for row in places]
    return problems


def _unknown(name: str, schema: pa.Schema) -> Words:
    names = ", ".join(schema.names)
    return Words(f"没有“{name}”这一列；列为：{names}。", f"There is no column {name!r}; there are: {names}.")


def _wrong_type(field: pa.Field) -> Words:
    return Words(f"“{field.name}”应为{field.type}。", f"{field.name!r} should be {field.type}.")
