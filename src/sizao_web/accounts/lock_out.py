"""Who mistypes too often waits: counted by name and address, by name alone and by address alone.

A name that nobody has is counted like any other, so that waiting tells nobody which names there are.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db.models import Max, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

LONGEST_NAME = 80


class Tries(AxesDatabaseHandler):
    """As of axes, with a limit of its own for a name from all addresses and for an address with all names."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Failures as counted against AXES_FAILURE_LIMIT: the worst of the three, as a share of its limit."""
        name = str((credentials or {}).get("username") or "")
        return max(
            (counted(rows) * settings.AXES_FAILURE_LIMIT) // limit
            for rows, limit in _limits(name, request.axes_ip_address)
        )


def locked_until(request: HttpRequest, name: str) -> datetime | None:
    """When this name may be tried again from this address, by the real clock; None: now."""
    waits = [
        rows.aggregate(last=Max("attempt_time"))["last"] + settings.AXES_COOLOFF_TIME
        for rows, limit in _limits(name, address_of(request))
        if counted(rows) >= limit
    ]
    return max(waits, default=None)


def note_failure(request: HttpRequest, name: str) -> None:
    """Count a wrong code of a second factor like a wrong password."""
    user_login_failed.send(sender=__name__, credentials={"username": name}, request=request)


def unlock(name: str) -> int:
    """Forget the failures of a name; answers from how many addresses and browsers they came."""
    return int(AccessAttempt.objects.filter(username=name).delete()[0])


def is_locked(name: str) -> bool:
    """Whether a name waits, from some address or from all."""
    rows = _lately().filter(username=name)
    by_address = rows.values("ip_address").annotate(failures=Sum("failures_since_start"))
    return counted(rows) >= settings.FAILURES_OF_A_NAME or any(
        row["failures"] >= settings.AXES_FAILURE_LIMIT for row in by_address
    )


def counted(rows: QuerySet[AccessAttempt]) -> int:
    """Failures in these rows."""
    return int(rows.aggregate(failures=Sum("failures_since_start"))["failures"] or 0)


def address_of(request: HttpRequest) -> str | None:
    """The visitor's address: what the outermost proxy of ours saw, or who speaks to us directly."""
    seen = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",") if one.strip()]
    proxies = settings.SIZAO.proxies
    if proxies and len(seen) >= proxies:
        return seen[-proxies]
    return request.META.get("REMOTE_ADDR") or None


def page_as_it_is(request: HttpRequest, response: HttpResponse, credentials: object) -> HttpResponse:
    """The page that signs in says itself when to try again."""
    return response


def nobody_named(*_: object) -> str:
    """What the log calls a visitor: names and addresses do not belong there."""
    return "somebody"


def _lately() -> QuerySet[AccessAttempt]:
    return AccessAttempt.objects.filter(attempt_time__gte=timezone.now() - settings.AXES_COOLOFF_TIME)


def _limits(name: str, address: str | None) -> list[tuple[QuerySet[AccessAttempt], int]]:
    lately = _lately()
    return [
        (lately.filter(username=name, ip_address=address), settings.AXES_FAILURE_LIMIT),
        (lately.filter(username=name), settings.FAILURES_OF_A_NAME),
        (lately.filter(ip_address=address), settings.FAILURES_OF_AN_ADDRESS),
    ]
