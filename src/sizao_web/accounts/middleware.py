"""The language of each request, and how long a session lasts."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from sizao_web.settings.clock import now

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


# Keys of the session: seconds of the clock; and whose earlier one was ended for its age.
BEGUN, SEEN, ENDED = "begun", "seen", "session_ended"
NOTED_EVERY = 60  # seconds; more often "seen" is not written


class SessionLimitsMiddleware:
    """Ends a session twelve hours after signing in, and one hour after its last use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/health/") and request.user.is_authenticated:
            _limit(request)
        return self.get_response(request)


def _limit(request: HttpRequest) -> None:
    moment = now().timestamp()
    begun = request.session.setdefault(BEGUN, moment)
    seen = request.session.setdefault(SEEN, moment)
    if moment - begun >= settings.SESSION_COOKIE_AGE or moment - seen >= settings.SESSION_IDLE:
        username = request.user.username
        logout(request)
        request.session[ENDED] = username
    elif moment - seen >= NOTED_EVERY:
        request.session[SEEN] = moment
