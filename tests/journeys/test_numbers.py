"""Behind every number that is a link stands a list with that many rows, whoever reads it."""

from __future__ import annotations

import csv
import io
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from tools.browsing.asking import Answer, Asker
from tools.browsing.reading import Read, read
from tools.browsing.site import Site
from tools.browsing.watching import Visitor

READERS = ("community", "street", "command")
OF_ONE_ROUTE = pytest.mark.parametrize("of_one_route", [1, pytest.param(4, marks=pytest.mark.long)])
"""So many addresses of one route are read on: a list has one for each order and filter."""
WAITS = (0.0, 1.0, 5.0, 20.0)  # seconds before a number that does not fit is looked at again
LARGEST_FILE = 3_000  # rows; of a longer list the last page is looked at instead of the whole file


@OF_ONE_ROUTE
def test_behind_every_number_are_that_many_rows_for_three_readers(
    site: Site,
    visit: Callable[..., Visitor],
    sessions: Mapping[str, Any],
    say: Callable[[str], None],
    of_one_route: int,
) -> None:
    for reader in READERS:
        visit(reader)
    crawls = [_Crawl(Asker(site.address, sessions[reader]["cookies"]), of_one_route) for reader in READERS]
    with ThreadPoolExecutor(len(crawls)) as pool:
        found = list(pool.map(_Crawl.whole, crawls))
    wrong = [f"{reader} {one}" for reader, said in zip(READERS, found, strict=True) for one in said]
    for reader, crawl in zip(READERS, crawls, strict=True):
        say(
            f"{reader}: {crawl.checked} numbers on {len(crawl.pages)} pages,"
            f" {len(crawl.lists)} lists behind them"
        )
        assert crawl.checked, f"no page that {reader} reads has a number"
    assert not wrong, "\n".join(wrong)


class _Crawl:
    """Reads from the start page on, each address once."""

    def __init__(self, asker: Asker, of_one_route: int) -> None:
        self.asker = asker
        self.of_one_route = of_one_route
        self.pages: dict[str, Read | None] = {}
        self.lists: dict[str, Read | None] = {}  # of pages to which only a number led: the list on it
        self.checked = 0

    def whole(self) -> list[str]:
        """What is wrong on all pages."""
        with closing(self.asker):
            return list(self.run())

    def run(self) -> Iterator[str]:
        """What is wrong, page after page."""
        waiting, routes = deque([self.asker.get("/").path]), Counter[str]()
        asked = set[tuple[int, str, str]]()
        while waiting:
            address = waiting.popleft()
            page = self._page(address)
            if page is None:
                continue
            yield from (f"{address}: {text!r} is a number that leads nowhere" for text in page.unlinked)
            self.checked += len(page.folds)
            yield from self._unfolds_otherwise(address)
            for number, href in page.counts:
                target = _inside(address, href)
                if target is not None and (number, *target) not in asked:
                    asked.add((number, *target))
                    self.checked += 1
                    yield from self._differs(address, number, href)
            for href in page.links:
                target = _inside(address, href)
                if target is not None and target[0] not in self.pages and target[0] not in waiting:
                    route = _route(target[0])
                    routes[route] += 1
                    if route and routes[route] <= self.of_one_route:
                        waiting.append(target[0])

    def _differs(self, address: str, number: int, href: str) -> Iterator[str]:
        """What is wrong with a number, each time that it is looked at: a limit may have passed since its page
        was read, a job may have written between two readings, and what is wrong stays wrong."""
        inside = _inside(address, href)
        assert inside is not None
        target, part = inside
        numbers, wrong = {number}, list[str]()
        for wait in (*WAITS, None):
            found = {now: self._difference(now, target, part) for now in numbers}
            wrong = [
                f"{address}: {now} leads to {target}{'#' if part else ''}{part}, which {said}"
                for now, said in found.items()
                if said is not None
            ]
            if not wrong or wait is None:
                break
            page = self._anew(wait, address, target)
            numbers = {at for at, to in page.counts if to == href} if page is not None else set()
        yield from wrong

    def _anew(self, wait: float, address: str, *others: str) -> Read | None:
        """The page, read once more after so many seconds; the others will be too."""
        time.sleep(wait)
        for one in (address, *others):
            self.pages.pop(one, None)
            self.lists.pop(one, None)
        return self._page(address)

    def _unfolds_otherwise(self, address: str) -> Iterator[str]:
        """Which numbers of folds are wrong, each time that the page is looked at."""
        page, wrong = self._page(address), list[str]()
        for wait in (*WAITS, None):
            folds = page.folds if page is not None else []
            wrong = [
                f"{address}: {fold.number} unfolds {fold.rows} rows"
                for fold in folds
                if fold.number != fold.rows
            ]
            if not wrong or wait is None:
                break
            page = self._anew(wait, address)
        yield from wrong

    def _difference(self, number: int, target: str, part: str) -> str | None:
        page = self._page(target) if part else self._list(target)
        if page is None:
            return "is no page"
        if part:
            rows = page.lists.get(part)
            return None if rows == number else "is no list" if rows is None else f"has {rows} rows"
        if not page.totals:
            return "is no list"
        if page.totals[0] != number:
            return f"says {page.totals[0]}"
        rows = self._rows(target, page)
        return None if rows == number else f"has {rows} rows"

    def _rows(self, target: str, page: Read) -> int:
        """The rows themselves, not what the list says of itself."""
        total = page.totals[0]
        if page.rows >= total or not page.rows:
            return page.rows
        if not page.files:
            return sum(one.rows for one in self._following(target, page))
        if total <= LARGEST_FILE:
            text = self.asker.get(urljoin(target, page.files[0])).text
            return sum(1 for row in csv.reader(io.StringIO(text.lstrip("\ufeff"))) if row) - 1
        before = (total - 1) // page.rows
        last = self._list(_numbered(target, before + 1))
        return before * page.rows + (last.rows if last is not None else 0)

    def _following(self, target: str, page: Read) -> Iterator[Read]:
        """The page and those after it, until one is the last or shows nothing."""
        for number in range(2, page.totals[0] // page.rows + 3):
            yield page
            following = self._list(_numbered(target, number))
            if following is None or not following.rows or following.rows > page.rows:
                return
            page = following

    def _page(self, address: str) -> Read | None:
        if address not in self.pages:
            self.pages[address] = self._read(address, self.asker.get(address))
        return self.pages[address]

    def _list(self, address: str) -> Read | None:
        """The page; where it has not been read yet, only the list on it, which is the same and costs less."""
        if address in self.pages:
            return self.pages[address]
        if address not in self.lists:
            self.lists[address] = self._read(address, self.asker.get(address, part="list"))
        return self.lists[address]

    @staticmethod
    def _read(address: str, answer: Answer) -> Read | None:
        if answer.status >= 500:
            raise AssertionError(f"{address} answers {answer.status}")
        return read(answer.text) if answer.status == 200 and answer.html else None


def _inside(address: str, href: str) -> tuple[str, str] | None:
    """Where on this site a link of a page leads: address, and part of that page; None for other sites."""
    url, part = urldefrag(urljoin(f"http://site{address}", href))
    whole = urlsplit(url)
    if whole.netloc != "site" or "as=" in whole.query:
        return None
    return whole.path + (f"?{whole.query}" if whole.query else ""), part


def _numbered(target: str, number: int) -> str:
    return f"{target}{'&' if '?' in target else '?'}page={number}"


def _route(target: str) -> str:
    try:
        return resolve(target.split("?")[0]).route
    except Resolver404:
        return ""
