"""Run a query on DuckDB: bind the tables, run the steps in order, hand back the results as Arrow.

Every connection is a fresh database in memory with TimeZone UTC. It may read the folders of the bound Parquet
files and nothing else: no other file, no network, no extension. Time zone functions work all the same: `icu`
is linked into the wheel (see terms/time.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from types import TracebackType

import duckdb
import pyarrow as pa

from sizao.facts.dictionary import FACTS
from sizao.facts.schemas import arrow_schema
from sizao.store.folder import Facts, ParquetFiles, Source
from sizao.terms.queries import KernelStep, Query, SqlStep, Step

Tables = Facts | Mapping[str, Source]

# What changes the order in which joins are written and which side of a join is hashed.
_REORDERING = "join_order,build_side_probe_side"
# DuckDB 1.5.5 hands a scan of Arrow the Bloom filter of a join, and the scan cannot apply it.
_FILTERING = "join_filter_pushdown"


# How much of the memory of dropped tables a session keeps for its next ones, until it is closed.
KEPT_MEMORY = "20%"


@dataclass(frozen=True)
class StepDone:
    """One finished step: name, meaning, seconds of the wall clock, rows where they were counted."""

    name: str
    meaning: str
    seconds: float
    rows: int | None


Report = Callable[[StepDone], None]


class StepFailed(Exception):
    """A step of a query failed: its name, its SQL (or the kernel's inputs), and what the engine said."""

    def __init__(self, step: str, text: str, words: str) -> None:
        self.step, self.text, self.words = step, text, words
        super().__init__(f"The step {step!r} failed: {words}\n\n{text}")


class TableRefused(ValueError):
    """A bound table is missing or differs from the dictionary."""


def run(
    query: Query,
    tables: Tables,
    *,
    threads: int | None = None,
    memory: str | None = None,
    report: Report | None = None,
) -> dict[str, pa.Table]:
    """The results of a query over these tables, by result name, each in the order of its columns.

    threads and memory ("8GB") limit the engine; report is called after every step. StepFailed, TableRefused.
    """
    with Session(tables, threads=threads, memory=memory, keep=False) as session:
        return session.run(query, report=report)


class Session:
    """Tables bound once for several queries.

    With `keep`, tables given as Arrow are copied into the engine when a query first reads them; files stay on
    disk. `seconds` has the wall clock of every step of the last query, in order, "load <table>" included.
    """

    def __init__(
        self,
        tables: Tables,
        *,
        threads: int | None = None,
        memory: str | None = None,
        keep: bool = True,
    ) -> None:
        self._tables = tables
        self._keep = keep
        self._bound: set[str] = set()
        self._scans_arrow = False  # an input is read where it lies in Arrow
        self._kinds: dict[str, str] = {}  # TABLE or VIEW; what was registered from Arrow has none
        self._spill = TemporaryDirectory(prefix="sizao-")
        self._connection = _connect(self._spill.name, _folders(tables), threads, memory)
        self.seconds: dict[str, float] = {}

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget the tables and delete what was spilled to disk."""
        self._connection.close()
        self._spill.cleanup()

    def bind(self, name: str, table: pa.Table) -> None:
        """Give or replace one table, for example the subjects of a touched run."""
        self._tables = {**_sources(self._tables), name: table}
        if name in self._bound:
            self._drop(name)
            self._bound.discard(name)

    def unbind(self, *names: str) -> None:
        """Forget these tables."""
        for name in names:
            self._tables = {one: table for one, table in _sources(self._tables).items() if one != name}
            if name in self._bound:
                self._drop(name)
                self._bound.discard(name)

    def append(self, name: str, rows: pa.Table) -> None:
        """Add rows to a table that this session keeps; later queries see them, `bind` is not needed again."""
        self._keep_input(name)
        if name in FACTS:
            _check_schema(name, rows.schema)
        self._with_rows(rows, f"INSERT INTO {_quoted(name)} BY NAME SELECT * FROM arriving")

    def remove(self, name: str, keys: pa.Table) -> None:
        """Take out of a kept table the rows whose columns equal a row of `keys` (NULL equals NULL)."""
        self._keep_input(name)
        same = " AND ".join(
            f"t.{_quoted(one)} IS NOT DISTINCT FROM k.{_quoted(one)}" for one in keys.column_names
        )
        self._with_rows(keys, f"DELETE FROM {_quoted(name)} AS t USING arriving AS k WHERE {same}")

    def _keep_input(self, name: str) -> None:
        self._bind_input(name, None)
        if self._kinds.get(name) != "TABLE":
            raise TableRefused(f"The table {name!r} is not kept in this session and cannot be changed.")

    def _with_rows(self, rows: pa.Table, statement: str) -> None:
        self._connection.register("arriving", rows)
        try:
            self._connection.execute(statement)
        finally:
            self._connection.unregister("arriving")

    def run(self, query: Query, *, report: Report | None = None, ordered: bool = True) -> dict[str, pa.Table]:
        """The results of a query, by result name.

        ordered: rows in the order of the first column when it is a key (named ..._id), else of all columns.
        Without, rows come in any order and large results sooner.
        """
        self.seconds = {}
        for name in query.inputs:
            self._bind_input(name, report)
        made: list[str] = []
        last_use = _last_uses(query)
        try:
            for place, step in enumerate(query.steps):
                if step.name in self._bound or step.name in made:
                    raise StepFailed(step.name, "", "a table of this name exists already; rename the step")
                began = perf_counter()
                rows = self._run_step(step)
                made.append(step.name)
                self._done(StepDone(step.name, step.meaning, perf_counter() - began, rows), report)
                for name in [one for one in made if last_use[one] <= place]:
                    self._drop(name)
                    made.remove(name)
            return {
                result: self._fetch(query.step(name), ordered, report)
                for result, name in query.results.items()
            }
        finally:
            for name in reversed(made):
                self._drop(name)

    def _bind_input(self, name: str, report: Report | None) -> None:
        if name in self._bound:
            return
        began = perf_counter()
        source = source_of(self._tables, name)
        if isinstance(source, ParquetFiles):
            paths = ", ".join(_quoted(str(path.resolve()), "'") for path in source.paths)
            self._connection.execute(
                f"CREATE TEMP VIEW {_quoted(name)} AS SELECT * FROM read_parquet([{paths}])"
            )
            self._kinds[name] = "VIEW"
        elif self._keep:
            self._connection.register("arriving", source)
            self._connection.execute(f"CREATE TEMP TABLE {_quoted(name)} AS SELECT * FROM arriving")
            self._connection.unregister("arriving")
            self._kinds[name] = "TABLE"
        else:
            self._connection.register(name, source)
            self._scans_arrow = True
        self._bound.add(name)
        self._done(StepDone(f"load {name}", "", perf_counter() - began, None), report)

    def _run_step(self, step: Step) -> int | None:
        if isinstance(step, KernelStep):
            return self._run_kernel(step)
        kind = "TABLE" if step.materialize else "VIEW"
        if step.in_written_order:
            off = f"{_REORDERING},{_FILTERING}" if self._scans_arrow else _REORDERING
            self._connection.execute(f"SET disabled_optimizers = '{off}'")
        try:
            counted = self._connection.execute(f"CREATE TEMP {kind} {_quoted(step.name)} AS {step.sql}")
            row = counted.fetchone()
        except duckdb.Error as cause:
            raise StepFailed(step.name, step.sql, str(cause)) from cause
        finally:
            if step.in_written_order:
                self._connection.execute("RESET disabled_optimizers")
        self._kinds[step.name] = kind
        return int(row[0]) if step.materialize and row else None

    def _run_kernel(self, step: KernelStep) -> int:
        try:
            inputs = {
                name: self._connection.execute(f"SELECT * FROM {_quoted(name)}").to_arrow_table()
                for name in step.inputs
            }
            result = step.kernel(inputs)
        except Exception as cause:
            said = f"kernel over {', '.join(step.inputs)}"
            raise StepFailed(step.name, said, f"{type(cause).__name__}: {cause}") from cause
        self._connection.register(step.name, result)
        return int(result.num_rows)

    def _fetch(self, step: Step, ordered: bool, report: Report | None) -> pa.Table:
        began = perf_counter()
        sql = f"SELECT * FROM {_quoted(step.name)}"
        try:
            if ordered:
                first = self._connection.execute(f"DESCRIBE {sql}").fetchall()[0][0]
                sql += " ORDER BY 1" if first.endswith("_id") else " ORDER BY ALL"
            table = self._connection.execute(sql).to_arrow_table()
        except duckdb.Error as cause:
            text = step.sql if isinstance(step, SqlStep) else ", ".join(step.inputs)
            raise StepFailed(step.name, text, str(cause)) from cause
        self._done(StepDone(f"fetch {step.name}", "", perf_counter() - began, table.num_rows), report)
        return table

    def _drop(self, name: str) -> None:
        kind = self._kinds.pop(name, None)
        if kind is None:
            self._connection.unregister(name)
        else:
            self._connection.execute(f"DROP {kind} {_quoted(name)}")

    def _done(self, step: StepDone, report: Report | None) -> None:
        self.seconds[step.name] = self.seconds.get(step.name, 0.0) + step.seconds
        if report is not None:
            report(step)


def _connect(
    spill: str, folders: list[str], threads: int | None, memory: str | None
) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    settings: dict[str, str] = {
        "TimeZone": "'UTC'",
        "preserve_insertion_order": "false",
        "python_enable_replacements": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "enable_progress_bar": "false",
        "temp_directory": _quoted(spill, "'"),
        "allowed_directories": "[" + ", ".join(_quoted(folder, "'") for folder in folders) + "]",
    }
    if memory is None:
        # Tables come and go with every step, and memory that was given back must be asked for anew, page by
        # page: a twentieth of a large run. What is kept does not count against a limit, so a stated limit
        # keeps nothing.
        settings["block_allocator_memory"] = f"'{KEPT_MEMORY}'"
    if threads is not None:
        settings["threads"] = str(int(threads))
    if memory is not None:
        settings["memory_limit"] = _quoted(memory, "'")
    # Last, because nothing about files can be set after it.
    settings["enable_external_access"] = "false"
    for name, value in settings.items():
        connection.execute(f"SET {name} = {value}")
    return connection


def _folders(tables: Tables) -> list[str]:
    """The folders that hold bound files; the engine may read these and no other."""
    files = [source for source in _sources(tables).values() if isinstance(source, ParquetFiles)]
    return sorted({str(Path(path).resolve().parent) for source in files for path in source.paths})


def _sources(tables: Tables) -> dict[str, Source]:
    if isinstance(tables, Facts):
        return {name: tables.source(name) for name in tables}
    return dict(tables)


def source_of(tables: Tables, name: str) -> Source:
    """The table of that name, checked against the dictionary when it is a fact; a fact not given is empty."""
    sources = _sources(tables)
    if name not in sources:
        if name in FACTS:
            return arrow_schema(name).empty_table()
        near = get_close_matches(name, [*sources, *FACTS], n=1, cutoff=0.5)
        advice = f" Did you mean {near[0]!r}?" if near else ""
        raise TableRefused(f"The query reads {name!r}, which was not given.{advice}")
    source = sources[name]
    if name in FACTS and not isinstance(source, ParquetFiles):
        _check_schema(name, source.schema)
    return source


def _check_schema(name: str, given: pa.Schema) -> None:
    """TableRefused unless the table has every column of the fact with its type; the order does not matter."""
    wrong = []
    for field in arrow_schema(name):
        if field.name not in given.names:
            wrong.append(f"{field.name} is missing")
        elif given.field(field.name).type != field.type:
            wrong.append(f"{field.name} must be {field.type} but is {given.field(field.name).type}")
    if wrong:
        raise TableRefused(
            f"The table {name!r} differs from the dictionary: {'; '.join(wrong)}. "
            "Make it by open_folder, or give every column of facts.schemas.arrow_schema."
        )


def _last_uses(query: Query) -> dict[str, int]:
    """Step -> place of the last step that may read it, itself or through a view; results last to the end.

    A name that merely occurs in the text of a later step counts as read: a table may stay too long, never
    too short.
    """
    places = {step.name: place for place, step in enumerate(query.steps)}
    read_by: dict[str, set[str]] = {name: set() for name in places}
    for step in query.steps:
        words = set(step.inputs) if isinstance(step, KernelStep) else set(_WORD.findall(step.sql))
        for name in words & places.keys():
            read_by[name].add(step.name)
    last: dict[str, int] = {}
    for step in reversed(query.steps):
        uses = {places[step.name]}
        for reader in read_by[step.name] - {step.name}:
            uses |= {places[reader], last.get(reader, 0) if _is_view(query.steps[places[reader]]) else 0}
        last[step.name] = len(query.steps) if step.name in query.results.values() else max(uses)
    return last


def _is_view(step: Step) -> bool:
    return isinstance(step, SqlStep) and not step.materialize


_WORD = re.compile(r"\w+")


def _quoted(text: str, mark: str = '"') -> str:
    return mark + text.replace(mark, mark * 2) + mark
