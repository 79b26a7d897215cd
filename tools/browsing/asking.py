"""Somebody who reads pages as text, without a browser: for looking at hundreds of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urljoin, urlsplit

REDIRECTS = 5


@dataclass(frozen=True)
class Answer:
    """What the server said. path: of the page itself, after redirects."""

    path: str
    status: int
    text: str
    html: bool


class Asker:
    """Asks one site, with the cookies of somebody who has signed in. For one thread."""

    def __init__(self, address: str, cookies: Iterable[Mapping[str, Any]]) -> None:
        self._connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
        self._headers = {"Cookie": "; ".join(f"{one['name']}={one['value']}" for one in cookies)}

    def get(self, path: str, part: str | None = None) -> Answer:
        """The page at an address of the site; redirects within it are followed.

        part: ask for this part only, as htmx does; a page that has no such part comes whole.
        """
        asked = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": f"div#{part}"}
        headers = {**self._headers, **(asked if part else {})}
        for _ in range(REDIRECTS):
            self._connection.request("GET", path, headers=headers)
            answer = self._connection.getresponse()
            text = answer.read().decode()
            if not 300 <= answer.status < 400:
                html = answer.headers.get_content_type() == "text/html"
                return Answer(path, answer.status, text, html)
            path = urljoin(path, answer.headers["Location"])
        raise AssertionError(f"{path} leads from one address to the next")

    def close(self) -> None:
        """End the connection."""
        self._connection.close()
