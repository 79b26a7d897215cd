"""Ask a page as somebody, without signing in for each of some thousand questions and without drawing it.

What signing in and `ScopeMiddleware` make of a request is made once for each asker, by the same function; a
question is then one request through the rest, in a savepoint that is always rolled back. Nothing is drawn:
what a template shows is judged elsewhere, here it is the status that counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.cache import SessionStore
from django.core.handlers.base import BaseHandler
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.backends.django import Template
from django.test import RequestFactory, override_settings

from shell.access.world import MOMENT
from sizao_web import urls
from sizao_web.accounts.models import Account
from sizao_web.records.access.middleware import set_scope
from sizao_web.records.access.scope import Scope

urlpatterns = urls.urlpatterns


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Refused."""
    return HttpResponse("no", status=403)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Not there."""
    return HttpResponse("nothing", status=404)


MIDDLEWARE = (
    "shell.access.asking.AsIf",
    "sizao_web.accounts.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
)


@dataclass
class Asker:
    """Who asks: an account and the scope its only duty must give, an account without a duty, or nobody."""

    name: str
    account: Account | None = None
    scope: Scope | None = None

    def prepare(self, request: Any) -> None:
        """What comes before the middleware of scopes."""
        request.user = self.account or AnonymousUser()
        request.session, request.moment = SessionStore(), MOMENT
        request.assignments = []


@dataclass(frozen=True)
class Answer:
    """What a page said: its status, where it sent the asker, and what broke."""

    status: int
    to: str = ""
    broke: str = ""


class AsIf:
    """Stands where signing in and the middleware of scopes stand."""

    asker = Asker("nobody")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asker = AsIf.asker
        asker.prepare(request)
        request.scope = asker.scope  # type: ignore[attr-defined]
        request.wanting = "duty" if asker.account and not asker.scope else None  # type: ignore[attr-defined]
        return self.get_response(request)


@contextmanager
def entered(asker: Asker) -> Iterator[None]:
    """The database is told who asks, as in a request of theirs, until the end."""
    with transaction.atomic():
        request: Any = HttpRequest()
        asker.prepare(request)
        set_scope(request)
        assert request.scope == asker.scope
        AsIf.asker = asker
        yield
        transaction.set_rollback(True)


class Pages:
    """The routes behind the middleware that is left."""

    def __init__(self) -> None:
        self._handler = BaseHandler()
        self._handler.load_middleware()
        self._requests = RequestFactory()

    def ask(self, verb: str, address: str, typed: dict[str, str] | None = None) -> Answer:
        """The answer of a page to whoever has `entered`; what it wrote is undone."""
        with transaction.atomic():
            answer = self.reach(verb, address, typed)
            transaction.set_rollback(True)
        return answer

    def reach(self, verb: str, address: str, typed: dict[str, str] | None = None) -> Answer:
        """The same, of a page that does not look at the database."""
        if typed is None:
            request = self._requests.generic(verb, address)
        else:
            request = self._requests.post(address, typed)
        try:
            response = self._handler.get_response(request)
        except Exception as cause:
            return Answer(500, broke=f"{type(cause).__name__}: {cause}"[:200])
        return Answer(response.status_code, response.headers.get("Location", ""))


@contextmanager
def pages() -> Iterator[Pages]:
    """The pages; a refusal is told in one word, and nothing is drawn."""
    drawn, Template.render = Template.render, lambda *_, **__: ""  # type: ignore[method-assign,assignment]
    changed = {
        "MIDDLEWARE": list(MIDDLEWARE),
        "ROOT_URLCONF": "shell.access.asking",
        "DEBUG_PROPAGATE_EXCEPTIONS": True,
    }
    try:
        with override_settings(**changed):
            yield Pages()
    finally:
        Template.render = drawn  # type: ignore[method-assign]
