"""What a desk hands to the script that keeps what a phone could not send, and the pages that go with it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse


@dataclass(frozen=True)
class Unsent:
    """The addresses of a desk that works without connection. All its pages lie below `home`."""

    desk: str
    home_route: str
    record_route: str
    offline_route: str
    worker_route: str

    @property
    def home(self) -> str:
        """Where the desk begins; the script that keeps the offline page reaches no further."""
        return reverse(self.home_route)

    @property
    def record(self) -> str:
        """Where its forms are sent."""
        return reverse(self.record_route)

    @property
    def offline(self) -> str:
        """What is shown instead of a page that cannot be reached."""
        return reverse(self.offline_route)

    @property
    def worker(self) -> str:
        """The script that keeps it."""
        return reverse(self.worker_route)


def offline_page(request: HttpRequest, unsent: Unsent) -> HttpResponse:
    """What a phone without connection shows instead of a page: nothing but what it kept itself."""
    return render(request, "pages/offline.html", {"unsent": unsent})


def worker_script(request: HttpRequest, unsent: Unsent) -> HttpResponse:
    """The script that keeps the offline page on the phone; it must be served from the desk's own address."""
    context = {"unsent": unsent}
    return render(request, "pages/worker.js", context, content_type="text/javascript; charset=utf-8")
