"""The workbook of the source gives the same facts as its sheets exported to CSV."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from data.conftest import EXAMPLE, NOW
from sizao import intake

PAGES = {
    "Individual Data": ("line-list.yaml", 578, 0),
    "Edge List": ("contacts.yaml", 46_010, 0),
    "Summary": ("published-totals.yaml", 776, 7),
}


@pytest.mark.parametrize("page", PAGES)
def test_every_row_of_the_workbook_is_there_already(
    page: str, files: Path, tables: dict[str, pa.Table]
) -> None:
    mapping, merged, rejected = PAGES[page]
    one = intake.plan(files / "figshare_taiwan_covid.xlsx", mapping=EXAMPLE / mapping, page=page)
    rows = intake.preview(one, tables, recorded_at=NOW).receipt.rows
    assert (rows.stored, rows.merged, rows.rejected) == (0, merged, rejected)
