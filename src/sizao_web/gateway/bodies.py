"""One record as JSON: read strictly, each value judged by the dictionary's own check.

Flat, with the names of the dictionary, as in a line of a batch or a row of a sheet: own columns of the fact
beside source_record, source_version, action and reason. Who sends and where it is recorded says the key.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NoReturn

from sizao.facts.checks import Problem as WrongValue
from sizao.facts.checks import expected, read_value
from sizao.facts.declaration import ColumnType
from sizao.facts.dictionary import DECLARED
from sizao.facts.schemas import StoredColumn, own_columns, stored_columns
from sizao.intake.persons import HEADINGS, NUMBER
from sizao.terms.words import Words
from sizao_web.gateway.problems import Fault, Problem, pointer, wrong_count
from sizao_web.records.actions.record_from_partner import Sent

LARGEST = 64 * 1024
"""Bytes of one record."""
LONGEST = {ColumnType.TEXT: 2_000}
LONGEST_NAME = 200
"""Characters of an identifier, a code, a path: what an index of the database can hold."""
NAME = HEADINGS["name"][0]
WHO: Mapping[str, str] = MappingProxyType({names[0]: said for said, names in HEADINGS.items()})
"""Fields by which a record may name somebody instead of by number -> what they say; as headings of sheets."""
LONGEST_WHO = 300
KEY_FIELDS = ("source_record", "source_version", "action", "reason")
ACTIONS = ("record", "replace", "retract")
LARGEST_VERSION = (1 << 63) - 1
ZONED = Words(
    "带时区的时间，如 2020-06-18T08:00:00+08:00", "a moment with its zone, such as 2020-06-18T08:00:00+08:00"
)
_WHOLE = (ColumnType.COUNT,)
_NUMBERS = (ColumnType.COUNT, ColumnType.NUMBER)


@lru_cache(maxsize=256)
def fields_of(fact: str) -> Mapping[str, StoredColumn]:
    """The fields of a record beside its key: own columns, and happened_at where no column is the event."""
    own = {column.name: column for column in own_columns(DECLARED[fact])}
    if DECLARED[fact].event == "happened_at":
        own["happened_at"] = next(one for one in stored_columns(fact) if one.name == "happened_at")
    return own


def longest(column: StoredColumn) -> int:
    """Characters that a text of this column may have."""
    return LONGEST.get(column.declared.type, LONGEST_NAME)


def object_of(body: bytes) -> dict[str, Any]:
    """The JSON object of a body. Problem for anything else."""
    try:
        text = body.decode("utf-8")
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except UnicodeDecodeError:
        raise _malformed("内容不是 UTF-8。", "The body is not UTF-8.") from None
    except (ValueError, RecursionError) as cause:
        zh = en = ""
        if isinstance(cause, json.JSONDecodeError):
            zh, en = (
                f"（第 {cause.lineno} 行第 {cause.colno} 列）",
                f" (line {cause.lineno}, column {cause.colno})",
            )
        twice = isinstance(cause, _Twice)
        raise _malformed(
            f"内容不是合法的 JSON{zh}。" + ("对象中有重复的名称。" if twice else ""),
            f"The body is no valid JSON{en}." + (" A name stands twice in one object." if twice else ""),
        ) from None
    if not isinstance(found, dict):
        raise _malformed("内容应为一个 JSON 对象。", "The body must be one JSON object.")
    return found


def record_of(fact: str, given: Mapping[str, Any]) -> Sent:
    """One record of a fact. Problem names every field that is wrong."""
    fields = fields_of(fact)
    known = (*fields, *KEY_FIELDS, *(WHO if names_a_person(fact) else ()))
    unknown = [name for name in given if name not in known]
    if unknown:
        raise Problem(
            "unknown-field",
            Words("有未声明的字段，没有保存。", "There are fields that are not declared; nothing was kept."),
            [unknown_field(name, known) for name in unknown],
        )
    faults: list[Fault] = []
    record = _name(given.get("source_record"), faults)
    version = _version(given.get("source_version", 1), faults)
    action = _action(given.get("action", "record"), faults)
    reason = _reason(given.get("reason"), faults)
    if action != "record" and not (reason or "").strip():
        faults.append(Fault(pointer("reason"), _NO_REASON))
    retracted = action == "retract"
    who = _who(given, faults)
    values = {}
    for name, column in fields.items():
        value = given.get(name)
        if value is None and (retracted or name == "happened_at" or (who and name == NUMBER)):
            continue
        found = value_of(column, value)
        if isinstance(found, Fault):
            faults.append(found)
        else:
            values[name] = found
    if faults:
        raise Problem("wrong-values", wrong_count(len(faults)), faults)
    return Sent(fact, record, version, action, reason, values, {} if retracted else who)


@lru_cache(maxsize=256)
def names_a_person(fact: str) -> bool:
    """Whether a record of the fact may name somebody by what they are known by, instead of by number."""
    return any(column.name == NUMBER and column.of == "person" for column in DECLARED[fact].columns)


def without_names(given: Mapping[str, Any]) -> dict[str, Any]:
    """A body without what somebody is known by: names are kept sealed or not at all."""
    return {name: value for name, value in given.items() if name not in WHO}


def _who(given: Mapping[str, Any], faults: list[Fault]) -> dict[str, str]:
    """What the record says of somebody, by the names of its fields; with a number beside it is a fault."""
    found = {name: given[name] for name in WHO if given.get(name) is not None}
    if not found:
        return {}
    for name, value in found.items():
        problem = unfit(value, LONGEST_WHO) if isinstance(value, str) else _NO_TEXT
        if problem:
            faults.append(Fault(pointer(name), problem))
    if given.get(NUMBER) is not None:
        faults.append(Fault(pointer(NUMBER), _ONE_OF_BOTH))
    if NAME not in found:
        faults.append(Fault(pointer(NAME), _NO_NAME))
    return {name: str(value) for name, value in found.items()}


_NO_REASON = Words(
    "更正和撤回须写明理由（reason）。", "A correction or retraction must say why: fill in the reason."
)
_NO_TEXT = Words("应为文字。", "A text is expected.")
_ONE_OF_BOTH = Words(
    "编号与姓名证件只写其一。", "Give the number or what somebody is known by, and not both."
)
_NO_NAME = Words("须写姓名。", "The name is required.")


def value_of(column: StoredColumn, value: Any) -> Any:
    """The typed value of a column, None, or a Fault."""
    name, kind = column.name, column.declared.type
    right = _is_of(kind, value)
    if value is not None and not right:
        return _wrong(WrongValue(name, _shown(value), _expected(column)))
    text = _text(kind, value)
    if text is not None and (problem := unfit(text, longest(column))):
        return Fault(pointer(name), problem)
    found = read_value(column, text)
    if isinstance(found, WrongValue):
        return _wrong(replace(found, expected=_expected(column)))
    if isinstance(found, datetime):
        # In a sheet a moment without a zone is the city's clock, elsewhere it would be UTC: one text, two
        # moments eight hours apart, and nobody would notice.
        if datetime.fromisoformat(str(text).strip()).tzinfo is None:
            return _wrong(WrongValue(name, text, ZONED))
        return found.replace(tzinfo=UTC)
    return found


def _expected(column: StoredColumn) -> Words:
    return ZONED if column.declared.type is ColumnType.INSTANT else expected(column.declared)


def _is_of(kind: ColumnType, value: Any) -> bool:
    """Whether the JSON type is the column's: a number is not a text, true is not 1."""
    if kind is ColumnType.FLAG:
        return isinstance(value, bool)
    if kind in _NUMBERS:
        whole = isinstance(value, int) and not isinstance(value, bool)
        return whole or (kind not in _WHOLE and isinstance(value, float))
    return isinstance(value, str)


