"""Headers of every response, beside those that Django and the content policy set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from django.http import HttpRequest, HttpResponse

OF_EVERY_ANSWER: Mapping[str, str] = MappingProxyType(
    {
        "Permissions-Policy": (
            "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
        ),
        "Cross-Origin-Resource-Policy": "same-origin",
    }
)


class HeadersMiddleware:
    """No page asks for a camera or a place; no copy of a page made for somebody stays behind."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in OF_EVERY_ANSWER.items():
            response.headers.setdefault(name, value)
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            # On a shared computer "back" after signing out must show nothing.
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response
