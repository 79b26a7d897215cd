"""Links between pages lead somewhere, and every page can be reached from the README."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\(([^)\s]+)\)")


def pages() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def prose(page: Path) -> str:
    return re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def targets(page: Path) -> list[tuple[Path, str]]:
    inside = [
        link for link in LINK.findall(prose(page)) if "://" not in link and not link.startswith("mailto:")
    ]
    parts = [link.partition("#") for link in inside]
    return [((page.parent / path).resolve() if path else page, anchor) for path, _, anchor in parts]


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_to_something(page):
    lost = [str(target) for target, _ in targets(page) if not target.exists()]
    lost += [
        f"{target}#{anchor}"
        for target, anchor in targets(page)
        if anchor and target.suffix == ".md" and target.is_file() and anchor not in anchors(target)
    ]
    assert not lost


def test_every_page_can_be_reached_from_the_readme():
    reached, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        reached.add(page)
        below = [target for target, _ in targets(page) if target.suffix == ".md"]
        folders = [target for target, _ in targets(page) if target.is_dir()]
        below += [file for folder in folders for file in folder.glob("*.md")]
        ahead += [target for target in below if target not in reached and target.is_file()]
    assert not [str(page.relative_to(ROOT)) for page in pages() if page not in reached]
