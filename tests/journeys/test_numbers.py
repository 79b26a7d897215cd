"""Behind every number that is a link stands a list with that many rows, whoever reads it."""

from __future__ import annotations

import csv
import io
from collections import Counter, deque
from collections.abc import Callable, Iterator
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from tools.browsing.reading import Read, read
from tools.browsing.watching import Visitor

READERS = ("community", "street", "command")
OF_ONE_ROUTE = 4  # so many addresses of one route are read on: a list has one for each order and filter
LARGEST_FILE = 3_000  # rows; of a longer list the last page is looked at instead of the whole file


@pytest.mark.parametrize("reader", READERS)
def test_behind_every_number_are_that_many_rows(
    reader: str, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    crawl = _Crawl(visit(reader))
    wrong = list(crawl.run())
    say(f"{reader}: {crawl.checked} numbers on {len(crawl.pages)} pages")
    assert not wrong, "\n".join(wrong)
    assert crawl.checked, "no page that was read has a number"


class _Crawl:
    """Reads from the start page on, each address once."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.pages: dict[str, Read | None] = {}
        self.checked = 0

    def run(self) -> Iterator[str]:
        waiting, routes, asked = deque(["/"]), Counter[str](), set[tuple[int, str]]()
        while waiting:
            address = waiting.popleft()
            page = self._page(address)
            if page is None:
                continue
            yield from (f"{address}: {text!r} is a number that leads nowhere" for text in page.unlinked)
            for number, href in page.counts:
                target = _inside(address, href)
                if target is not None and (number, target) not in asked:
                    asked.add((number, target))
                    self.checked += 1
                    yield from (f"{address}: {said}" for said in self._differs(number, target))
            for href in page.links:
                target = _inside(address, href)
                if target is not None and target not in self.pages and target not in waiting:
                    route = _route(target)
                    routes[route] += 1
                    if route and routes[route] <= OF_ONE_ROUTE:
                        waiting.append(target)

    def _differs(self, number: int, target: str) -> Iterator[str]:
        page = self._page(target)
        if page is None:
            yield f"{number} leads to {target}, which is no page"
        elif not page.totals:
            yield f"{number} leads to {target}, which is no list"
        elif page.totals[0] != number:
            yield f"{number} leads to {target}, which says {page.totals[0]}"
        elif (rows := self._rows(target, page)) != number:
            yield f"{number} leads to {target}, which has {rows} rows"

    def _rows(self, target: str, page: Read) -> int:
        """The rows themselves, not what the list says of itself."""
        total = page.totals[0]
        if page.rows >= total or not page.rows:
            return page.rows
        if not page.files:
            return sum(one.rows for one in self._following(target, page))
        if total <= LARGEST_FILE:
            text = self.visitor.context.request.get(
                urljoin(self.visitor.address + target, page.files[0])
            ).text()
            return sum(1 for row in csv.reader(io.StringIO(text.lstrip("\ufeff"))) if row) - 1
        before = (total - 1) // page.rows
        last = self._page(_numbered(target, before + 1))
        return before * page.rows + (last.rows if last is not None else 0)

    def _following(self, target: str, page: Read) -> Iterator[Read]:
        """The page and those after it, until one is the last or shows nothing."""
        for number in range(2, page.totals[0] // page.rows + 3):
            yield page
            following = self._page(_numbered(target, number))
            if following is None or not following.rows or following.rows > page.rows:
                return
            page = following

    def _page(self, address: str) -> Read | None:
        if address not in self.pages:
            answer = self.visitor.context.request.get(self.visitor.address + address)
            html = answer.headers.get("content-type", "").startswith("text/html")
            if answer.status >= 500:
                raise AssertionError(f"{address} answers {answer.status}")
            self.pages[address] = read(answer.text()) if answer.status == 200 and html else None
        return self.pages[address]


def _inside(address: str, href: str) -> str | None:
    """The address on this site to which a link of a page leads; None for others."""
    whole = urlsplit(urldefrag(urljoin(f"http://site{address}", href)).url)
    if whole.netloc != "site" or "as=" in whole.query:
        return None
    return whole.path + (f"?{whole.query}" if whole.query else "")


def _numbered(target: str, number: int) -> str:
    return f"{target}{'&' if '?' in target else '?'}page={number}"


def _route(target: str) -> str:
    try:
        return resolve(target.split("?")[0]).route
    except Resolver404:
        return ""
