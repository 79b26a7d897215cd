"""What is answered while the records cannot be reached or written: 503 or 507, and when to try again.

An error says nothing about what was kept: the connection may have been lost between a commit and its answer.
So the page asks to send the same form again, which counts once.
"""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

from sizao.terms.words import Words
from sizao_web.pages.language import said
from sizao_web.records.reading.condition import NoRoom

FULL = "53100"  # PostgreSQL's code of a disk without room
AGAIN, AGAIN_WHEN_FULL = 2, 60  # seconds until it is worth trying again
NOT_REACHED = Words(
    "暂时连不上记录库。可能已保存，也可能没有：请稍后把同一表单再提交一次，只算一次。",
    "The records cannot be reached for the moment. What you sent may or may not be kept: send the same "
    "form again "
    "in a moment, it counts once.",
)
NO_ROOM = Words(
    "磁盘已满，没有保存；可以查看，不能记录。请通知系统管理员，稍后把同一表单再提交一次。",
    "The disk is full and nothing was kept: reading works, recording does not. Tell the administrator, "
    "and send the "
    "same form again later.",
)


def failed(request: HttpRequest) -> HttpResponse:
    """The answer to what nobody caught: Django calls it while the error is in hand."""
    cause = sys.exc_info()[1]
    if not isinstance(cause, (OperationalError, InterfaceError, NoRoom)):
        return server_error(request)
    full = isinstance(cause, NoRoom) or getattr(cause.__cause__, "sqlstate", None) == FULL
    words, status, again = (NO_ROOM, 507, AGAIN_WHEN_FULL) if full else (NOT_REACHED, 503, AGAIN)
    response: HttpResponse
    if "application/json" in request.headers.get("Accept", ""):
        response = JsonResponse({"problem": said(words)}, status=status)
    else:
        # Without the frame of pages, which would ask the records who has signed in.
        response = HttpResponse(render_to_string("503.html", {"words": words}), status=status)
    response.headers["Retry-After"] = str(again)
    response.headers["Cache-Control"] = "no-store"
    return response
