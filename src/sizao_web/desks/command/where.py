"""Which area of the reader's scope the overview is about."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest

from sizao.terms.areas import ancestors, is_within
from sizao.terms.words import Words
from sizao_web.desks.command.links import Links
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.answers import Answer
from sizao_web.records.reading.labels import area_labels


@dataclass(frozen=True)
class Crumb:
    """An area above the one looked at, or that one itself (without an address)."""

    label: Words
    address: str | None


def area_asked(request: HttpRequest) -> str:
    """The area in the address, else that of the duty. 404 for one outside the scope."""
    scope: Scope = request.scope
    asked = request.GET.get("area", "").rstrip("/") or scope.area
    if not is_within(asked, scope.area):
        raise Http404
    return asked


def crumbs(answer: Answer, links: Links) -> list[Crumb]:
    """From the area of the duty down to the one looked at."""
    scope = answer.scope
    paths = [path for path in reversed(ancestors(links.area)) if is_within(path, scope.area)]
    labels = area_labels(scope, answer.known_by, paths)
    return [
        Crumb(labels.get(path, Words(path, path)), None if path == links.area else links.overview(path))
        for path in paths
    ]
