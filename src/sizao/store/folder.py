"""A folder of facts: for each a Parquet file, a CSV file, or a folder of Parquet files, named like it.

A Parquet file that `write_folder` wrote carries `sizao.keys` in its metadata: `unique` (records only, one row
per key) or `chained` (a key repeats only by replace and retract links). Such a file is checked by its schema
alone and stays on disk until somebody asks for its table, so a store can read just the columns a query needs.
A folder is as trustworthy as who wrote it: whoever may forge that mark may forge the rows too.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sizao.facts.completion import Defaults, RowProblem, check_values, complete
from sizao.facts.dictionary import COMMON, FACTS, fact
from sizao.facts.links import Note, merge_links, repeated_records
from sizao.facts.schemas import arrow_schema, stored_columns
from sizao.store.csv_files import line_of_rows, read_csv, typed
from sizao.store.problems import FileProblem, FolderProblems
from sizao.terms.words import Words

KEYS_MARK = b"sizao.keys"
FACT_MARK = b"sizao.fact"
ROWS_PER_GROUP = 122_880  # the unit in which DuckDB shares a Parquet file among threads
SUFFIXES = (".parquet", ".csv")


@dataclass(frozen=True)
class ParquetFiles:
    """The rows of a fact that stay on disk; keys is `unique` or `chained`."""

    paths: tuple[Path, ...]
    rows: int
    keys: str

    def read(self) -> pa.Table:
        """All rows and columns."""
        return pa.concat_tables(
            [pq.ParquetFile(path).read() for path in self.paths]
        ).replace_schema_metadata()


Source: TypeAlias = pa.Table | ParquetFiles


class Facts(Mapping[str, pa.Table]):
    """The table of every fact (empty where the folder has none), and notes on what was set aside."""

    def __init__(self, sources: Mapping[str, Source], notes: Iterable[Note] = ()) -> None:
        self._sources = {
            name: sources[name] if name in sources else arrow_schema(name).empty_table() for name in FACTS
        }
        self.notes = tuple(notes)

    def __getitem__(self, name: str) -> pa.Table:
        """The whole table of a fact, read now when it is on disk."""
        source = self.source(name)
        return source.read() if isinstance(source, ParquetFiles) else source

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    def source(self, name: str) -> Source:
        """The table, or the files that hold it, without reading them."""
        return self._sources[fact(name).name]

    @property
    def empty(self) -> frozenset[str]:
        """The facts without any row."""
        return frozenset(name for name in self if self.rows(name) == 0)

    @property
    def uncorrected(self) -> frozenset[str]:
        """The facts of which no row replaces or retracts another."""
        return frozenset(name for name in self if _only_records(self.source(name)))

    def rows(self, name: str) -> int:
        """How many rows a fact has, without reading them."""
        source = self.source(name)
        return source.rows if isinstance(source, ParquetFiles) else int(source.num_rows)


def open_folder(
    path: Path | str, *, zone: str = "Asia/Shanghai", area: str = "unstated", trust: bool = True
) -> Facts:
    """The facts of a folder. zone and area fill what rows leave out (see completion).

    With `trust` marked files are checked by their schema alone; without, every row is read and checked.
    FolderProblems names every file, line and value to be mended; nothing is left out silently.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise FolderProblems(
            [
                _problem(
                    folder,
                    "不是文件夹。",
                    "This is not a folder. Name the folder that holds the files of facts.",
                )
            ]
        )
    sources: dict[str, Source] = {}
    notes: list[Note] = []
    problems: list[FileProblem] = []
    for name, files in _files_of_facts(folder, problems).items():
        try:
            sources[name], more = _read_fact(name, files, Defaults(zone, area), trust)
            notes += more
        except FolderProblems as found:
            problems += found.problems
    if problems:
        raise FolderProblems(problems)
    return Facts(sources, notes)


def _only_records(source: Source) -> bool:
    if isinstance(source, ParquetFiles):
        return source.keys == "unique"
    return all(action == "record" for action in pc.unique(source["action"]).to_pylist())


