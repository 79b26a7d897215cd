"""Every page, in both languages, on a phone and on a wide screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

import pytest
from playwright.sync_api import Browser
from tools.browsing.judging import judged
from tools.browsing.pages import Sample, samples
from tools.browsing.site import Site
from tools.browsing.watching import WIDTHS, Visitor, chromium, visiting

BROWSERS = 2  # at the same time, each with windows of its own
LANGUAGES = ("en", "zh")  # zh last: whoever comes after finds the account as it was

Looking = Callable[[int, int], tuple[str, ...]]
"""Number of a page, number of a language -> the widths at which axe looks."""


def in_turn(page: int, language: int) -> tuple[str, ...]:
    """Once at each page; of four pages that follow, at each width in each language."""
    turn, width = divmod(page % (len(LANGUAGES) * len(WIDTHS)), len(WIDTHS))
    return (tuple(WIDTHS)[width],) if turn == language else ()


def at_every_width(page: int, language: int) -> tuple[str, ...]:
    """Everywhere."""
    return tuple(WIDTHS)


@pytest.mark.parametrize("axe_looks", [in_turn, pytest.param(at_every_width, marks=pytest.mark.long)])
def test_every_page_is_right_in_both_languages_and_widths(
    site: Site, browser: Browser, say: Callable[[str], None], axe_looks: Looking
) -> None:
    pages = samples(site, browser)
    groups = [list(group) for _, group in groupby(sorted(pages, key=_who), key=_who)]
    groups.sort(key=len, reverse=True)
    with ThreadPoolExecutor(BROWSERS) as pool:
        shares = [groups[number::BROWSERS] for number in range(BROWSERS)]
        found = list(pool.map(lambda share: list(_wrong(site.address, share, axe_looks)), shares))
    wrong = [one for share in found for one in share]
    say(f"{len(pages)} pages of {len({one.pattern for one in pages})} routes, 2 languages, 2 widths")
    assert not wrong, f"{len(wrong)} mistakes\n" + "\n".join(wrong)


def _who(one: Sample) -> str:
    return one.username or ""


def _wrong(address: str, groups: list[list[Sample]], axe_looks: Looking) -> Iterator[str]:
    """What is wrong with these pages, each group of which one person opens."""
    with chromium() as browser:
        for pages in groups:
            with visiting(browser, address) as visitor:
                if pages[0].username:
                    visitor.sign_in(pages[0].username)
                yield from _in_both_languages(visitor, pages, axe_looks)


def _in_both_languages(visitor: Visitor, pages: list[Sample], axe_looks: Looking) -> Iterator[str]:
    for number, language in enumerate(LANGUAGES):
        visitor.go("/policy/help/" if pages[0].username else "/sign-in/")
        visitor.speak(language)
        visitor.notes.clear()
        for place, one in enumerate(pages):
            visitor.go(one.address)
            where = f"{one.address} ({one.username or 'nobody'}, {language})"
            found = judged(visitor, language, axe_at=axe_looks(place, number))
            yield from (f"{where} {said}" for said in found)
