"""Parquet files as rows of text cells, one group of rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from sizao.intake.limits import Limits
from sizao.intake.pieces import PIECE, End, Head, Piece, Pieces, check_header
from sizao.intake.refusing import NOT_PARQUET, ROWS, UNPACKED, refuse, too_large
from sizao.intake.workbooks import cell_text


def read_parquet(name: str, file: BinaryIO, limits: Limits) -> Iterator[Head | Piece | End]:
    """The rows of the one table that the file holds."""
    file.seek(0)
    try:
        opened = pq.ParquetFile(file, memory_map=False, pre_buffer=False)
        columns = [str(one) for one in opened.schema_arrow.names]
        if opened.metadata.num_rows > limits.rows:
            too_large(name, ROWS, opened.metadata.num_rows, limits.rows)
        unpacked = sum(
            opened.metadata.row_group(at).total_byte_size for at in range(opened.metadata.num_row_groups)
        )
        if unpacked > limits.unpacked:
            too_large(name, UNPACKED, unpacked, limits.unpacked)
        check_header(name, columns, 1, limits)
        yield Head(tuple(columns))
        pieces, line, blank = Pieces(name, tuple(columns), limits), 1, 0
        for batch in opened.iter_batches(batch_size=PIECE, use_threads=False):
            lines = pa.array(range(line, line + batch.num_rows), pa.int64())
            cells = [
                pa.array(
                    [None if cell is None else cell_text(cell) for cell in column.to_pylist()], pa.string()
                )
                for column in batch.columns
            ]
            line += batch.num_rows
            piece, empty = pieces.given(cells, lines)
            blank += empty
            yield piece
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError):
        refuse(name, "cut_off", None, *NOT_PARQUET)
    yield pieces.end(blank)
