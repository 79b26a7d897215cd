"""Who may open which route. Every view says it by `@page`; a route that does not stops the start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, URLResolver, get_resolver

from sizao_web.accounts.middleware import ENDED
from sizao_web.accounts.roles import ROLES, STAFF
from sizao_web.pages.kept import kept_form

View = Callable[..., HttpResponse]
EVERY_ROLE = frozenset(ROLES)
AT_WORK = frozenset(STAFF)
SEEING_ROWS = frozenset(name for name, role in ROLES.items() if role.sees not in ("reference", "self"))


@dataclass(frozen=True)
class Access:
    """Who may open a route, by which methods, and what its address names.

    roles: None for everybody, signed in or not; or, with signed_in, for whoever has signed in, with a duty
    or without. about: what the last part of the address is an id of (person,
    obligation, household, fact row …), so that the matrix of tests can ask it for own and foreign objects.
    key: a partner's key is asked for, and no session is looked at (`gateway.door`).
    """

    roles: frozenset[str] | None
    methods: tuple[str, ...]
    about: str | None
    signed_in: bool = False
    key: bool = False

    @property
    def allowed(self) -> tuple[str, ...]:
        """The methods that are answered."""
        return (*self.methods, "HEAD") if "GET" in self.methods else self.methods


class OpenRoute(Exception):
    """A route has no statement of who may open it."""


def page(
    *,
    roles: frozenset[str] | None,
    methods: tuple[str, ...] = ("GET",),
    about: str | None = None,
    signed_in: bool = False,
) -> Callable[[View], View]:
    """State who may open a view. HEAD goes with GET, and with nothing else: it asks for no token of a form.

    The view is called with request.scope set (unless roles is None). Who has not signed in is sent to sign
    in; who must first choose a password or set up a second factor is sent there; who has another role gets
    403; a row outside the scope is 404 for everybody, because `reading` does not find it.
    """
    access = Access(roles, methods, about, signed_in)

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
            if request.method not in access.allowed:
                return _not_here(request, access)
            if _has_null(request):
                raise BadRequest("A character that no column of the records can hold.")
            if (access.roles is not None or access.signed_in) and not request.user.is_authenticated:
                return _sent(request, SIGN_IN)
            if access.roles is not None:
                if request.wanting in _FIRST:
                    return _sent(request, _FIRST[request.wanting])
                if request.scope is None or request.scope.role not in access.roles:
                    raise PermissionDenied
            return view(request, *arguments, **named)

        guarded.access = access  # type: ignore[attr-defined]
        return guarded

    return guard


SIGN_IN = "/sign-in/"
_FIRST = {"password": "/account/password/", "second_factor": "/account/second-factor/"}
"""What comes before every other page, and where it is done."""


def _sent(request: HttpRequest, address: str) -> HttpResponse:
    """To another page first, and back to this one afterwards; a part of a page sends the whole of it."""
    part = request.headers.get("HX-Request") == "true"
    came_from = urlsplit(request.headers.get("HX-Current-URL", ""))
    back = came_from._replace(scheme="", netloc="").geturl() if part else request.get_full_path()
    target = f"{address}?{urlencode({'next': back})}" if request.method == "GET" and back else address
    if request.method == "POST" and address == SIGN_IN and not part:
        return _with_the_form(request)
    if part:
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)


def _with_the_form(request: HttpRequest) -> HttpResponse:
    """To sign in, after a session that ended in the middle of a form: the form comes along where it can."""
    if not request.session.get(ENDED) or kept_form(request) is None:
        return redirect(f"{SIGN_IN}?unsaved=1")
    there = f"{SIGN_IN}?{urlencode({'kept': request.get_full_path()})}"
    return redirect(there, preserve_request=True)  # 307: the browser sends the same form there


def _not_here(request: HttpRequest, access: Access) -> HttpResponse:
    """405; who opens an address to which only forms are sent (by the bar of the browser, by a tab that it
    opens again) sees a page and a way on."""
    if request.method != "GET":
        return HttpResponseNotAllowed(access.allowed)
    return HttpResponseNotAllowed(access.allowed, render_to_string("405.html", request=request))


def _has_null(request: HttpRequest) -> bool:
    """Whether an address or a form has the one character that PostgreSQL does not store."""
    texts = [request.path]
    for given in (request.GET, request.POST):
        texts += [value for name in given for value in (name, *given.getlist(name))]
    return any("\0" in one for one in texts)


def routes() -> Iterator[tuple[str, View]]:
    """Every address pattern of the site and its view."""
    yield from _below(get_resolver(), "/")


def _below(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, View]]:
    for entry in resolver.url_patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _below(entry, address)
        elif isinstance(entry, URLPattern):
            yield address, entry.callback


def check_routes() -> None:
    """OpenRoute names every route without a statement."""
    silent = [address for address, view in routes() if not hasattr(view, "access")]
    if silent:
        raise OpenRoute(f"Nothing says who may open {', '.join(silent)}. Put @page(roles=…) on each view.")
