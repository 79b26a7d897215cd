"""For whoever watches the installation: is the process alive, can it do its work."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from sizao_web.pages.routes import page


@page(roles=None)
def live(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return JsonResponse({"live": True})


@page(roles=None)
def ready(request: HttpRequest) -> HttpResponse:
    """This process reaches its database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"ready": False, "database": "not reached"}, status=503)
    return JsonResponse({"ready": True})


urlpatterns = [path("live", live), path("ready", ready)]
