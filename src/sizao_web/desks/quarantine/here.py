"""Whose desk this is, and the site that a page is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sizao.terms.time import local_day
from sizao.terms.words import Words
from sizao_web.pages.names import meet, names
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading import sites
from sizao_web.records.reading.identities import names_of
from sizao_web.settings.clock import bare

MANAGING = frozenset({"site"})
PAGE = "quarantine"  # what the audit calls these pages


WAY = (
    ("quarantine:today", Words("今天", "Today")),
    ("quarantine:checks", Words("测温", "Temperatures")),
    ("quarantine:rooms", Words("房间", "Rooms")),
    ("quarantine:guests", Words("在住人员", "Guests")),
    ("quarantine:needs", Words("诉求", "Requests")),
    ("quarantine:staff", Words("闭环人员", "Staff")),
)
"""The pages of this desk that somebody goes to by themselves."""


@dataclass
class Here:
    """The site of a page, and the moment at which it is looked at."""

    request: HttpRequest
    site: sites.Site
    others: list[str]  # every site of the office, when there are several

    @property
    def scope(self) -> Scope:
        """On whose behalf."""
        found: Scope = self.request.scope
        return found

    @property
    def moment(self) -> datetime:
        """Now."""
        found: datetime = self.request.moment
        return found

    @property
    def zone(self) -> str:
        """The city's time zone."""
        return str(settings.SIZAO.zone)

    @property
    def today(self) -> date:
        """The city's day."""
        return local_day(bare(self.moment), self.zone)

    @property
    def asked(self) -> str:
        """How an address names this site; nothing where the office has one only."""
        return urlencode({"site": self.site.place}) if self.others else ""

    @cached_property
    def due(self) -> list[dict[str, Any]]:
        """What is still due of those who are in a room, whoever does it."""
        return sites.due_about([one.person for one in self.site.stays])

    def names(self, persons: Iterable[str]) -> dict[str, str]:
        """Person -> name; each is noted as read."""
        return names_of(self.scope, self.moment, persons, PAGE)


def here(request: HttpRequest) -> Here | None:
    """The site that the page asks for, or the first of the office; None where the office has none."""
    today = local_day(bare(request.moment), settings.SIZAO.zone)
    found = {row["place"]: row for row in sites.sites_of(request.scope, request.moment, today)}
    if not found:
        return None
    asked = request.POST.get("site") or request.GET.get("site", "")
    place = found.get(asked) or next(iter(found.values()))
    meet(request, found.values(), areas=["located_in"], offices=["place"])
    one = sites.site(request.scope, request.moment, settings.SIZAO.zone, place)
    return Here(request, one, list(found) if len(found) > 1 else [])


def page_of(
    request: HttpRequest, template: str, at: Here | None, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page about a site; who has none is told what to do."""
    if at is None:
        return render(request, "quarantine/none.html", {})
    known = names(request)
    shown = {
        "way": WAY,
        "site": at.site,
        "others": at.others,
        "asked": at.asked,
        "where": known.area(at.site.located_in),
    }
    return render(request, template, {**shown, **context}, status=status)


def form_number(text: str) -> str:
    """The number of a form, a UUID that its page made; a new one where there is none."""
    try:
        return str(UUID(text))
    except ValueError:
        return str(uuid4())
