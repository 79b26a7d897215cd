"""One demonstration, one server with its jobs and one browser for all journeys of a process.

Journeys that run beside each other (pytest -n 2) are in two cities: neither sees what the other records.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from tools.browsing.asking import signed_in, speaking
from tools.browsing.site import Site, serving
from tools.browsing.watching import PATIENCE, NoChromium, Visitor, chromium, holding, visiting

from sizao_web.settings.testing import scratch

expect.set_options(timeout=PATIENCE * 1000)  # its text is what counts, not when it comes
LONG = ("test_every_page", "test_numbers")  # begin first, so that they do not end last
BY_TEN = ("test_school",)  # tells of what is due an hour after the demonstration began: first of the others


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; a test fails where it is missing, and says what installs it."""
    try:
        with chromium() as found:
            yield found
    except NoChromium as cause:
        pytest.fail(str(cause), pytrace=False)


@pytest.fixture(scope="session")
def site(browser: Browser) -> Iterator[Site]:
    """The demonstration, made anew; SIZAO_JOURNEYS="ADDRESS DATA" names one that is kept."""
    if kept := os.environ.get("SIZAO_JOURNEYS"):
        address, data = kept.split()
        yield Site(Path(data), address)
        return
    with serving(scratch(f"journeys-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")) as found:
        yield found


@pytest.fixture(scope="session")
def sessions() -> dict[str, Any]:
    """What a window of who has signed in already begins with: a persona does so once."""
    return {}


@pytest.fixture
def visit(site: Site, browser: Browser, sessions: dict[str, Any]) -> Iterator[Callable[..., Visitor]]:
    """A window, signed in as a persona where one is named; closed at the end of the test.

    How somebody signs in and changes the language at a page is test_signing_in.py's; here it is asked for
    without one, which costs five pages less for each persona.
    anew: sign in again, because the clock was moved and the session is over.
    """
    with ExitStack() as windows:

        def open_(username: str | None = None, *, anew: bool = False, **how: Any) -> Visitor:
            if username is not None and (anew or username not in sessions):
                cookies = signed_in(site.address, username)
                speaking(site.address, cookies, "zh")
                sessions[username] = holding(site.address, cookies)
            return windows.enter_context(
                visiting(browser, site.address, storage_state=sessions.get(username or ""), **how)
            )

        yield open_


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What moves the clock comes last: the others tell of the morning on which the demonstration begins.

    Two processes are each given two journeys to begin with, so a short one stands behind each long one.
    """
    journeys = [item for item in items if item.path.parent == Path(__file__).parent]
    last = [item for item in journeys if item.get_closest_marker("moves_the_clock") is not None]
    long = [item for item in journeys if item.path.stem in LONG]
    short = [item for item in journeys if item not in last and item not in long]
    short.sort(key=lambda item: item.path.stem not in BY_TEN)
    begun = [one for pair in zip(long, short, strict=False) for one in pair]
    inside = [*begun, *(item for item in (*long, *short) if item not in begun), *last]
    items[:] = [item for item in items if item not in journeys] + inside