def _text(kind: ColumnType, value: Any) -> str | None:
    if value is None:
        return None
    return json.dumps(value) if kind in (*_NUMBERS, ColumnType.FLAG) else str(value)


def unfit(text: str, most: int) -> Words | None:
    """Why a text cannot be kept: a sign that no table holds, or too long."""
    if len(text) > most:
        return Words(f"最多 {most} 个字符。", f"At most {most} characters.")
    if any((sign < " " and sign not in "\t\n\r") or "\ud800" <= sign <= "\udfff" for sign in text):
        return Words("含有不能保存的控制字符。", "It holds a control character that cannot be kept.")
    return None


def _name(value: Any, faults: list[Fault]) -> str:
    at = pointer("source_record")
    if not isinstance(value, str) or not value.strip():
        wanted = Words(
            "source_record 必填：贵方系统中这条记录的编号。",
            "source_record is required: the number of the record in your system.",
        )
        faults.append(Fault(at, wanted))
        return ""
    if problem := unfit(value, LONGEST_NAME):
        faults.append(Fault(at, problem))
    return value.strip()


def _version(value: Any, faults: list[Fault]) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LARGEST_VERSION:
        return value
    wanted = Words("source_version 应为从 1 起的整数。", "source_version must be a whole number from 1.")
    faults.append(Fault(pointer("source_version"), wanted))
    return 1


def _action(value: Any, faults: list[Fault]) -> str:
    if value in ACTIONS:
        return str(value)
    wanted = Words(f"action 应为 {'、'.join(ACTIONS)} 之一。", f"action must be one of {', '.join(ACTIONS)}.")
    faults.append(Fault(pointer("action"), wanted, _nearest(str(value)[:50], ACTIONS)))
    return "record"


def _reason(value: Any, faults: list[Fault]) -> str | None:
    if value is None:
        return None
    problem = None if isinstance(value, str) else Words("reason 应为文字。", "reason must be a text.")
    problem = problem or unfit(value, LONGEST[ColumnType.TEXT])
    if problem:
        faults.append(Fault(pointer("reason"), problem))
        return None
    return str(value)


def _wrong(problem: WrongValue) -> Fault:
    words = Words(problem.say("zh"), problem.say("en"))
    return Fault(pointer(problem.column), words, problem.nearest)


def unknown_field(name: str, known: Iterable[str]) -> Fault:
    """A field that is not declared, with the nearest that is."""
    nearest = _nearest(name, known)
    zh, en = f"没有字段“{name[:60]}”。", f"There is no field {name[:60]!r}."
    if nearest:
        zh, en = f"{zh}是否为“{nearest}”？", f"{en} Did you mean {nearest!r}?"
    return Fault(pointer(name), Words(zh, en), nearest)


def _nearest(text: str, known: Iterable[str]) -> str | None:
    found = get_close_matches(text, list(known), n=1, cutoff=0.5)
    return found[0] if found else None


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:60]


class _Twice(ValueError):
    """A name stands twice in one object: which one is meant nobody knows."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Twice("a name stands twice")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _malformed(zh: str, en: str) -> Problem:
    return Problem("malformed", Words(zh, en))
