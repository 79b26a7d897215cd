"""How much a request may send: more is answered 413 by its stated length, before any of it is read."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from sizao.intake.limits import declared_limits
from sizao.terms.words import Words
from sizao_web.pages.unavailable import REFUSED, unframed

FILES_AT = "/deliveries/"
SPARE = 1 << 20  # for what stands around a file in a form
PHOTOS = 64 << 20  # of one form; each photograph has its own limit
_BY_MACHINE = "/api/"  # the gateway has limits of its own


class UploadLimitMiddleware:
    """Files come to one page; everything else that is sent to a page is a form, and small."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        stated = request.META.get("CONTENT_LENGTH") or "0"
        if request.path.startswith(_BY_MACHINE) or (stated.isdecimal() and int(stated) <= most(request.path)):
            return self.get_response(request)
        megabytes = most(request.path) >> 20
        words = Words(
            f"发送的内容过大：最多 {megabytes} MB，没有保存。请把文件分成几份，返回上一页再发。",
            f"Too much was sent: at most {megabytes} MB; nothing was saved. Split it, and send it again.",
        )
        response = unframed(request, REFUSED, words, status=413)
        response.headers["Connection"] = "close"
        return response


def most(path: str) -> int:
    """Bytes that a request to this address may send."""
    if path == FILES_AT:
        return declared_limits().bytes + SPARE
    return PHOTOS
