"""Half of a request leaves no trace, wherever it breaks off."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.signals import request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse
from hypothesis import given
from hypothesis import strategies as st

from sizao_web.pages.whole import Whole, WholeRequestMiddleware, whole_requests

FORM = urlencode({"csrfmiddlewaretoken": "t" * 32, "username": "nobody", "temperature": "36.5"}).encode()


class _Trickling(io.RawIOBase):
    """A stream that gives at most three bytes at a time, as a line does."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def read(self, size: int = -1) -> bytes:
        return self._content.read(min(size, 3) if size >= 0 else 3)


@given(st.binary(max_size=60), st.integers(0, 80), st.none() | st.integers(1, 70))
def test_all_that_was_stated_is_read_or_nothing_is(content: bytes, stated: int, size: int | None) -> None:
    whole, read, broke_off = Whole(_Trickling(content), stated), b"", False
    try:
        while part := whole.read(size):
            read += part
    except OSError:
        broke_off = True
    assert broke_off == whole.cut_off == (stated > len(content))
    assert content.startswith(read)
    assert broke_off or read == content[:stated]


@pytest.fixture
def connection_stays() -> Iterator[None]:
    """As the test client sees to it: a request would close the connection of the test."""
    request_started.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)


def _answer(sent: bytes, stated: int, application: Any) -> str:
    told: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/sign-in/", "SERVER_NAME": "testserver", "SERVER_PORT": "80",
        "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(stated),
        "wsgi.input": io.BytesIO(sent), "wsgi.url_scheme": "http", "wsgi.errors": io.StringIO(),
        "HTTP_COOKIE": f"csrftoken={'t' * 32}", "HTTP_X_CSRFTOKEN": "t" * 32, "REMOTE_ADDR": "127.0.0.1",
    }  # fmt: skip
    b"".join(application(environ, lambda status, headers, *_: told.append(status)))
    return told[0]


@pytest.mark.django_db
@pytest.mark.usefixtures("connection_stays")
@pytest.mark.parametrize("cut", [1, 3, 20, len(FORM)])
def test_a_form_that_broke_off_is_refused_before_a_view_sees_it(cut: int) -> None:
    plain = get_wsgi_application()
    assert _answer(FORM[:-cut], len(FORM), whole_requests(plain)).startswith("400")
    assert _answer(FORM, len(FORM), whole_requests(plain)).startswith("200"), "the whole is looked at"
    assert _answer(FORM[:-cut], len(FORM), plain)[:3] in ("200", "403"), "by itself Django takes the half"


def test_whoever_sends_nothing_is_not_called_cut_off() -> None:
    request = HttpRequest()
    assert WholeRequestMiddleware(lambda _: HttpResponse()).process_view(request) is None
