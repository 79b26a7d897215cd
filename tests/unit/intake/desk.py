"""Small sheets and mappings, taken in without a folder."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from sizao import intake

NOW = datetime(2020, 6, 1, 9)


class Desk:
    """A folder with sheets, and the tables that were taken in from them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tables: dict[str, pa.Table] = {}

    def put(self, name: str, content: str | bytes) -> Path:
        """Write a file."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    def take(
        self, sheet: str | bytes | Path, *, mapping: str | None = None, at: datetime = NOW, **said: Any
    ) -> intake.Receipt:
        """Load a sheet: its text, or a file that exists."""
        path = sheet if isinstance(sheet, Path) else self.put("sheet.csv", sheet)
        stated = self.put("map.yaml", mapping) if mapping is not None else None
        one = intake.plan(path, mapping=stated, **said)
        return intake.load(one, dict(self.tables), self.tables.update, recorded_at=at)

    def rows(self, fact: str, *columns: str) -> list[tuple[Any, ...]]:
        """Chosen columns of a fact, in the order of the rows."""
        return [tuple(row[one] for one in columns) for row in self.tables[fact].to_pylist()]


def counts(receipt: intake.Receipt) -> tuple[int, int, int, int]:
    """sent, stored, merged, rejected."""
    rows = receipt.rows
    return rows.sent, rows.stored, rows.merged, rows.rejected
