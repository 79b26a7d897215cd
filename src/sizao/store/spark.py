"""Run a query on an engine of Spark SQL, over Spark Connect: Sail in this process, or a cluster.

The same steps as `running` runs on DuckDB, with their SQL in Spark's dialect (`spark_sql`). What a step makes
is kept as Parquet in a folder of this session, which the engine must be able to read: for a cluster name one
that all its machines share. Needs the extra `cluster` (pysail, pyspark-client).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from sizao.store.folder import ParquetFiles, Source
from sizao.store.running import Report, StepDone, StepFailed, Tables, source_of
from sizao.store.spark_sql import spark_sql
from sizao.terms.queries import KernelStep, Query, SqlStep, Step

_RECURSIVE = re.compile(r"\bRECURSIVE\b")
_WORD = re.compile(r"\w+")
_INTERVAL = "nterval"  # in what Connect says of a column whose type Arrow has otherwise


class NoCluster(Exception):
    """The extra `cluster` is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "The engine spark needs the extra cluster: pip install 'sizao[cluster]' (in a checkout make env)."
        )


@contextmanager
def sail() -> Iterator[str]:
    """Sail in this process, listening on the loopback; answers its address."""
    try:
        from pysail.spark import SparkConnectServer
    except ImportError as cause:
        raise NoCluster from cause
    server = SparkConnectServer(ip="127.0.0.1", port=0)
    server.start(background=True)
    try:
        host, port = server.listening_address
        yield f"sc://{host}:{port}"
    finally:
        server.stop()


def run(
    query: Query, tables: Tables, address: str, *, report: Report | None = None, shared: Path | None = None
) -> dict[str, pa.Table]:
    """The results of a query over these tables, by result name, rows in any order.

    address: of Spark Connect, sc://HOST:PORT. shared: folder for what steps make; without it, a temporary
    one.
    Types of columns are Spark's own where DuckDB has others. StepFailed, TableRefused, NoCluster.
    """
    with _session(address) as spark, TemporaryDirectory(prefix="sizao-", dir=shared) as folder:
        return _Run(spark, Path(folder)).results(query, tables, report)


@contextmanager
def _session(address: str) -> Iterator[Any]:
    try:
        from pyspark.sql import SparkSession
    except ImportError as cause:
        raise NoCluster from cause
    spark = SparkSession.builder.remote(address).create()
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    try:
        yield spark
    finally:
        spark.stop()


class _Run:
    """One query at work. made: what inputs and steps hold, as Arrow where it came back."""

    def __init__(self, spark: Any, folder: Path) -> None:
        self._spark, self._folder = spark, folder
        self._made: dict[str, pa.Table] = {}

    def results(self, query: Query, tables: Tables, report: Report | None) -> dict[str, pa.Table]:
        for name in query.inputs:
            self._bind(name, source_of(tables, name))
        for step in query.steps:
            began = perf_counter()
            rows = self._step(step)
            if report is not None:
                report(StepDone(step.name, step.meaning, perf_counter() - began, rows))
        return {result: self._table(name) for result, name in query.results.items()}

    def _bind(self, name: str, source: Source) -> None:
        if isinstance(source, ParquetFiles):
            self._view(name, [str(path.resolve()) for path in source.paths])
        else:
            self._keep(name, source)

    def _step(self, step: Step) -> int | None:
        try:
            if isinstance(step, KernelStep):
                return self._keep(step.name, step.kernel({name: self._table(name) for name in step.inputs}))
            if _RECURSIVE.search(step.sql):
                return self._keep(step.name, self._recursive(step))
            return self._select(step)
        except StepFailed:
            raise
        except Exception as cause:
            text = ", ".join(step.inputs) if isinstance(step, KernelStep) else spark_sql(step.sql)
            raise StepFailed(step.name, text, f"{type(cause).__name__}: {cause}") from cause

    def _select(self, step: SqlStep) -> int | None:
        found = self._spark.sql(spark_sql(step.sql))
        if not step.materialize:
            found.createOrReplaceTempView(step.name)
            return None
        try:
            return self._keep(step.name, found.toArrow())
        except Exception as cause:
            # A few rows with an elapsed time: they do not travel as Arrow, and are worked out where needed.
            if _INTERVAL not in str(cause):
                raise
            found.createOrReplaceTempView(step.name)
            return None

    def _recursive(self, step: SqlStep) -> pa.Table:
        """The one recursion, over merges of persons: few rows, and Spark SQL has no recursion everywhere."""
        with duckdb.connect() as connection:
            for name in set(_WORD.findall(step.sql)) & self._made.keys():
                connection.register(name, self._made[name])
            return connection.execute(step.sql).to_arrow_table()

    def _keep(self, name: str, table: pa.Table) -> int:
        path = self._folder / f"{name}.parquet"
        pq.write_table(table, path)
        self._made[name] = table
        self._view(name, [str(path)])
        return int(table.num_rows)

    def _view(self, name: str, paths: list[str]) -> None:
        self._spark.read.parquet(*paths).createOrReplaceTempView(name)

    def _table(self, name: str) -> pa.Table:
        if name not in self._made:
            self._made[name] = self._spark.table(name).toArrow()
        return self._made[name]


def as_stated(results: Mapping[str, pa.Table], schemas: Mapping[str, pa.Schema]) -> dict[str, pa.Table]:
    """The results in the types that are stated for them."""
    return {name: table.select(schemas[name].names).cast(schemas[name]) for name, table in results.items()}
