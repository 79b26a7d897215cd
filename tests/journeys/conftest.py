"""One demonstration, one server with its jobs and one browser for all journeys."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from tools.browsing.site import Site, serving
from tools.browsing.watching import NoChromium, Visitor, chromium, visiting

ROOT = Path(__file__).resolve().parents[2]


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
    with serving(ROOT / "build" / "journeys") as found:
        yield found


@pytest.fixture(scope="session")
def sessions() -> dict[str, Any]:
    """The cookies of who has signed in already: a persona does so once."""
    return {}


@pytest.fixture
def visit(site: Site, browser: Browser, sessions: dict[str, Any]) -> Iterator[Callable[..., Visitor]]:
    """A window, signed in as a persona where one is named; closed at the end of the test.

    anew: sign in again, because the clock was moved and the session is over.
    """
    with ExitStack() as windows:

        def open_(username: str | None = None, *, anew: bool = False, **how: Any) -> Visitor:
            if username is not None and (anew or username not in sessions):
                with visiting(browser, site.address) as visitor:
                    visitor.sign_in(username)
                    visitor.speak("zh")
                    sessions[username] = visitor.context.storage_state()
            return windows.enter_context(
                visiting(browser, site.address, storage_state=sessions.get(username or ""), **how)
            )

        yield open_


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What moves the clock comes last: the others tell of the morning on which the demonstration begins."""
    items.sort(key=lambda item: item.get_closest_marker("moves_the_clock") is not None)
