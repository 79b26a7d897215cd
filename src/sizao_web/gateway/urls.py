"""Addresses of the machine interface, and who may ask each: a route that stands nowhere stops the start."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.urls import URLPattern, path

from sizao_web.gateway.api import api
from sizao_web.gateway.description import described
from sizao_web.gateway.door import machine
from sizao_web.pages.routes import page

ASKED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "key": ("GET",),
        "facts/<slug:fact>": ("POST",),
        "facts/<slug:fact>/batches": ("POST",),
        "deliveries/<delivery>": ("GET",),
        "streams/<slug:stream>": ("POST",),
        "records/<slug:fact>/<path:source_record>": ("GET",),
        "days/<day>/manifest": ("GET", "POST"),
        "days/<day>/reconciliation": ("GET",),
    }
)
"""Address -> methods; each with a partner's key."""

app_name = "gateway"


def _once() -> dict[str, URLPattern]:
    """The routes of ninja, each address once: it names one again for each method."""
    found = [one for one in api.urls[0] if isinstance(one, URLPattern) and one.name != "api-root"]
    return {str(one.pattern): one for one in found}


def _guarded(pattern: URLPattern) -> URLPattern:
    """The route behind the door; one that is not in ASKED stays as it is, and stops the start."""
    methods = ASKED.get(str(pattern.pattern))
    about = "delivery" if "<delivery>" in str(pattern.pattern) else None
    view = machine(methods=methods, about=about)(pattern.callback) if methods else pattern.callback
    return path(str(pattern.pattern), view, name=pattern.name)


urlpatterns = [
    path("openapi.json", page(roles=None)(described), name="openapi"),
    *(_guarded(one) for one in _once().values()),
]
