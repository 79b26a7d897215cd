"""CSV files of facts: read as text, typed by the dictionary, problems with the line where they stand."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from sizao.facts.checks import Problem, read_value
from sizao.facts.declaration import ColumnType
from sizao.facts.schemas import StoredColumn
from sizao.store.problems import FileProblem, FolderProblems
from sizao.terms.words import Words

AS_WRITTEN = (ColumnType.ID, ColumnType.TEXT)


def read_csv(path: Path) -> pa.Table:
    """Every column as text; an empty field is NULL. FolderProblems when it is no CSV file in UTF-8."""
    try:
        header = pacsv.open_csv(path, parse_options=_PARSING).schema.names
        types = pacsv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        )
        return pacsv.read_csv(path, parse_options=_PARSING, convert_options=types)
    except (pa.ArrowInvalid, UnicodeDecodeError) as cause:
        if path.stat().st_size == 0:
            raise FolderProblems([FileProblem(path, 1, _EMPTY)]) from cause
        words = Words(
            f"不是 UTF-8 编码的 CSV 文件：{cause}。请另存为“CSV UTF-8”。",
            f"This is no CSV file in UTF-8: {cause}. Save it again as “CSV UTF-8”.",
        )
        raise FolderProblems([FileProblem(path, None, words)]) from cause


_PARSING = pacsv.ParseOptions(newlines_in_values=True)
_EMPTY = Words(
    "文件为空，缺少表头。", "The file is empty: the line with the names of the columns is missing."
)


def typed(texts: pa.ChunkedArray, column: StoredColumn) -> tuple[pa.Array, list[tuple[int, Problem]]]:
    """The values that texts mean in a column, and (row, problem) of those without meaning.

    An empty text is NULL; whether it may be is asked later, after the defaults. Each text is read once.
    """
    trimmed = pc.utf8_trim_whitespace(texts.combine_chunks())
    trimmed = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)
    if column.declared.type in AS_WRITTEN:
        return trimmed, []
    coded = trimmed.dictionary_encode()
    read = [read_value(column, text) for text in coded.dictionary.to_pylist()]
    wrong = {place: value for place, value in enumerate(read) if isinstance(value, Problem)}
    values = pa.array([None if isinstance(value, Problem) else value for value in read], column.arrow)
    problems = []
    if wrong:
        places = coded.indices.to_pylist()
        problems = [(row, wrong[place]) for row, place in enumerate(places) if place in wrong]
    return values.take(coded.indices), problems


def line_of_rows(path: Path, rows: list[int]) -> dict[int, int]:
    """The line on which each of these rows (from 0, without the header) begins; blank lines hold no row."""
    wanted, lines = set(rows), {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        next(reader, None)
        row, begins = 0, reader.line_num + 1
        for fields in reader:
            if fields:
                if row in wanted:
                    lines[row] = begins
                row += 1
            begins = reader.line_num + 1
    return lines
