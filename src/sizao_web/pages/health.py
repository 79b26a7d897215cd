"""For whoever watches the installation: is the process alive, can it do its work."""

from __future__ import annotations

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from sizao_web.pages.routes import page
from sizao_web.records.reading import condition
from sizao_web.settings.clock import now

LATE = 120.0
"""Seconds after which a job that nobody took means that the ledger is behind."""


@page(roles=None)
def live(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return JsonResponse({"live": True})


@page(roles=None)
def ready(request: HttpRequest) -> HttpResponse:
    """Whether a database of this version is reached, else 503; and whether the ledger keeps up.

    A ledger that is behind is said and is no 503: pages still show the facts, and every process of pages
    would be taken out of service at once. room: whether the disk has room to record; without it pages show.
    """
    try:
        pending = condition.pending_migrations()
        if pending:
            return JsonResponse({"ready": False, "database": "older than this version"}, status=503)
        ledger = condition.ledger(now())
    except DatabaseError:
        return JsonResponse({"ready": False, "database": "not reached"}, status=503)
    return JsonResponse(
        {
            "ready": True,
            "database": "reached",
            "ledger": {
                "late": ledger.oldest_job is not None and ledger.oldest_job > LATE,
                "seconds_since_last_run": _whole(ledger.last_run),
                "seconds_of_oldest_job": _whole(ledger.oldest_job),
                "jobs_waiting": ledger.waiting,
                "jobs_failed": ledger.failed,
            },
            "room": condition.room_left(),
        }
    )


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)


urlpatterns = [path("live", live), path("ready", ready)]
