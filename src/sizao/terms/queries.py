"""Queries as named steps: what a table function returns instead of running anything.

A step is one statement of the portable SQL subset, or a kernel that takes Arrow tables and returns one.
`store` binds the input tables, runs the steps in order and hands back the table of the last one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

Kernel = Callable[[Mapping[str, "pa.Table"]], "pa.Table"]


@dataclass(frozen=True)
class SqlStep:
    """One named table made by one SELECT over earlier steps and bound tables.

    `materialize` asks the store to keep the rows (several later steps read them); other steps may be views.
    `in_written_order`: of each join the table written right is the small one, to be hashed. An engine that
    guesses sizes is told not to guess: after two filters it may take a city for the smaller side.
    """

    name: str
    sql: str
    meaning: str = ""
    materialize: bool = True
    in_written_order: bool = False


@dataclass(frozen=True)
class KernelStep:
    """One named table made by a pure function of Arrow tables."""

    name: str
    inputs: tuple[str, ...]
    kernel: Kernel
    meaning: str = ""


Step = SqlStep | KernelStep


@dataclass(frozen=True)
class Query:
    """Named steps and the names of the tables that are the answer.

    inputs: bound tables that the steps read (fact tables, earlier results).
    results: result name -> step name, for example {"obligations": "rows_wide", "unknown": "unknown_rows"}.
    """

    steps: tuple[Step, ...]
    inputs: tuple[str, ...]
    results: Mapping[str, str] = field(default_factory=dict)

    def step(self, name: str) -> Step:
        """The step of that name; KeyError when there is none."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)


def literal(value: str | int | float | bool | date | datetime | None) -> str:
    """The value as a literal of the SQL subset; text is quoted, an instant is UTC without a zone.

    >>> literal("it's"), literal(date(2020, 6, 18)), literal(None)
    ("'it''s'", "DATE '2020-06-18'", 'NULL')
    """
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return f"TIMESTAMP '{value.isoformat(sep=' ')}'"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(value)
