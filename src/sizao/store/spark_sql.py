"""The SQL of a step as Spark SQL. Steps are written in the subset that DuckDB runs; sqlglot knows most of it.

>>> spark_sql("SELECT struct_pack(a := 1).a AS n")
'SELECT STRUCT(1 AS a).a AS n'
"""

from __future__ import annotations

from functools import lru_cache

import sqlglot
from sqlglot import exp

_WIDE = {exp.DType.UBIGINT: "DECIMAL(20, 0)", exp.DType.INT128: "DECIMAL(38, 0)"}
"""Integers that Spark has not, as decimals that hold them."""


_CHANGED = (exp.Cast, exp.ArrayFilter, exp.Split, exp.DayOfWeekIso, exp.Anonymous)


@lru_cache(maxsize=4096)
def spark_sql(sql: str) -> str:
    """One SELECT of the subset in Spark's dialect."""
    tree = sqlglot.parse_one(sql, read="duckdb")
    # The innermost first: what is replaced may hold what is to be replaced.
    for node in reversed(list(tree.find_all(*_CHANGED))):
        changed = _in_spark(node)
        if changed is not None:
            node.replace(changed)
    return tree.sql(dialect="spark")


def _in_spark(node: exp.Expr) -> exp.Expr | None:
    """What stands for a node in Spark; None where sqlglot knows."""
    if isinstance(node, exp.Cast) and node.to.this in _WIDE:
        digits = _hexadecimal(node.this)
        value = node.this
        if digits is not None:
            value = exp.func("conv", digits, exp.Literal.number(16), exp.Literal.number(10))
        return exp.Cast(this=value, to=exp.DataType.build(_WIDE[node.to.this], dialect="spark"))
    if isinstance(node, exp.ArrayFilter) and (listed := _first_of_each(node)) is not None:
        return exp.func("array_distinct", listed)
    if isinstance(node, exp.DayOfWeekIso):
        # dayofweek() begins with 1 on Sunday. sqlglot 30.29 makes 3 of a Monday, and weekday() of Sail 0.7.2
        # makes -1 of a Sunday.
        return sqlglot.parse_one(f"((dayofweek({node.this.sql('spark')}) + 5) % 7) + 1", read="spark")
    if isinstance(node, exp.Split):
        # Spark's separator is a regular expression; a character class quotes it for every engine.
        return exp.Anonymous(
            this="split", expressions=[node.this, exp.Literal.string(f"[{node.expression.name}]")]
        )
    if isinstance(node, exp.Anonymous) and node.name.lower() == "list_slice":
        listed, first, last = node.expressions
        if first.name != "1":
            raise NotImplementedError(f"list_slice not from the first: {node.sql()}")
        return exp.Anonymous(this="slice", expressions=[listed, first, last])
    return None


def _hexadecimal(text: exp.Expr) -> exp.Expr | None:
    """The digits of a text like '0x' || digits, which DuckDB casts to a number and Spark does not."""
    if isinstance(text, exp.DPipe) and isinstance(text.this, exp.Literal) and text.this.this == "0x":
        digits: exp.Expr = text.expression
        return digits
    return None


def _first_of_each(node: exp.ArrayFilter) -> exp.Expr | None:
    """The list of list_filter(list, lambda one, place: list_position(list, one) = place): each value once, in
    order. Places begin with 1 here and with 0 in Spark, whose array_distinct keeps the order."""
    listed: exp.Expr = node.this
    condition = node.expression
    if not isinstance(condition, exp.Lambda) or len(condition.expressions) != 2:
        return None
    found = condition.this.this if isinstance(condition.this, exp.EQ) else None
    if not isinstance(found, exp.Anonymous) or found.name.lower() != "list_position":
        raise NotImplementedError(f"a condition over places: {node.sql(dialect='duckdb')}")
    return listed
