"""What every page's frame shows: language, duty, the installation's clock, the way around."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from sizao import __version__
from sizao.terms.words import Words
from sizao_web.pages import navigation
from sizao_web.pages.language import language
from sizao_web.pages.names import beside
from sizao_web.pages.telephones import in_an_emergency, whom_else_to_call
from sizao_web.records.access.scope import Scope, scope_of
from sizao_web.records.reading.labels import area_labels, office_labels, place_labels
from sizao_web.records.reading.ledger import last_run
from sizao_web.records.reading.pack import policy_in_use


@dataclass(frozen=True)
class Duty:
    """One thing the account is assigned to, as the frame shows it."""

    assignment: int
    role: Words
    where: Words
    current: bool


def frame(request: HttpRequest) -> dict[str, Any]:
    """Values of the base template. What only a whole page shows is looked up for a whole page."""
    scope = getattr(request, "scope", None)
    return {
        "language": language(),
        "here": _here(request),
        "html_language": "zh-Hans" if language() == "zh" else "en",
        "scope": scope,
        "moment_now": getattr(request, "moment", None),
        "demo": settings.SIZAO.mode == "demo",
        "clock_moved": settings.SIZAO.clock_behind != 0,
        "version": __version__,
        "zone": settings.SIZAO.zone,
        "hotline": settings.SIZAO.hotline,
        "in_an_emergency": in_an_emergency(),
        "whom_else_to_call": whom_else_to_call(),
        "navigation": navigation.entries(scope, request.path) if scope else [],
        "duties": SimpleLazyObject(lambda: duties(request)) if scope else [],
        "last_run": SimpleLazyObject(last_run) if scope else None,
        "pack_label": SimpleLazyObject(lambda: policy_in_use().label),
    }


def _here(request: HttpRequest) -> str:
    """Where this page can be opened again: a page that answers a form may lie at an address that only takes
    forms, and then it is the page that the form was on."""
    view = getattr(getattr(request, "resolver_match", None), "func", None)
    access = getattr(view, "access", None)
    if access is None or "GET" in access.methods:
        return request.get_full_path()
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host():
        return "/"
    return came_from._replace(scheme="", netloc="").geturl() or "/"


def duties(request: HttpRequest) -> list[Duty]:
    """What the account is assigned to now, in words; the one worked under is current."""
    found = request.assignments
    scopes = [scope_of(one) for one in found]
    names = _names(request, scopes)
    return [
        Duty(
            one.pk,
            scope.duty.label,
            beside(names[scope.organisation or scope.area], scope.duty.label),
            replace(scope, persons=()) == replace(request.scope, persons=()),
        )
        for one, scope in zip(found, scopes, strict=True)
    ]


def _names(request: HttpRequest, scopes: list[Scope]) -> dict[str, Words]:
    wanted = {scope.organisation or scope.area for scope in scopes}
    named = {one: Words(one, one) for one in wanted}
    for look_up in (place_labels, office_labels, area_labels):
        named.update(look_up(request.scope, request.moment, wanted))
    return named
