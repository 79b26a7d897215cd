"""Every page, in both languages, on a phone and on a wide screen."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from playwright.sync_api import Browser
from tools.browsing.judging import judged
from tools.browsing.pages import Sample, samples
from tools.browsing.site import Site
from tools.browsing.watching import Visitor

LANGUAGES = ("zh", "en")


def test_every_page_is_right_in_both_languages_and_widths(
    site: Site, browser: Browser, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    pages = samples(site, browser)
    wrong: list[str] = []
    for username, group in groupby(sorted(pages, key=_who), key=_who):
        mine = list(group)
        visitor = visit(username or None)
        wrong += [one for language in LANGUAGES for one in _in(visitor, language, mine)]
    say(f"{len(pages)} pages of {len({one.pattern for one in pages})} routes, 2 languages, 2 widths")
    assert not wrong, f"{len(wrong)} mistakes\n" + "\n".join(wrong)


def _who(one: Sample) -> str:
    return one.username or ""


def _in(visitor: Visitor, language: str, pages: list[Sample]) -> list[str]:
    visitor.go(pages[0].address)
    visitor.speak(language)
    visitor.notes.clear()
    wrong = []
    for one in pages:
        visitor.go(one.address)
        wrong += [
            f"{one.address} ({one.username or 'nobody'}, {language}) {said}"
            for said in judged(visitor, language)
        ]
    return wrong
