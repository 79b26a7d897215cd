"""All addresses of the shell."""

from __future__ import annotations

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("sizao_web.desks.account.urls")),
    path("", include("sizao_web.desks.everyone.urls")),
    path("command/", include("sizao_web.desks.command.urls")),
    path("community/", include("sizao_web.desks.community.urls")),
    path("policy/", include("sizao_web.desks.policy.urls")),
    path("health/", include("sizao_web.pages.health")),
]
if apps.is_installed("sizao_web.demo"):
    urlpatterns.append(path("demo/", include("sizao_web.demo.urls")))
