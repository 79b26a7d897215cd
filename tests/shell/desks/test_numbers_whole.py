"""Numbers of people stay whole where they are told: half of one, at the end of a line, is another's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page
from tools.browsing.watching import chromium

import sizao_web
from sizao_web.pages.templatetags.names import or_number, person_link, whole

FOLDER = Path(sizao_web.__file__).parent
RULES = (FOLDER / "pages" / "static" / "pages" / "sizao.css").read_text(encoding="utf-8")
NUMBER = re.compile(r"\{\{ (?:[a-z_.]+\|default:)?(?:[a-z_]+\.)*person \}\}")
WORDS_ALONE = ("option", "title", "textarea")
"""Elements in which no markup may stand."""


def told_raw(template: str) -> list[str]:
    """Where a template tells a person's number in its text as it is."""
    blank = re.sub(r"\{[%{#].*?[%}#]\}", lambda part: " " * len(part.group()), template, flags=re.S)
    found = []
    for one in NUMBER.finditer(template):
        before = blank[: one.start()]
        in_tag = before.rfind("<") > before.rfind(">")
        alone = any(before.rfind(f"<{name}") > before.rfind(f"</{name}") for name in WORDS_ALONE)
        titled = template.rfind("{% block title %}", 0, one.start()) > template.rfind(
            "{% endblock %}", 0, one.start()
        )
        hidden = re.search(r'visually-hidden">[^<]*$', before)
        if not (in_tag or alone or titled or hidden):
            found.append(one.group())
    return found


@pytest.mark.parametrize("file", sorted(FOLDER.rglob("*.html")), ids=lambda file: file.stem)
def test_no_page_tells_a_number_that_may_break(file: Path) -> None:
    assert told_raw(file.read_text(encoding="utf-8")) == []


def test_a_number_told_as_it_is_would_be_noticed() -> None:
    text = "<p>{{ one.person }} {{ name|default:person }}</p>"
    assert told_raw(text) == ["{{ one.person }}", "{{ name|default:person }}"]
    kept = '<input value="{{ one.person }}"><option>{{ person }}</option>{{ person|whole }}'
    assert told_raw(kept) == []


def lines_of(page: Page, html: str) -> int:
    """On how many lines the number stands."""
    page.set_content(f'<style>{RULES}</style><p style="width: 9em; font: 16px sans-serif">{html}</p>')
    counted: int = page.evaluate(
        "(() => { const text = document.createRange(); text.selectNodeContents("
        "document.querySelector('.whole') || document.querySelector('p').lastElementChild);"
        " return new Set([...text.getClientRects()].map(one => Math.round(one.top))).size; })()"
    )
    return counted


def test_a_number_goes_to_the_next_line_as_a_whole_and_one_wider_than_the_line_is_not_cut_off() -> None:
    before = "who is "
    with chromium() as browser:
        page = browser.new_page()
        assert lines_of(page, f"{before}<b>guest-abc-defgh</b>") == 2, "as it was: broken at a hyphen"
        for told in (
            whole("guest-abc-defgh"),
            person_link("guest-abc-defgh"),
            or_number("", "guest-abc-defgh"),
        ):
            assert lines_of(page, before + told) == 1
        assert lines_of(page, before + whole("guest-abc-def-ghi-jkl-mno-pqr")) == 2
        assert page.evaluate("document.querySelector('.whole').scrollWidth <= 145")
