"""A browser that notes what a page must not do: ask other hosts, break its own rules, fail in a script."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Error, Page, Request, Response, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
INSTALL = "Chromium is not here. On Debian this installs it: apt-get install --yes chromium fonts-noto-cjk"
FLAGS = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run")
WIDTHS = {"phone": (360, 740), "wide": (1280, 800)}

PATIENCE = 240.0  # seconds; what is waited for is there long before, unless the machine has other work
LOOK_EVERY = 20.0  # milliseconds between two looks whether another page has come
_ARRIVED = "document.documentElement.dataset.left === undefined && document.readyState === 'complete'"
_LISTEN = """
window.__broken = [];
document.addEventListener('securitypolicyviolation', event =>
  window.__broken.push(event.violatedDirective + ' ' + (event.blockedURI || event.sourceFile)));
"""


class NoChromium(Exception):
    """The browser is missing; the text is the command that installs it."""


@dataclass
class Notes:
    """What was noticed. Each is emptied by whoever reads it."""

    elsewhere: list[str] = field(default_factory=list)  # requests to other hosts
    console: list[str] = field(default_factory=list)  # errors a page wrote there
    failed: list[str] = field(default_factory=list)  # exceptions of scripts
    answers: list[tuple[int, str]] = field(default_factory=list)  # status and address of every answer

    def clear(self) -> None:
        """Begin anew."""
        for noted in (self.elsewhere, self.console, self.failed, self.answers):
            noted.clear()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    if not CHROMIUM.exists():
        raise NoChromium(INSTALL)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visitor:
    """One person at one browser window."""

    context: BrowserContext
    page: Page
    address: str
    notes: Notes

    def go(self, path: str) -> Response | None:
        """Open an address of the site."""
        return self.page.goto(f"{self.address}{path}", wait_until="load")

    def sign_in(self, username: str) -> None:
        """As one of the personas."""
        self.go("/demo/personas/")
        with self.leaving():
            self.page.click(f'button[name=username][value="{username}"]')

    def speak(self, language: str) -> None:
        """Choose zh or en by the switch of the page, when it is not in force already."""
        self.page.wait_for_load_state()  # the switch of a page that is still coming may not be there yet
        switch = self.page.locator(f'header button[name=language][value="{language}"]')
        if switch.count():
            with self.leaving():
                switch.click()

    @contextmanager
    def leaving(self) -> Iterator[None]:
        """What is done inside leads to another page; left when that one has come whole.

        A mark on the page that is left tells the two apart: the event of an earlier page may still be on
        its way, and what the next page says may stand on this one too, among the choices of a form.
        """
        self.page.evaluate("document.documentElement.dataset.left = ''")
        yield
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            self.page.wait_for_timeout(LOOK_EVERY)
            with suppress(Error):  # between the two there is no page to be asked
                if self.page.evaluate(_ARRIVED):
                    return
        raise AssertionError(f"No other page came within {PATIENCE:.0f} s: {self.page.url}")

    def broken_rules(self) -> list[str]:
        """Violations of the content security policy on this page."""
        found: list[str] = self.page.evaluate("window.__broken || []")
        return found


def holding(address: str, cookies: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What a window has from the beginning (`storage_state`): cookies of the site, by name and value."""
    host = {"domain": urlsplit(address).hostname, "path": "/"}
    return {"cookies": [{**cookie, **host} for cookie in cookies], "origins": []}


@contextmanager
def visiting(
    browser: Browser, address: str, *, width: str = "wide", javascript: bool = True, **more: Any
) -> Iterator[Visitor]:
    """A window of its own, without anybody signed in."""
    size = dict(zip(("width", "height"), WIDTHS[width], strict=True))
    context = browser.new_context(
        viewport=size,  # type: ignore[arg-type]
        java_script_enabled=javascript,
        locale="en-GB",  # no page may follow it: the language is the account's
        timezone_id="UTC",
        has_touch=width == "phone",
        is_mobile=width == "phone",
        **more,
    )
    context.set_default_timeout(PATIENCE * 1000)
    notes = Notes()

    def asked(request: Request) -> None:
        if not request.url.startswith((address, "data:", "blob:")):
            notes.elsewhere.append(request.url)

    context.on("request", asked)
    context.on("response", lambda answer: notes.answers.append((answer.status, answer.url)))
    context.on("console", lambda said: notes.console.append(said.text) if said.type == "error" else None)
    context.on("weberror", lambda wrong: notes.failed.append(str(wrong.error)))
    if javascript:
        context.add_init_script(_LISTEN)
    try:
        yield Visitor(context, context.new_page(), address, notes)
    finally:
        context.close()
