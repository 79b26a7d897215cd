"""Every kind of mistake in a sheet: what is said, word for word, and that mending it lets the sheet in.

Each folder of `mistakes` holds `sheet.*`, what is said of it (`said.txt`), and `mended.*`, with `fact.txt` or
`map.yaml`.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest

from sizao import intake

MISTAKES = Path(__file__).with_name("mistakes")
NOW = datetime(2020, 6, 1)


def take(folder: Path, name: str) -> tuple[str, intake.Receipt | None]:
    """What is said of the sheet, and its receipt unless it was refused whole."""
    (sheet,) = (one for one in folder.glob(f"{name}.*") if one.suffix != ".yaml")
    stated = folder / ("map.yaml" if name == "sheet" else "mended.yaml")
    fact = folder / "fact.txt"
    tables: dict[str, pa.Table] = {}
    try:
        one = intake.plan(
            sheet,
            mapping=stated if stated.exists() else None,
            fact=fact.read_text().strip() if fact.exists() else None,
        )
        receipt = intake.load(one, {}, tables.update, recorded_at=NOW)
    except intake.IntakeRefused as refused:
        return said(refused.problems), None
    return said([problem for row in receipt.rejected for problem in row.problems]), receipt


def said(problems: list[intake.Problem] | tuple[intake.Problem, ...]) -> str:
    return "".join(f"{one.kind}\n{one.text('en')}\n{one.text('zh')}\n" for one in problems)


@pytest.mark.parametrize("name", sorted(one.name for one in MISTAKES.iterdir()))
def test_a_mistake_is_named_and_mending_it_lets_the_sheet_in(name: str) -> None:
    folder = MISTAKES / name
    words, receipt = take(folder, "sheet")
    assert words == (folder / "said.txt").read_text(encoding="utf-8")
    assert receipt is None or receipt.rows.rejected > 0

    words, receipt = take(folder, "mended")
    assert words == ""
    assert receipt is not None
    assert receipt.rows.stored > 0
    assert receipt.rows.rejected == 0
