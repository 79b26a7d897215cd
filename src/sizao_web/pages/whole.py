"""A request that breaks off is refused whole: half a form is a form that nobody sent.

A server hands on what it has when the line ends, and Django takes that for all of it: of "36.5" it may be
"36", which would stand on record, and what is sent again would contradict it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse

from sizao.terms.words import Words
from sizao_web.pages.unavailable import REFUSED, unframed

INPUT = "wsgi.input"
CUT_OFF = Words(
    "没有收全，什么也没有记录。请返回上一页再发一次。",
    "It arrived cut off, and nothing was recorded. Go back and send it again.",
)
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Whole:
    """What a request sends, up to the length that it states. OSError where it ends before."""

    def __init__(self, stream: Any, length: int) -> None:
        self._stream, self._left = stream, length
        self.cut_off = False

    def read(self, size: int | None = None) -> bytes:
        """So many bytes, or all that are left."""
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        parts = []
        while wanted:
            parts.append(self._taken(self._stream.read(wanted)))
            wanted -= len(parts[-1])
        return b"".join(parts)

    def readline(self, size: int | None = None) -> bytes:
        """The next line, or so many bytes of it."""
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        return self._taken(self._stream.readline(wanted)) if wanted else b""

    def _taken(self, part: bytes) -> bytes:
        if not part:
            self.cut_off = True
            raise OSError("The request ended before the length that it states.")
        self._left -= len(part)
        return part


def whole_requests(application: Application) -> Application:
    """The application, to which no part of a request seems the whole."""

    def asked(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or ""
        if length.isdecimal():
            environ[INPUT] = Whole(environ[INPUT], int(length))
        return application(environ, start_response)

    return asked


class WholeRequestMiddleware:
    """Stands behind the check of the form's token, which reads the form: a view never sees half of one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        """400 where the request broke off."""
        if not getattr(request.META.get(INPUT), "cut_off", False):
            return None
        return unframed(request, REFUSED, CUT_OFF, status=400)
