"""One line of the log for each request: which route, how long, which answer; no address."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

from sizao_web.settings.logging import REQUEST

GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")
_log = logging.getLogger("sizao.request")


class RequestLogMiddleware:
    """Gives a request its number (a proxy may have given one: X-Request-ID) and says how it ended."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if GIVEN.fullmatch(given) else uuid4().hex
        number = REQUEST.set(request.request_id)
        began = time.monotonic()
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = request.request_id
            if not request.path.startswith(("/static/", "/health/")):
                _log.info("request", extra=_facts_of(request, response, time.monotonic() - began))
            return response
        finally:
            REQUEST.reset(number)


def _facts_of(request: HttpRequest, response: HttpResponse, seconds: float) -> dict[str, object]:
    match = request.resolver_match
    scope = getattr(request, "scope", None)
    return {
        "route": (match.view_name or match.route) if match else None,
        "method": request.method if request.method in ("GET", "HEAD", "POST") else "other",
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        "role": scope.role if scope else None,
        "account": scope.account if scope else None,
    }
