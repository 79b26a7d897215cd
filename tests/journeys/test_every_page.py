"""Every page, on a phone and on a wide screen; every day in one of its languages, in `make long` in both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

import pytest
from playwright.sync_api import Browser
from tools.browsing.asking import signed_in, speaking
from tools.browsing.judging import judged
from tools.browsing.pages import Sample, samples
from tools.browsing.site import Site
from tools.browsing.watching import WIDTHS, Visitor, chromium, holding, visiting

BROWSERS = 2  # at the same time, each with windows of its own
LANGUAGES = ("en", "zh")  # zh last: whoever comes after finds the account as it was

Looking = Callable[[int, int], tuple[str, ...] | None]
"""Number of a page, number of a language -> the widths at which axe looks; None: nobody opens it."""


def in_turn(page: int, language: int) -> tuple[str, ...] | None:
    """Each page in one language, by turns, and axe at one of its widths, by turns of two."""
    turn, width = page % len(LANGUAGES), page // len(LANGUAGES) % len(WIDTHS)
    return (tuple(WIDTHS)[width],) if turn == language else None


def everywhere(page: int, language: int) -> tuple[str, ...]:
    """In both languages, and axe at both widths."""
    return tuple(WIDTHS)


@pytest.mark.parametrize("axe_looks", [in_turn, pytest.param(everywhere, marks=pytest.mark.long)])
def test_every_page_is_right_in_its_language_at_both_widths(
    site: Site, browser: Browser, say: Callable[[str], None], axe_looks: Looking
) -> None:
    pages = samples(site, browser)
    groups = [list(group) for _, group in groupby(sorted(pages, key=_who), key=_who)]
    groups.sort(key=len, reverse=True)
    with ThreadPoolExecutor(BROWSERS) as pool:
        shares = [groups[number::BROWSERS] for number in range(BROWSERS)]
        found = list(pool.map(lambda share: list(_wrong(site.address, share, axe_looks)), shares))
    wrong = [one for share in found for one in share]
    say(f"{len(pages)} pages of {len({one.pattern for one in pages})} routes, {axe_looks.__name__}")
    assert not wrong, f"{len(wrong)} mistakes\n" + "\n".join(wrong)


def _who(one: Sample) -> str:
    return one.username or ""


def _wrong(address: str, groups: list[list[Sample]], axe_looks: Looking) -> Iterator[str]:
    """What is wrong with these pages, each group of which one person opens."""
    with chromium() as browser:
        for pages in groups:
            cookies = signed_in(address, pages[0].username) if pages[0].username else []
            with visiting(browser, address, storage_state=holding(address, cookies)) as visitor:
                yield from _in_both_languages(visitor, pages, axe_looks, cookies)


def _in_both_languages(
    visitor: Visitor, pages: list[Sample], axe_looks: Looking, cookies: list[dict[str, str]]
) -> Iterator[str]:
    for number, language in enumerate(LANGUAGES):
        if cookies:
            speaking(visitor.address, cookies, language)
        else:
            visitor.go("/sign-in/")
            visitor.speak(language)
        for place, one in enumerate(pages):
            axe_at = axe_looks(place, number)
            if axe_at is None:
                continue
            # What the page before still asked for when it was left fails there: no mistake of this one.
            visitor.page.goto("about:blank")
            visitor.notes.clear()
            visitor.go(one.address)
            where = f"{one.address} ({one.username or 'nobody'}, {language})"
            found = judged(visitor, language, axe_at=axe_at)
            yield from (f"{where} {said}" for said in found)
