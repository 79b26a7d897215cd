"""People at pages: they sign in, fill in the form of what they have to record, and save it, in Chromium."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from typing import Any

from playwright.sync_api import Browser, Locator
from tools.browsing.asking import signed_in
from tools.browsing.site import Site
from tools.browsing.watching import Visitor, holding, visiting
from tools.district_day.plan import Told
from tools.district_day.sending import Answers, local

CLOCKS = ("orders",)
"""Facts typed at pages from whose becoming known a clock runs."""


def record_all(browser: Browser, site: Site, told: Iterable[Told], answers: Answers) -> None:
    """Each at a window of their own, one after the other."""
    listed = list(told)
    members = [one.values for one in listed if one.fact == "sample_members"]
    for one in listed:
        if one.fact == "sample_members":
            continue  # asked by the form of the sample
        inside = [member["person"] for member in members if member["sample"] == one.values.get("sample")]
        held = holding(site.address, signed_in(site.address, one.giver))
        with visiting(browser, site.address, storage_state=held) as visitor:
            began = time.perf_counter()
            said = _zero(visitor) if one.via == "zero" else _form(visitor, one, inside)
            answers.waits["form in Chromium"].append((time.perf_counter() - began) * 1000)
            for status, _ in visitor.notes.answers:
                answers.statuses["chromium", status] += 1
            if one.fact in CLOCKS and not said:
                answers.known[one.record] = _recorded(site, one.fact, visitor.page.url)
            if said:
                answers.wrong.append(f"{one.giver} at {one.fact}: {said}")


def _recorded(site: Site, fact: str, address: str) -> str:
    """When the record whose page is open was recorded; a form says it to nobody."""
    key = address.rstrip("/").rsplit("/", 1)[1]
    halves = [int.from_bytes(bytes.fromhex(half), signed=True) for half in (key[:16], key[16:])]
    ((moment,),) = site.ask(f"SELECT known_at FROM fact_{fact} WHERE key_hi = %s AND key_lo = %s", halves)
    return local(moment.isoformat())


def _zero(visitor: Visitor) -> str:
    """The one tap of a school where nobody is absent."""
    visitor.go("/")
    visitor.page.locator(".btn-zero").click()
    visitor.page.get_by_text("今天已报").first.wait_for()
    return ""


def _form(visitor: Visitor, told: Told, members: list[str]) -> str:
    """Fill in the entry form and save it; what the page found wrong, or nothing."""
    visitor.go(f"/facts/{told.fact}/new/")
    form = visitor.page.locator("main form").last
    for name, value in told.values.items():
        if value is not None:
            _fill(form, name, _text(value))
    if told.fact == "samples":
        _fill(form, "members", "\n".join(members))
    _save(visitor)
    doubts = visitor.page.locator('main input[type=checkbox][name^="sure-"]')
    if doubts.count():
        for doubt in doubts.all():
            doubt.check()
        _save(visitor)
    problems = visitor.page.locator("main .alert-danger")
    return problems.first.inner_text() if problems.count() else ""


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return text[:16] if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:00", text) else text


def _fill(form: Locator, name: str, value: str) -> None:
    field = form.locator(f'[name="{name}"]')
    kind = field.first.get_attribute("type")
    if kind in ("radio", "checkbox"):
        form.locator(f'[name="{name}"][value="{value}"]').check()
    elif field.first.evaluate("one => one.tagName") == "SELECT":
        field.select_option(value)
    else:
        field.fill(value)


def _save(visitor: Visitor) -> None:
    buttons = visitor.page.locator("main form button[type=submit], main form button:not([type])")
    with visitor.page.expect_navigation():
        buttons.last.click()
