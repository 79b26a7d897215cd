"""What the judging of pages must find, on pages that were spoilt on purpose; and what it must leave alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from tools.browsing.judging import JUDGE, layout
from tools.browsing.watching import WIDTHS, Visitor, visiting

WORDS = "记入核酸采样记录 Record the sampling"
FRAME = """<!doctype html><meta name="viewport" content="width=device-width, initial-scale=1">
<style>
.one-line { white-space: nowrap; } .narrow { display: inline-block; width: 6em; }
.hides { overflow: hidden; } .clips { overflow: clip; } .dots { overflow: hidden; text-overflow: ellipsis; }
.low { display: block; width: 9em; height: 1.2em; } .left { margin-left: -4em; } .block { display: block; }
.tight { width: 4em; table-layout: fixed; } .anywhere { overflow-wrap: anywhere; font-size: 2em; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip: rect(0 0 0 0); }
</style>"""


@pytest.fixture
def on_a_phone(browser: Browser) -> Iterator[Visitor]:
    """A window as wide as a phone, with nothing in it."""
    with visiting(browser, "http://127.0.0.1", width="phone") as visitor:
        yield visitor


def _said(visitor: Visitor, page: str) -> list[str]:
    visitor.page.set_content(f"{FRAME}<main>{page.replace('WORDS', WORDS)}</main>")
    visitor.page.evaluate(JUDGE.read_text(encoding="utf-8"))
    return list(layout(visitor, WIDTHS["phone"][1]))


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("<button class='narrow one-line hides'>WORDS</button>", "hidden at"),
        ("<button><span class='narrow one-line clips'>WORDS</span></button>", "hidden at"),
        ("<a class='btn narrow one-line dots'>WORDS</a>", "hidden at"),
        ("<a class='btn narrow one-line'>WORDS</a>", "drawn outside of its box"),
        ("<label class='low hides'>WORDS WORDS</label>", "hidden at"),
        ("<div class='narrow one-line hides'><label>WORDS</label></div>", "hidden at"),
        ("<table style='table-layout: fixed; width: 9em'><th class='one-line'>WORDS<th>B</table>", "<th"),
        ("<nav class='tabs'><a class='left'>WORDS</a></nav>", "drawn outside of the window"),
        (
            "<table style='width: 4em; table-layout: fixed'><th class='anywhere'>Severity</table>",
            "breaks the word",
        ),
        ("<b class='chip'>WORDS</b><b class='chip left'>WORDS</b>", "drawn over"),
    ],
)
def test_words_that_are_cut_off_are_found(on_a_phone: Visitor, page: str, told: str) -> None:
    found = [one for one in _said(on_a_phone, page) if one.startswith("words cut off")]
    assert any(told in one for one in found), found


@pytest.mark.parametrize(
    "page",
    [
        "<button class='narrow'>WORDS</button>",
        "<div style='overflow-x: auto'><table><th class='one-line'>WORDS WORDS WORDS</table></div>",
        "<label class='unseen'>WORDS</label>",
        "<table><thead class='unseen'><tr><th>WORDS</thead></table>",
        "<details><summary>Menu</summary><button class='narrow one-line hides'>WORDS</button></details>",
        "<button class='narrow one-line hides' style='display: none'>WORDS</button>",
        "<label>WORDS <select class='narrow'><option>WORDS</select></label>",
        "<table><th><button>WORDS</button></table><h2>WORDS <span class='state'>WORDS</span></h2>",
        "<label class='block' style='line-height: .8'>WORDS</label>",
    ],
)
def test_words_that_wrap_or_can_be_scrolled_to_or_are_not_shown_are_left_alone(
    on_a_phone: Visitor, page: str
) -> None:
    assert _said(on_a_phone, page) == []
