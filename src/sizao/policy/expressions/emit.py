"""Expression trees as SQL scalar text for the engine.

Three-valued logic is SQL's own. A date is DATE, an instant TIMESTAMP (UTC), whole days BIGINT, a duration
INTERVAL. Look-ups are not emitted here: the caller hands in the column in which a step left the value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sizao.policy.expressions.functions import FUNCTIONS
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
from sizao.terms.queries import literal
from sizao.terms.time import sql_local_day, sql_midnight

STAGE_START = "stage_start"


def no_lookups(call: Call) -> str:
    """For expressions in which look-ups may not stand (conditions of proofs and endings)."""
    raise ValueError(f"{call.function} reads other tables and cannot stand in the condition of a proof.")


@dataclass(frozen=True)
class Scope:
    """Where the names of an expression are found.

    zone: the zone that decides days. column: name of a column -> SQL. lookup: a look-up -> SQL of its value.
    An imprecise date is asked for as <name>_earliest and <name>_latest.
    """

    zone: str
    column: Callable[[str], str]
    lookup: Callable[[Call], str] = no_lookups


def signature(node: Node) -> str:
    """A text that two nodes share exactly when they mean the same, wherever they stand in a file."""
    match node:
        case Literal(value, type_):
            return f"{type_.name}:{value!r}"
        case ColumnOf(name):
            return name
        case Call(function, arguments):
            return f"{function}({', '.join(map(signature, arguments))})"
        case Compare(operator, left, right):
            return f"({signature(left)} {operator} {signature(right)})"
        case All(items):
            return f"all({', '.join(map(signature, items))})"
        case Any(items):
            return f"any({', '.join(map(signature, items))})"
        case Not(item):
            return f"not({signature(item)})"
        case OneOf(value, options):
            return f"in({', '.join(map(signature, (value, *options)))})"
        case IsMissing(value):
            return f"missing({signature(value)})"


def children(node: Node) -> tuple[Node, ...]:
    """The parts of a node, in the order of the text."""
    match node:
        case Call(_, arguments):
            return arguments
        case Compare(_, left, right):
            return (left, right)
        case All(items) | Any(items):
            return items
        case Not(item):
            return (item,)
        case OneOf(value, options):
            return (value, *options)
        case IsMissing(value):
            return (value,)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, in the order of the text."""
    yield node
    for child in children(node):
        yield from walk(child)


def lookups_in(node: Node) -> tuple[Call, ...]:
    """The look-ups of an expression in the order of the text, also those inside arguments; stays_of is
    none."""
    return tuple(
        one
        for one in walk(node)
        if isinstance(one, Call) and one.type is not Type.STAYS and FUNCTIONS[one.function].is_lookup
    )


def columns_in(node: Node) -> frozenset[str]:
    """The names of the columns an expression uses; an imprecise date by its declared name."""
    return frozenset(one.name for one in walk(node) if isinstance(one, ColumnOf))


def emit(node: Node, scope: Scope) -> str:
    """The SQL of an expression; its type is the node's, see the head of this module."""
    match node:
        case Literal(value, type_):
            return _constant(value, type_)
        case ColumnOf(name, type_):
            column = scope.column(name)
            # A stage starts at an instant; used as a date it is the local day of it.
            return sql_local_day(column, scope.zone) if name == STAGE_START and type_ is Type.DATE else column
        case Call():
            return _call(node, scope)
        case Compare(operator, left, right):
            return f"({emit(left, scope)} {operator} {emit(right, scope)})"
        case All(items):
            return "(" + " AND ".join(emit(item, scope) for item in items) + ")"
        case Any(items):
            return "(" + " OR ".join(emit(item, scope) for item in items) + ")"
        case Not(item):
            return f"(NOT {emit(item, scope)})"
        case OneOf(value, options):
            return f"({emit(value, scope)} IN ({', '.join(emit(option, scope) for option in options)}))"
        case IsMissing(value):
            return f"({emit(value, scope)} IS NULL)"


def interval(length: timedelta) -> str:
    """An elapsed length as an INTERVAL."""
    return f"INTERVAL '{length // timedelta(microseconds=1)}' MICROSECOND"


def as_day(node: Node, scope: Scope) -> str:
    """A DATE expression; an instant is taken at its local day."""
    text = emit(node, scope)
    instant = node.type is Type.INSTANT
    return sql_local_day(text, scope.zone) if instant else text


def as_instant(node: Node, scope: Scope) -> str:
    """A TIMESTAMP expression; a date is taken at its local 00:00."""
    text = emit(node, scope)
    return text if node.type is Type.INSTANT else sql_midnight(text, scope.zone)


def _constant(value: str | int | float | bool | date | datetime | timedelta | None, type_: Type) -> str:
    if isinstance(value, timedelta):
        return interval(value)
    if type_ is Type.DAYS:
        return f"CAST({literal(value)} AS BIGINT)"
    return literal(value)


def _call(call: Call, scope: Scope) -> str:
    if FUNCTIONS[call.function].is_lookup:
        return scope.lookup(call)
    if call.function in ("earliest", "latest_day"):
        return _imprecise(call, scope)
    if call.function == "is_in":
        return within_any(emit(call.arguments[0], scope), named_in(call))
    arguments = [emit(argument, scope) for argument in call.arguments]
    first, second = arguments[0], arguments[-1]
    match call.function:
        case "add_days":
            return f"CAST({first} + CAST({second} AS INTEGER) AS DATE)"
        case "days_between":
            return f"CAST({second} - {first} AS BIGINT)"
        case "earlier":
            return f"least({first}, {second})"
        case "later":
            return f"greatest({first}, {second})"
        case "day_of":
            return sql_local_day(first, scope.zone)
        case "start_of":
            return sql_midnight(first, scope.zone)
        case "is_within":
            return f"({first} = {second} OR starts_with({first}, {second} || '/'))"
        case "if_missing":
            return f"coalesce({first}, {second})"
    raise ValueError(f"The engine has no form for the function {call.function}.")


def named_in(call: Call) -> tuple[str, ...]:
    """The areas and places named by a call of is_in or last_day_at."""
    named = call.arguments[1]
    if not isinstance(named, Literal) or not isinstance(named.value, str):
        raise ValueError(f"{call.function} takes areas or places that are written out.")
    return tuple(named.value.split())


def within_any(area: str, named: tuple[str, ...]) -> str:
    """Whether an area is one of those named or lies in it; not known without an area."""
    tests = (f"{area} = {literal(one)} OR starts_with({area}, {literal(one + '/')})" for one in named)
    return f"({' OR '.join(tests)})"


def _imprecise(call: Call, scope: Scope) -> str:
    column = call.arguments[0]
    if not isinstance(column, ColumnOf):
        raise ValueError(f"{call.function} takes a column that is an imprecise date.")
    if call.function == "earliest":
        return scope.column(f"{column.name}_earliest")
    return f"CAST({scope.column(f'{column.name}_latest')} - 1 AS DATE)"
