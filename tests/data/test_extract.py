"""The committed extract is what the stated procedure makes of the full files, and holds no free text."""

from __future__ import annotations

from pathlib import Path

from data.conftest import EXAMPLE
from data.extract import FREE_TEXT, extract


def test_the_extract_is_what_its_procedure_makes_of_the_full_files(files: Path) -> None:
    for name, text in extract(files).items():
        assert (EXAMPLE / name).read_text(encoding="utf-8") == text, name


def test_the_extract_holds_no_free_text_and_stays_small() -> None:
    sheets = sorted(EXAMPLE.glob("*.csv"))
    headers = {
        column for sheet in sheets for column in sheet.read_text(encoding="utf-8").split("\n")[0].split(",")
    }
    assert not headers & set(FREE_TEXT)
    assert sum(sheet.stat().st_size for sheet in sheets) < 1_000_000
