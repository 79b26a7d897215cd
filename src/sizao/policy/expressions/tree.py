"""The checked expression tree: what a condition means after parsing and typing.

Three-valued as in SQL: a comparison with a missing value is not known (NULL).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum


class Type(Enum):
    """Static types of expressions; no implicit conversion between them."""

    DATE = "date"
    INSTANT = "instant"
    DAYS = "days"  # whole calendar days; a bare integer literal is DAYS or NUMBER as the place demands
    DURATION = "duration"
    IMPRECISE = "imprecise date"  # only earliest() and latest_day() take it
    CODE = "code"
    NUMBER = "number"
    BOOL = "true or false"
    ID = "identifier"
    AREA = "area"
    TEXT = "text"
    STAYS = "stays"  # stays_of(person), only as an argument of a look-up


@dataclass(frozen=True)
class Position:
    """Where a node stands inside the expression text; both count from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Literal:
    value: str | int | float | bool | date | datetime | timedelta | None
    type: Type
    at: Position


@dataclass(frozen=True)
class ColumnOf:
    """A column of the row the expression is about: a trigger, a proof, an ending; or `stage_start`."""

    name: str
    type: Type
    at: Position


@dataclass(frozen=True)
class Call:
    """A scalar function or a look-up of the registry (`functions.py`)."""

    function: str
    arguments: tuple[Node, ...]
    type: Type
    at: Position


@dataclass(frozen=True)
class Compare:
    operator: str  # "=", "<>", "<", "<=", ">", ">="
    left: Node
    right: Node
    at: Position
    type: Type = Type.BOOL


@dataclass(frozen=True)
class All:
    """and"""

    items: tuple[Node, ...]
    at: Position
    type: Type = Type.BOOL


@dataclass(frozen=True)
class Any:
    """or"""

    items: tuple[Node, ...]
    at: Position
    type: Type = Type.BOOL


@dataclass(frozen=True)
class Not:
    item: Node
    at: Position
    type: Type = Type.BOOL


@dataclass(frozen=True)
class OneOf:
    """value in (a, b, c); options are literals."""

    value: Node
    options: tuple[Literal, ...]
    at: Position
    type: Type = Type.BOOL


@dataclass(frozen=True)
class IsMissing:
    """value is null"""

    value: Node
    at: Position
    type: Type = Type.BOOL


Node = Literal | ColumnOf | Call | Compare | All | Any | Not | OneOf | IsMissing