def _files_of_facts(folder: Path, problems: list[FileProblem]) -> dict[str, tuple[Path, ...]]:
    """Fact -> its files. Files that look like facts but are none become problems; others are not ours."""
    files: dict[str, tuple[Path, ...]] = {}
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and entry.name in FACTS:
            found = tuple(sorted(entry.glob("*.parquet")))
        elif entry.is_file() and entry.suffix in SUFFIXES:
            found = (entry,)
        else:
            continue
        name = entry.stem
        if name not in FACTS:
            near = get_close_matches(name, FACTS, n=1, cutoff=0.5)
            advice = near[0] + entry.suffix if near else "places.csv"
            problems.append(
                _problem(
                    entry,
                    f"没有名为“{name}”的事实。请改名，如 {advice}。",
                    f"There is no fact {name!r}. Rename the file, for example to {advice}.",
                )
            )
        elif name in files:
            problems.append(
                _problem(
                    entry, f"“{name}”已有另一个文件。", f"{name!r} has another file too. Keep one of them."
                )
            )
        elif found:
            files[name] = found
    return files


def _read_fact(
    name: str, files: tuple[Path, ...], defaults: Defaults, trust: bool
) -> tuple[Source, list[Note]]:
    marks = {_mark(path) for path in files if path.suffix == ".parquet"}
    if trust and marks and marks <= {"unique", "chained"}:
        return _trusted(name, files, "unique" if marks == {"unique"} else "chained"), []
    tables = [_read_file(name, path, defaults) for path in files]
    return merge_links(fact(name), pa.concat_tables(tables))


def _mark(path: Path) -> str | None:
    try:
        mark = (pq.read_schema(path).metadata or {}).get(KEYS_MARK)
    except (pa.ArrowInvalid, OSError) as cause:
        words = f"This is no Parquet file: {cause}. Write it again."
        raise FolderProblems([_problem(path, f"不是 Parquet 文件：{cause}。请重新写出。", words)]) from cause
    return None if mark is None else str(mark.decode())


def _trusted(name: str, files: tuple[Path, ...], keys: str) -> ParquetFiles:
    """Files written by `write_folder`: only their schema is looked at."""
    wanted = arrow_schema(name)
    for path in files:
        if not pq.read_schema(path).remove_metadata().equals(wanted):
            said = f"Its columns are not those of {name!r} in this version of the dictionary."
            advice = f" Read it without the mark {KEYS_MARK.decode()} and write it again."
            raise FolderProblems(
                [_problem(path, f"列与本版数据字典的“{name}”不符，请重新写出。", said + advice)]
            )
    return ParquetFiles(files, sum(pq.read_metadata(path).num_rows for path in files), keys)


def _read_file(name: str, path: Path, defaults: Defaults) -> pa.Table:
    if path.suffix == ".csv":
        given, problems = _typed_csv(name, path)
    else:
        given, problems = _typed_parquet(name, path), []
    if not problems:
        table, problems = complete(fact(name), given, defaults)
        if not problems:
            return table
    raise FolderProblems(_with_lines(path, problems))


def _typed_csv(name: str, path: Path) -> tuple[pa.Table, list[RowProblem]]:
    texts = read_csv(path)
    _check_names(name, path, texts.column_names)
    columns, problems = {}, []
    for column in stored_columns(name):
        if column.name in texts.column_names:
            columns[column.name], wrong = typed(texts[column.name], column)
            problems += [(row, Words(one.say("zh"), one.say("en"))) for row, one in wrong]
    return pa.table(columns), sorted(problems, key=lambda one: one[0])


def _typed_parquet(name: str, path: Path) -> pa.Table:
    given = pq.ParquetFile(path).read()
    _check_names(name, path, given.column_names)
    columns, problems = {}, []
    for column in stored_columns(name):
        if column.name in given.column_names:
            values = given[column.name]
            try:
                if pa.types.is_timestamp(values.type) and values.type.tz is not None:
                    values = values.cast(pa.timestamp("us", "UTC"))  # the cast below then drops the zone mark
                columns[column.name] = values.cast(column.arrow)
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as cause:
                said = f"{column.name!r} must be {column.arrow} but is {values.type}: {cause}"
                zh = f"“{column.name}”应为 {column.arrow}，实为 {values.type}。"
                problems.append(_problem(path, zh, f"{said}. Write it again with that type."))
    if problems:
        raise FolderProblems(problems)
    return pa.table(columns)


