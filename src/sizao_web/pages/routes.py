"""Who may open which route. Every view says it by `@page`; a route that does not stops the start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, get_resolver

from sizao_web.accounts.roles import ROLES, STAFF

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
                return HttpResponseNotAllowed(access.allowed)
            if (access.roles is not None or access.signed_in) and not request.user.is_authenticated:
                return _sent(request, "/sign-in/")
            if access.roles is not None:
                if request.wanting in _FIRST:
                    return _sent(request, _FIRST[request.wanting])
                if request.scope is None or request.scope.role not in access.roles:
                    raise PermissionDenied
            return view(request, *arguments, **named)

        guarded.access = access  # type: ignore[attr-defined]
        return guarded

    return guard


_FIRST = {"password": "/account/password/", "second_factor": "/account/second-factor/"}
"""What comes before every other page, and where it is done."""


def _sent(request: HttpRequest, address: str) -> HttpResponse:
    """To another page first, and back to this one afterwards; a part of a page sends the whole of it."""
    part = request.headers.get("HX-Request") == "true"
    came_from = urlsplit(request.headers.get("HX-Current-URL", ""))
    back = came_from._replace(scheme="", netloc="").geturl() if part else request.get_full_path()
    target = f"{address}?{urlencode({'next': back})}" if request.method == "GET" and back else address
    if part:
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)


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
