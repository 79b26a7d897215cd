"""Expressions over columns of Arrow: for rows on their way in, where no engine runs.

The same three-valued logic as in SQL; a test holds the two together. What only packs need (look-ups,
imprecise dates) has no form here, and a rule that uses it is refused when it is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from sizao.policy.expressions.tree import (
    All,
    Any,
    Call,
    ColumnOf,
    Compare,
    IsMissing,
    Literal,
    Node,
    Not,
    OneOf,
    Type,
)

_COMPARE = {
    "=": pc.equal,
    "<>": pc.not_equal,
    "<": pc.less,
    "<=": pc.less_equal,
    ">": pc.greater,
    ">=": pc.greater_equal,
}


def evaluate(node: Node, columns: Mapping[str, pa.Array], zone: str) -> pa.Array:
    """The value of an expression for every row; a scalar where it is the same for all."""
    match node:
        case Literal(value, type_):
            return _constant(value, type_)
        case ColumnOf(name, _):
            return columns[name]
        case Compare(operator, left, right):
            return _COMPARE[operator](evaluate(left, columns, zone), evaluate(right, columns, zone))
        case All(items) | Any(items):
            join = pc.and_kleene if isinstance(node, All) else pc.or_kleene
            found = evaluate(items[0], columns, zone)
            for item in items[1:]:
                found = join(found, evaluate(item, columns, zone))
            return found
        case Not(item):
            return pc.invert(evaluate(item, columns, zone))
        case OneOf(value, options):
            asked = evaluate(value, columns, zone)
            among = pa.array([option.value for option in options], asked.type)
            found = pc.is_in(asked, value_set=among)
            return pc.if_else(pc.is_null(asked), pa.scalar(None, pa.bool_()), found)
        case IsMissing(value):
            return pc.is_null(evaluate(value, columns, zone))
    return _call(node, columns, zone)


def _constant(value: str | int | float | bool | date | datetime | timedelta | None, type_: Type) -> pa.Scalar:
    match type_:
        case Type.DAYS:
            return pa.scalar(value, pa.int64())
        case Type.DURATION:
            return pa.scalar(value, pa.duration("us"))
        case Type.INSTANT:
            return pa.scalar(value, pa.timestamp("us"))
        case Type.DATE:
            return pa.scalar(value, pa.date32())
    return pa.scalar(value)


def _call(call: Call, columns: Mapping[str, pa.Array], zone: str) -> pa.Array:
    given = [evaluate(argument, columns, zone) for argument in call.arguments]
    first, second = given[0], given[-1]
    match call.function:
        case "add_days":
            return pc.cast(pc.add(pc.cast(first, pa.int32()), pc.cast(second, pa.int32())), pa.date32())
        case "days_between":
            days = pc.subtract(pc.cast(second, pa.int32()), pc.cast(first, pa.int32()))
            return pc.cast(days, pa.int64())
        case "earlier" | "later":
            pick = pc.min_element_wise if call.function == "earlier" else pc.max_element_wise
            return pick(first, second, skip_nulls=True)
        case "day_of":
            return local_days(first, zone)
        case "start_of":
            local = pc.assume_timezone(
                pc.cast(first, pa.timestamp("us")), zone, ambiguous="earliest", nonexistent="latest"
            )
            return pc.cast(local.cast(pa.timestamp("us", "UTC")), pa.timestamp("us"))
        case "is_within":
            return _is_within(first, second)
        case "if_missing":
            return pc.coalesce(first, second)
    raise ValueError(f"{call.function} has no form for rows on their way in.")


def local_days(instants: pa.Array, zone: str) -> pa.Array:
    """The civil day in the zone that holds each instant (UTC without a mark)."""
    local = pc.local_timestamp(pc.cast(instants, pa.timestamp("us", "UTC")).cast(pa.timestamp("us", zone)))
    return pc.cast(pc.floor_temporal(local, unit="day"), pa.date32())


def _is_within(inner: pa.Array, outer: pa.Array) -> pa.Array:
    """Whether a path is the other or begins with it and a slash."""
    rows = len(inner) if isinstance(inner, pa.Array) else len(outer)
    sides = [
        side.to_pylist() if isinstance(side, pa.Array) else [side.as_py()] * rows for side in (inner, outer)
    ]
    return pa.array(
        [
            None if one is None or other is None else f"{one}/".startswith(f"{other}/")
            for one, other in zip(*sides, strict=True)
        ],
        pa.bool_(),
    )
