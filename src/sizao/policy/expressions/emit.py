"""Expression trees as SQL scalar text for the engine.

Three-valued logic is SQL's own. A date is DATE, an instant TIMESTAMP (UTC), whole days BIGINT, a duration
INTERVAL. Look-ups are not emitted here: the caller hands in the column in which a step left the value.
"""

from __future__ import annotations

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
)


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
