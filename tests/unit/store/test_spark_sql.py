"""What Spark says otherwise than DuckDB, written in Spark's words."""

from __future__ import annotations

import pytest

from sizao.store.spark_sql import spark_sql


@pytest.mark.parametrize(
    ("duckdb", "spark"),
    [
        ("SELECT isodow(day) AS n", "SELECT ((DAYOFWEEK(day) + 5) % 7) + 1 AS n"),
        ("SELECT string_split(area, '/') AS parts", "SELECT SPLIT(area, '[/]') AS parts"),
        ("SELECT list_slice(parts, 1, n) AS first", "SELECT SLICE(parts, 1, n) AS first"),
        ("SELECT array_length(parts) AS n", "SELECT SIZE(parts) AS n"),
        (
            "SELECT list_filter(xs, lambda x, place: list_position(xs, x) = place) AS once",
            "SELECT ARRAY_DISTINCT(xs) AS once",
        ),
        (
            "SELECT CAST(CAST('0x' || digits AS UBIGINT) AS HUGEINT) AS n",
            "SELECT CAST(CAST(CONV(digits, 16, 10) AS DECIMAL(20, 0)) AS DECIMAL(38, 0)) AS n",
        ),
    ],
)
def test_spark_is_asked_in_its_own_words(duckdb: str, spark: str) -> None:
    assert spark_sql(duckdb) == spark


def test_a_slice_that_does_not_begin_with_the_first_is_refused_and_not_guessed() -> None:
    with pytest.raises(NotImplementedError):
        spark_sql("SELECT list_slice(parts, 2, n)")