def _check_names(name: str, path: Path, names: list[str]) -> None:
    """Unknown and repeated columns are problems, with the nearest known name."""
    known = [column.name for column in stored_columns(name)]
    problems = []
    for one in dict.fromkeys(names):
        if names.count(one) > 1:
            problems.append(
                _problem(path, f"列“{one}”出现多次。", f"The column {one!r} stands there twice.", 1)
            )
        if one not in known:
            near = get_close_matches(one, known, n=1, cutoff=0.5)
            zh = f"是否为“{near[0]}”？" if near else f"可用的列：{'、'.join(known)}。"
            en = f"Did you mean {near[0]!r}?" if near else f"Its columns are: {', '.join(known)}."
            words = (f"“{name}”没有列“{one}”。{zh}", f"{name!r} has no column {one!r}. {en}")
            problems.append(_problem(path, *words, line=1))
    if problems:
        raise FolderProblems(problems)


def _with_lines(path: Path, problems: list[RowProblem]) -> list[FileProblem]:
    """The problems in order of rows: with lines for a CSV file, the row in words for a Parquet file."""
    if path.suffix == ".csv":
        lines = line_of_rows(path, [row for row, _ in problems])
        return [
            FileProblem(path, lines[row], words) for row, words in sorted(problems, key=lambda one: one[0])
        ]
    return [
        _problem(path, f"第 {row + 1} 行：{words.zh}", f"row {row + 1}: {words.en}")
        for row, words in sorted(problems, key=lambda one: one[0])
    ]


def _problem(path: Path, zh: str, en: str, line: int | None = None) -> FileProblem:
    return FileProblem(path, line, Words(zh, en))


def write_folder(path: Path | str, tables: Mapping[str, pa.Table]) -> None:
    """Write one Parquet file for each table that has rows, marked so that it is opened without being read.

    Rows are checked first: ValueError when a table has not the fact's schema, an invalid value, or two
    records of one key; FolderProblems when the folder holds a CSV file of the same fact. A file appears whole
    or not at all, and is on disk when this returns.
    """
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    full = {fact(name).name: table for name, table in tables.items() if table.num_rows}
    if beside := [folder / f"{name}.csv" for name in full if (folder / f"{name}.csv").exists()]:
        raise FolderProblems([_csv_beside(file) for file in beside])
    for name, table in full.items():
        _write_table(folder / f"{name}.parquet", name, table)
    _make_durable(folder)


@contextmanager
def alone_in(path: Path | str) -> Iterator[None]:
    """Hold a folder of facts while reading and writing it, so that of two commands one waits for the other.

    The lock belongs to the process and ends with it, whatever happens to it.
    """
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _csv_beside(file: Path) -> FileProblem:
    parquet = file.with_suffix(".parquet").name
    return _problem(
        file,
        f"此文件与要写入的{parquet}是同一事实。请先用 sizao intake 把它读入另一文件夹，再移走它。",
        f"This file holds the same fact as {parquet}, which is to be written. "
        "Take it into another folder by `sizao intake`, or move it away first.",
    )


def _make_durable(file: Path) -> None:
    """Wait until the disk has a file, or the names in a folder."""
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_table(path: Path, name: str, table: pa.Table) -> None:
    keys = _checked(name, table)
    marked = arrow_schema(name).with_metadata({KEYS_MARK: keys.encode(), FACT_MARK: name.encode()})
    unfinished = path.with_suffix(".unfinished")
    pq.write_table(table.cast(marked), unfinished, compression="zstd", row_group_size=ROWS_PER_GROUP)
    _make_durable(unfinished)
    unfinished.replace(path)


def _checked(name: str, table: pa.Table) -> str:
    """`unique` or `chained`; ValueError when the table may not be written."""
    if not table.schema.remove_metadata().equals(arrow_schema(name)):
        raise ValueError(f"The table {name!r} has other columns than the dictionary: {table.schema.names}.")
    if problems := check_values(fact(name), table):
        row, words = problems[0]
        raise ValueError(f"{len(problems)} problems in {name!r}; the first, in row {row + 1}: {words.en}")
    for column in (one.name for one in COMMON if one.required):
        if table[column].null_count:
            raise ValueError(f"{name!r} has rows without {column!r}. Complete the rows before writing them.")
    if repeated_records(table):
        raise ValueError(f"{name!r} has two records of one key. Merge them before writing (see links).")
    return "unique" if pc.all(pc.equal(table["action"], "record")).as_py() else "chained"
