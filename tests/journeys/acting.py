"""What people do at a page, by the words of their work: record a fact, look at a list, knock at a door."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Locator
from tools.browsing.site import Site
from tools.browsing.watching import Visitor

MOVED_WITHIN = 60.0  # seconds in which a list must have followed a fact; on an idle machine it is one or two
LOOK_AGAIN = 0.4  # seconds; who looks without a pause keeps the processor from those who work


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


def rows_once(visitor: Visitor, number: int, which: str, **filters: str) -> list[str]:
    """The rows of a list when there are so many of them; waits for the ledger to follow what was recorded."""
    until = time.monotonic() + MOVED_WITHIN
    while len(found := rows(visitor, which, **filters)) != number:
        assert time.monotonic() < until, f"{which} {filters} has {len(found)} rows, not {number}: {found}"
        time.sleep(LOOK_AGAIN)
    return found


def whole_list(visitor: Visitor, which: str) -> list[dict[str, str]]:
    """Every row of a list, as its file has them."""
    answer = visitor.context.request.get(f"{visitor.address}/lists/obligations/{which}/?as=csv")
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
