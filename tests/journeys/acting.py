"""What people do at a page, by the words of their work: record a fact, look at a list, knock at a door."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from http.client import HTTPException
from threading import Event, Thread
from typing import Any, TypeVar

from playwright.sync_api import Locator, Response
from tools.browsing.asking import Asker
from tools.browsing.site import SETTLED_WITHIN, Site
from tools.browsing.watching import PATIENCE, Visitor

MOVED_WITHIN = SETTLED_WITHIN  # seconds in which a list must have followed a fact; idle it is one or two
LOOK_AGAIN = 0.4  # seconds; who looks without a pause keeps the processor from those who work
BARE, BARE_TAKES = "/sign-in/", 0.2
"""A page on which nothing is looked up, and the seconds in which it has come on an idle machine."""
_Found = TypeVar("_Found")


class Taps:
    """Taps and clicks, counted, with the time the machine took since the first page."""

    def __init__(self) -> None:
        self.count = 0
        self.began = time.monotonic()

    def on(self, what: Locator) -> None:
        """One tap; on a wide screen a click."""
        self.count += 1
        if what.page.evaluate("navigator.maxTouchPoints"):
            what.tap()
        else:
            what.click()

    @property
    def took(self) -> float:
        """Seconds of the machine."""
        return time.monotonic() - self.began

    def __str__(self) -> str:
        return f"{self.count} taps, {self.took:.1f} s of the machine"


class Pace:
    """How long an act takes somebody: the pages they wait for, and seconds, from now on.

    Seconds of a busy machine say nothing about the product, so the limit is for one that is not: it grows by
    as much as a page on which nothing is looked up comes later meanwhile than it would there.
    """

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self.pages = 0
        self._longest = 0.0  # seconds in which the bare page has come
        self._over = Event()
        visitor.page.on("response", self._answered)
        self._began = time.monotonic()
        self._asking = Thread(target=self._ask_for_a_bare_page, daemon=True)
        self._asking.start()

    def _answered(self, answer: Response) -> None:
        if answer.request.is_navigation_request() and not 300 <= answer.status < 400:
            self.pages += 1

    def took(self, longest: float, *, pages: int) -> float:
        """The seconds up to now: no more than so many on an idle machine, with no more than so many pages."""
        seconds = time.monotonic() - self._began
        self._over.set()
        self._asking.join()
        self._visitor.page.remove_listener("response", self._answered)
        assert self.pages <= pages, f"{self.pages} pages were waited for, not {pages}"
        busy = max(1.0, self._longest / BARE_TAKES)
        assert seconds < longest * busy, f"{seconds:.1f} s on a machine {busy:.1f} times as slow as idle"
        return seconds

    def _ask_for_a_bare_page(self) -> None:
        """Again and again, as long as the act lasts: what holds up the machine holds up this as well."""
        asker = Asker(self._visitor.address, ())
        with closing(asker), suppress(OSError, HTTPException):  # the site is gone where the test has failed
            while not self._over.wait(LOOK_AGAIN / 2):
                began = time.monotonic()
                asker.get(BARE)
                self._longest = max(self._longest, time.monotonic() - began)


def once(ask: Callable[[], _Found], is_right: Callable[[_Found], bool]) -> _Found:
    """What is answered once it is right: asked again until then, as long as a list may take to follow."""
    until = time.monotonic() + MOVED_WITHIN
    while not is_right(found := ask()):
        assert time.monotonic() < until, f"within {MOVED_WITHIN:.0f} s no other answer than {found!r}"
        time.sleep(LOOK_AGAIN)
    return found


def once_shown(visitor: Visitor, path: str, where: str, words: str) -> Locator:
    """The part of a page that has these words, as soon as it has: the page is asked again until then."""
    until = time.monotonic() + MOVED_WITHIN
    visitor.go(path)
    while not (found := visitor.page.locator(where).filter(has_text=words)).count():
        assert time.monotonic() < until, f"{path} {where} does not say {words!r}: {_text(visitor, where)}"
        time.sleep(LOOK_AGAIN)
        visitor.go(path)
    return found.first


def _text(visitor: Visitor, where: str) -> str:
    return " | ".join(visitor.page.locator(where).all_inner_texts())[:2000]


def obligation(site: Site, about: str, verb: str, statuses: tuple[str, ...], **more: str) -> tuple[str, str]:
    """(office that does it, status) of a row once it has such a status; more: its rule, its day (`on`)."""
    asked = {"about": about, "verb": verb, **{"occurrence" if k == "on" else k: v for k, v in more.items()}}
    where = " AND ".join(f"{name} = %s" for name in asked)
    until = time.monotonic() + MOVED_WITHIN
    while True:
        found = site.ask(
            f"SELECT done_by, status FROM ledger_obligation WHERE {where} AND withdrawn_at IS NULL",
            list(asked.values()),
        )
        if mine := [row for row in found if row[1] in statuses]:
            return mine[0][0], mine[0][1]
        assert time.monotonic() < until, f"{asked} has {found}, and none is {statuses}"
        time.sleep(LOOK_AGAIN)


def record(visitor: Visitor, fact: str, values: Mapping[str, Any]) -> str:
    """Fill in the entry form of a fact and save it; the address of its page.

    A number that is on no record there is confirmed, as the form asks.
    """
    visitor.go(f"/facts/{fact}/new/")
    for name, value in values.items():
        _fill(visitor.page.locator("main"), name, str(value))
    save(visitor)
    doubts = visitor.page.locator('main input[type=checkbox][name^="sure-"]')
    if doubts.count():
        for doubt in doubts.all():
            doubt.check()
        save(visitor)
    problems = visitor.page.locator("main .alert-danger")
    assert not problems.count(), f"{fact} was not recorded: {problems.first.inner_text()}"
    return visitor.page.url.removeprefix(visitor.address)


def save(visitor: Visitor) -> None:
    """The button that saves the form of the page."""
    with visitor.leaving():
        visitor.page.locator("main form button[type=submit], main form button:not([type])").last.click()


def _fill(form: Locator, name: str, value: str) -> None:
    field = form.locator(f'[name="{name}"]')
    kind = field.first.get_attribute("type")
    if kind in ("radio", "checkbox"):
        form.locator(f'[name="{name}"][value="{value}"]').check()
    elif field.first.evaluate("one => one.tagName") == "SELECT":
        field.select_option(value)
    else:
        field.fill(value)


def rows(visitor: Visitor, which: str, **filters: str) -> list[str]:
    """The rows of a list of obligations, each as its text."""
    asked = "&".join(f"{name}={value}" for name, value in filters.items())
    visitor.go(f"/lists/obligations/{which}/?{asked}")
    assert not visitor.page.locator("main .alert-danger").count(), visitor.page.inner_text(
        "main .alert-danger"
    )
    return [re.sub(r"\s+", " ", text) for text in visitor.page.locator(".rows tbody tr").all_inner_texts()]


def some_rows(visitor: Visitor, which: str, **filters: str) -> list[str]:
    """The rows of a list as soon as there are any."""
    return once(lambda: rows(visitor, which, **filters), bool)


def rows_once(visitor: Visitor, number: int, which: str, **filters: str) -> list[str]:
    """The rows of a list when there are so many of them; waits for the ledger to follow what was recorded."""
    until = time.monotonic() + MOVED_WITHIN
    while len(found := rows(visitor, which, **filters)) != number:
        assert time.monotonic() < until, f"{which} {filters} has {len(found)} rows, not {number}: {found}"
        time.sleep(LOOK_AGAIN)
    return found


def whole_list(visitor: Visitor, which: str) -> list[dict[str, str]]:
    """Every row of a list, as its file has them."""
    address = f"{visitor.address}/lists/obligations/{which}/?as=csv"
    answer = visitor.context.request.get(address, timeout=PATIENCE * 1000)
    return list(csv.DictReader(io.StringIO(answer.text().lstrip("\ufeff"))))


def door(visitor: Visitor, address: str) -> Locator:
    """The card of a household on the list of visits."""
    return visitor.page.locator("details.door").filter(has_text=address).first


def health_checks(site: Site, household: str, *, since: str) -> int:
    """How many checks of the people of a household are on record since a local moment."""
    ((count,),) = site.ask(
        "SELECT count(*) FROM fact_health_checks WHERE person LIKE %s"
        " AND checked_at >= %s::timestamp AT TIME ZONE 'Asia/Shanghai'",
        [f"{household}-%", since],
    )
    return int(count)
