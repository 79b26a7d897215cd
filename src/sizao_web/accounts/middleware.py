"""The language of each request: the account's choice, else the visitor's, else the installation's."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

LANGUAGE_COOKIE = "sizao_language"
DJANGO_NAMES = {"zh": "zh-hans", "en": "en"}


class LanguageMiddleware:
    """Activates the language; a browser's preference is not asked, because clinics share computers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = language_of(request)
        with translation.override(DJANGO_NAMES[chosen]):
            request.LANGUAGE_CODE = DJANGO_NAMES[chosen]
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", "zh-Hans" if chosen == "zh" else "en")
        return response


def language_of(request: HttpRequest) -> str:
    """zh or en."""
    if request.user.is_authenticated:
        return str(request.user.language)
    chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in DJANGO_NAMES else str(settings.SIZAO.language)
