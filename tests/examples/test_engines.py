"""Both engines give the same rows: DuckDB, and Spark SQL run by Sail, over the situations of all examples."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime

import pyarrow as pa
import pytest

from examples.packs import NAMES, Rows, shipped
from sizao.obligations.derive import derive
from sizao.obligations.schema import RESULTS
from sizao.obligations.trying import FactRows, try_examples
from sizao.policy.examples import Example
from sizao.policy.model import Policy
from sizao.policy.situations import arrow_tables
from sizao.store import spark
from sizao.store.running import run


@pytest.fixture(scope="session")
def sail() -> Iterator[str]:
    """The address of an engine of Spark SQL."""
    main = sys.modules["__main__"]
    if not hasattr(main, "__file__"):  # so it is in a worker of pytest-xdist
        # PySpark takes a main module without a file for its own doctests, and looks for a JVM.
        main.__file__ = __file__
    with spark.sail() as address:
        yield address


HALVES = (0, 1)  # of the moments that examples ask about
EVERY_DAY = ("city-2020-06", 0)  # what CI compares; `make long` compares all


@pytest.mark.parametrize(
    ("name", "half"),
    [
        pytest.param(name, half, marks=[] if (name, half) == EVERY_DAY else [pytest.mark.long])
        for name in NAMES
        for half in HALVES
    ],
)
def test_both_engines_give_the_same_rows_for_every_example(name: str, half: int, sail: str) -> None:
    pack = shipped(name)
    moments = sorted({(one.as_of, one.known_by) for one in pack.examples})[half :: len(HALVES)]
    examples = [one for one in pack.examples if (one.as_of, one.known_by) in moments]
    assert compared(pack.policy, examples, sail) >= len(examples)


def test_a_difference_between_the_engines_is_noticed(sail: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """If Spark counted the days of a week from Sunday, school days would differ."""
    real, pack = spark.spark_sql, shipped("training-2020")
    of_schools = [one for one in pack.examples if one.rules == ("school-daily-report",)]

    def from_sunday(sql: str) -> str:
        return real(sql).replace("+ 5) % 7) + 1", "+ 6) % 7) + 1")

    assert compared(pack.policy, of_schools, sail)
    monkeypatch.setattr(spark, "spark_sql", from_sunday)
    with pytest.raises(AssertionError):
        compared(pack.policy, of_schools, sail)


def compared(policy: Policy, examples: Sequence[Example], address: str) -> int:
    """How many rows of the examples were compared; AssertionError where the engines differ."""
    number = 0

    def by_both(policy: Policy, facts: FactRows, as_of: datetime, known_by: datetime) -> Rows:
        nonlocal number
        query, tables = derive(policy, as_of=as_of, known_by=known_by), arrow_tables(facts)
        one = run(query, tables, threads=1)
        other = spark.as_stated(spark.run(query, tables, address), RESULTS)
        for result, rows in one.items():
            assert in_order(other[result]) == in_order(rows.cast(RESULTS[result])), result
            number += rows.num_rows
        return {result: rows.to_pylist() for result, rows in other.items()}

    outcomes = try_examples(policy, examples, by_both)
    assert [one.mismatches for one in outcomes if not one.holds] == []
    return number


def in_order(table: pa.Table) -> list[dict[str, object]]:
    """The rows in an order of their own."""
    return sorted(table.to_pylist(), key=repr)
