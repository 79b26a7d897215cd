"""Every page, in both languages, on a phone and on a wide screen."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

from playwright.sync_api import Browser
from tools.browsing.judging import judged
from tools.browsing.pages import Sample, samples
from tools.browsing.site import Site
from tools.browsing.watching import chromium, visiting

BROWSERS = 2  # at the same time, each with windows of its own


def test_every_page_is_right_in_both_languages_and_widths(
    site: Site, browser: Browser, say: Callable[[str], None]
) -> None:
    pages = samples(site, browser)
    groups = [list(group) for _, group in groupby(sorted(pages, key=_who), key=_who)]
    groups.sort(key=len, reverse=True)
    with ThreadPoolExecutor(BROWSERS) as pool:
        shares = [groups[number::BROWSERS] for number in range(BROWSERS)]
        wrong = [
            one for found in pool.map(lambda share: _wrong(site.address, share), shares) for one in found
        ]
    say(f"{len(pages)} pages of {len({one.pattern for one in pages})} routes, 2 languages, 2 widths")
    assert not wrong, f"{len(wrong)} mistakes\n" + "\n".join(wrong)


def _who(one: Sample) -> str:
    return one.username or ""


def _wrong(address: str, groups: list[list[Sample]]) -> list[str]:
    """What is wrong with these pages, each group of which one person opens."""
    wrong: list[str] = []
    with chromium() as browser:
        for pages in groups:
            with visiting(browser, address) as visitor:
                if pages[0].username:
                    visitor.sign_in(pages[0].username)
                for language in ("en", "zh"):  # zh last: whoever comes after finds the account as it was
                    visitor.go("/policy/help/" if pages[0].username else "/sign-in/")
                    visitor.speak(language)
                    visitor.notes.clear()
                    for one in pages:
                        visitor.go(one.address)
                        where = f"{one.address} ({one.username or 'nobody'}, {language})"
                        wrong += [f"{where} {said}" for said in judged(visitor, language)]
    return wrong
