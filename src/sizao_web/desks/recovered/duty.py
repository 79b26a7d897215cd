"""Whose desk this is, and what its pages share."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest

from sizao.terms.time import local_day
from sizao_web.settings.clock import bare

FOLLOWING = frozenset({"county_hospital", "family_doctor"})
HOSPITAL = "county_hospital"
PAGE = "recovered"  # what the audit calls these pages


def day_of(request: HttpRequest) -> date:
    """The civil day of the request."""
    return local_day(bare(request.moment), settings.SIZAO.zone)


def form_number(text: str) -> str:
    """The number of a form, or a new one."""
    try:
        return str(UUID(text))
    except ValueError:
        return str(uuid4())
