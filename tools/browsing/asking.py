"""Somebody who reads pages as text, without a browser: for looking at hundreds of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse, RemoteDisconnected
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

REDIRECTS = 5
PATIENCE = 600.0  # seconds for one answer; on a machine with other work one took three minutes
_SAFE = "/%?&=:+,;~@!$'()*"  # what stays as it is in an address
SIGNING_IN = "/demo/personas/"


@dataclass(frozen=True)
class Answer:
    """What the server said. path: of the page itself, after redirects."""

    path: str
    status: int
    text: str
    html: bool


def persona(address: str, username: str) -> Asker:
    """Somebody of the demonstration, signed in."""
    return Asker(address, signed_in(address, username))


def signed_in(address: str, username: str) -> list[dict[str, str]]:
    """The cookies of somebody of the demonstration who signed in just now: names and values."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    cookies = SimpleCookie()
    for form in (None, {"username": username}):
        headers = {"Cookie": "; ".join(f"{name}={one.value}" for name, one in cookies.items())}
        if form is None:
            connection.request("GET", SIGNING_IN, headers=headers)
        else:
            form["csrfmiddlewaretoken"] = cookies["csrftoken"].value
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request("POST", SIGNING_IN, urlencode(form), headers)
        answer = connection.getresponse()
        answer.read()
        for line in answer.headers.get_all("Set-Cookie", []):
            cookies.load(line)
    connection.close()
    assert answer.status == 302, f"{username} is not signed in: {answer.status}"
    return [{"name": name, "value": one.value} for name, one in cookies.items()]


def speaking(address: str, cookies: Iterable[Mapping[str, Any]], language: str) -> None:
    """The account of whoever has these cookies reads in zh or en from now on, as by the switch of a page."""
    held = {str(one["name"]): str(one["value"]) for one in cookies}
    form = {"language": language, "next": "/", "csrfmiddlewaretoken": held["csrftoken"]}
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in held.items()),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection = HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    connection.request("POST", "/language/", urlencode(form), headers)
    answer = connection.getresponse()
    connection.close()
    assert answer.status == 302, f"The language is not {language}: {answer.status}"


class Asker:
    """Asks one site, with the cookies of somebody who has signed in. For one thread."""

    def __init__(self, address: str, cookies: Iterable[Mapping[str, Any]]) -> None:
        self._connection = HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
        self._headers = {"Cookie": "; ".join(f"{one['name']}={one['value']}" for one in cookies)}

    def get(self, path: str, part: str | None = None) -> Answer:
        """The page at an address of the site; redirects within it are followed.

        part: ask for this part only, as htmx does; a page that has no such part comes whole.
        """
        asked = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": f"div#{part}"}
        headers = {**self._headers, **(asked if part else {})}
        for _ in range(REDIRECTS):
            answer = self._answer(quote(path, safe=_SAFE), headers)
            # A picture or a file is an answer too; only of pages is the text looked at.
            text = answer.read().decode(errors="replace")
            if not 300 <= answer.status < 400:
                html = answer.headers.get_content_type() == "text/html"
                return Answer(path, answer.status, text, html)
            path = urljoin(path, answer.headers["Location"])
        raise AssertionError(f"{path} leads from one address to the next")

    def _answer(self, path: str, headers: Mapping[str, str]) -> HTTPResponse:
        """What the server says; asked once more where it had closed the connection, which it does to those
        who say nothing for a while."""
        try:
            self._connection.request("GET", path, headers=headers)
            return self._connection.getresponse()
        except (RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self._connection.close()
        self._connection.request("GET", path, headers=headers)
        return self._connection.getresponse()

    def close(self) -> None:
        """End the connection."""
        self._connection.close()
