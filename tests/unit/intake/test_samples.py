"""Every fact can be taken in: the sheet printed for it fits, and its sample comes in row by row."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from sizao.facts.dictionary import FACTS
from sizao.intake.loading import plan, preview
from sizao.intake.problems import IntakeRefused

ROOT = Path(__file__).resolve().parents[3]
SAMPLES, TEMPLATES = ROOT / "docs/reference/samples", ROOT / "docs/reference/templates"
each_fact = pytest.mark.parametrize("fact", FACTS)


@each_fact
def test_the_sample_of_a_fact_is_taken_in_whole(fact: str) -> None:
    receipt = preview(
        plan(SAMPLES / f"{fact}.csv", fact=fact, area="drill"), {}, recorded_at=datetime(2020, 7, 1)
    ).receipt
    assert not receipt.rejected, receipt.text()
    assert receipt.rows.sent == receipt.rows.stored == 2


@each_fact
def test_the_empty_sheet_of_a_fact_has_the_columns_that_are_wanted(fact: str, tmp_path: Path) -> None:
    header = (TEMPLATES / f"{fact}.csv").read_text(encoding="utf-8")
    sheet = tmp_path / f"{fact}.csv"
    sheet.write_text(header + "," * header.count(",") + "x\n", encoding="utf-8")
    assert plan(sheet, fact=fact, area="drill").sheet.sent == 1


def test_a_sample_is_not_taken_for_another_fact() -> None:
    with pytest.raises(IntakeRefused, match="expected columns of deaths"):
        plan(SAMPLES / "stays.csv", fact="deaths", area="drill")


def test_a_row_of_a_sample_with_a_code_that_there_is_not_is_rejected(tmp_path: Path) -> None:
    sheet = tmp_path / "stock_counts.csv"
    text = (SAMPLES / "stock_counts.csv").read_text(encoding="utf-8")
    sheet.write_text(text.replace("masks", "masques"), encoding="utf-8")
    receipt = preview(
        plan(sheet, fact="stock_counts", area="drill"), {}, recorded_at=datetime(2020, 7, 1)
    ).receipt
    assert (receipt.rows.stored, receipt.rows.rejected) == (1, 1)
