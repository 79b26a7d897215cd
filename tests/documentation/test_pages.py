"""What the pages tell a newcomer to type works on the committed extract and shows what they say it shows."""

from __future__ import annotations

import re
import subprocess
import sysconfig
from pathlib import Path

import pytest

from documentation.pages import ROOT, Reader, blocks, commands, not_said
from sizao.obligations.explain import STATUSES

DOCS = ROOT / "docs"
FOLLOWED = [
    ROOT / "README.md",
    ROOT / "README.zh.md",
    *sorted((DOCS / "tutorials").glob("*.md")),
    *sorted((DOCS / "how-to").glob("*.md")),
]
IN_CHINESE = [page for page in FOLLOWED if page.name.endswith(".zh.md")]


def english(page: Path) -> Path:
    return page.with_name(page.name.replace(".zh.md", ".md"))


@pytest.fixture(scope="session")
def seen():
    """What earlier readers saw: the same beginning is not run twice."""
    return {}


@pytest.mark.parametrize("page", FOLLOWED, ids=lambda page: str(page.relative_to(ROOT)))
def test_who_follows_the_page_sees_what_it_shows(page, seen, tmp_path):
    assert commands(page)
    Reader(tmp_path / "clone", seen).follow(page)


@pytest.mark.parametrize("page", IN_CHINESE, ids=lambda page: str(page.relative_to(ROOT)))
def test_both_languages_have_the_same_commands_and_files(page):
    in_chinese = [command.removesuffix(" --lang zh") for command in commands(page)]
    assert in_chinese == commands(english(page))
    files = [[b.file for b in blocks(one) if b.file] for one in (page, english(page))]
    assert files[0] == files[1]


@pytest.mark.parametrize("page", IN_CHINESE, ids=lambda page: str(page.relative_to(ROOT)))
def test_both_languages_have_the_same_parts(page):
    def headings(one: Path) -> list[int]:
        prose = re.sub(r"^```.*?^```$", "", one.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        return [len(marks) for marks in re.findall(r"^(#+) ", prose, re.MULTILINE)]

    assert headings(page) == headings(english(page))


def test_the_readme_and_the_tutorials_come_in_both_languages():
    needed = [ROOT / "README.md", *(DOCS / "tutorials").glob("*.md")]
    assert not [
        page.name for page in needed if not page.with_name(f"{page.name.split('.')[0]}.zh.md").is_file()
    ]


def test_the_command_that_the_pages_call_is_installed():
    command = Path(sysconfig.get_path("scripts")) / "sizao"
    said = subprocess.run([command, "--help"], capture_output=True, text=True, check=True).stdout
    assert not [word for word in ("intake", "policy", "derive", "explain", "compare") if word not in said]


def test_the_glossary_has_the_words_in_which_the_command_says_a_status():
    glossary = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    said = [word for words in STATUSES.values() for word in (words.zh, words.en)]
    assert not [word for word in said if word not in glossary]


@pytest.mark.parametrize(
    ("shown", "missing"),
    [
        ("sent 3 = stored 3\n…\nlast", None),
        ("sent … stored 3", None),
        ("last\nsent 3 = stored 3", "sent 3 = stored 3"),
        ("sent 4 = stored 3", "sent 4 = stored 3"),
    ],
)
def test_a_shown_line_that_was_not_said_in_this_order_is_found(shown, missing):
    assert not_said(shown, "first\n  sent 3   = stored 3\nlast\n") == missing
