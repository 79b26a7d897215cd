"""Rules of plausibility over Arrow columns give what the engine gives for the same expression."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

import duckdb
import pyarrow as pa
import pytest

from sizao.policy.expressions.emit import Scope as SqlScope
from sizao.policy.expressions.emit import emit
from sizao.policy.expressions.parse import Known, Scope, checked
from sizao.policy.expressions.tree import ColumnOf, Position, Type
from sizao.policy.plausibility.columns import evaluate

ZONE = "Asia/Shanghai"
KINDS = {
    "day": (Type.DATE, pa.date32()),
    "other_day": (Type.DATE, pa.date32()),
    "at": (Type.INSTANT, pa.timestamp("us")),
    "number": (Type.NUMBER, pa.float64()),
    "many": (Type.NUMBER, pa.float64()),
    "flag": (Type.BOOL, pa.bool_()),
    "area": (Type.AREA, pa.string()),
    "home": (Type.AREA, pa.string()),
}
EXPRESSIONS = [
    "number <= many",
    "number between 30 and 45",
    "number in (1, 2, 3)",
    "not (number = many) or flag",
    "flag and number > 2",
    "number is null or many is not null",
    "day <= add_days(other_day, 2)",
    "days_between(day, other_day) <= 3",
    "day_of(at) = day",
    "at >= start_of(day)",
    "earlier(day, other_day) = day",
    "later(day, other_day) = day",
    "if_missing(number, many) > 3",
    "is_within(area, home)",
]


def drawn(seed: int, rows: int = 400) -> pa.Table:
    draw = random.Random(seed)
    first, areas = date(2020, 6, 1), ("a", "a/b", "a/b/c", "ab", "a0")
    makers = {
        pa.date32(): lambda: first + timedelta(days=draw.randrange(9)),
        pa.timestamp("us"): lambda: datetime(2020, 6, 1) + timedelta(minutes=30 * draw.randrange(400)),
        pa.float64(): lambda: float(draw.randrange(6)) * draw.choice((1, 10)),
        pa.bool_(): lambda: draw.random() < 0.5,
        pa.string(): lambda: draw.choice(areas),
    }
    columns = {
        name: pa.array([None if draw.random() < 0.2 else makers[kind]() for _ in range(rows)], kind)
        for name, (_, kind) in KINDS.items()
    }
    return pa.table(columns)


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_both_forms_answer_every_row_alike(text: str) -> None:
    here = Position(1, 1)
    names = {name: Known(ColumnOf(name, kind, here), kind) for name, (kind, _) in KINDS.items()}
    node = checked(text, Scope(names, {}))
    rows = drawn(len(text))
    arrow = evaluate(node, {name: rows[name].combine_chunks() for name in rows.column_names}, ZONE)
    with duckdb.connect() as engine:
        engine.register("rows", rows)
        sql = emit(node, SqlScope(ZONE, lambda name: f'"{name}"'))
        answered = [value for (value,) in engine.execute(f"SELECT {sql} FROM rows").fetchall()]
    assert arrow.to_pylist() == answered
    assert {True, False} <= set(answered), "an expression that is always so proves nothing"
