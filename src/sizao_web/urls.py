"""All addresses of the shell."""

from __future__ import annotations

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

handler400 = "sizao_web.pages.unavailable.refused"
handler500 = "sizao_web.pages.unavailable.failed"
urlpatterns: list[URLPattern | URLResolver] = [
    # First, because machines ask most often, and every address that stands before is tried on each request.
    path("api/v1/", include("sizao_web.gateway.urls")),
    path("", include("sizao_web.desks.account.urls")),
    path("", include("sizao_web.desks.everyone.urls")),
    path("command/", include("sizao_web.desks.command.urls")),
    path("community/", include("sizao_web.desks.community.urls")),
    path("on-duty/", include("sizao_web.desks.duty.urls")),
    path("supervision/", include("sizao_web.desks.supervision.urls")),
    path("investigation/", include("sizao_web.desks.investigation.urls")),
    path("watch/", include("sizao_web.desks.watch.urls")),
    path("entry/", include("sizao_web.desks.entry.urls")),
    path("institution/", include("sizao_web.desks.institutions.urls")),
    path("laboratory/", include("sizao_web.desks.laboratory.urls")),
    path("clinic/", include("sizao_web.desks.clinic.urls")),
    path("capacity/", include("sizao_web.desks.capacity.urls")),
    path("recovered/", include("sizao_web.desks.recovered.urls")),
    path("quarantine/", include("sizao_web.desks.quarantine.urls")),
    path("policy/", include("sizao_web.desks.policy.urls")),
    path("public/", include("sizao_web.desks.public.urls")),
    path("health/", include("sizao_web.pages.health")),
]
if apps.is_installed("sizao_web.demo"):
    urlpatterns.append(path("demo/", include("sizao_web.demo.urls")))
