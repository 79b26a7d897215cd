"""The page on configuration names every variable that an installation reads, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from documentation.pages import ROOT
from sizao_web.settings.configuration import configuration

PAGE = ROOT / "docs" / "reference" / "configuration.md"


class Asked(Mapping[str, str]):
    """An environment that notes what it is asked for."""

    def __init__(self, stated: Mapping[str, str]) -> None:
        self.stated, self.names = stated, set[str]()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return self.stated[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.stated)

    def __len__(self) -> int:
        return len(self.stated)


def test_the_page_names_every_variable_that_is_read_and_no_other(tmp_path: Path) -> None:
    asked = Asked({"SIZAO_MODE": "test", "SIZAO_DATA": str(tmp_path)})
    configuration(asked)
    named = set(re.findall(r"^\| `([A-Z_]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert named == asked.names


def test_the_source_reads_no_variable_of_ours_elsewhere() -> None:
    named = set(re.findall(r"^\| `([A-Z_]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    found = {
        name
        for file in (ROOT / "src" / "sizao_web").rglob("*.py")
        for name in re.findall(r"\b(SIZAO_[A-Z_]+[A-Z])\b", file.read_text(encoding="utf-8"))
    }
    assert found - named == set()
