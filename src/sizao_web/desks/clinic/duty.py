"""Whose desk this is, and what its pages share: whom somebody looked up, the clinics around."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest

from sizao.terms.time import local_day
from sizao_web.pages.language import say
from sizao_web.pages.names import meet, names
from sizao_web.records.actions.newcomers import Who
from sizao_web.records.reading import clinics, public
from sizao_web.records.reading.identities import field_of, identity_of, search
from sizao_web.records.reading.pack import number_on
from sizao_web.records.reading.persons import is_seen
from sizao_web.settings.clock import bare

SELLING, SEEING = frozenset({"pharmacy"}), frozenset({"clinic"})
PAGE = "clinic"  # what the audit calls these pages


@dataclass
class Form:
    """A form as it is shown: what stands in each field, and what is wrong there."""

    values: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)


def looked_up(request: HttpRequest) -> tuple[Form, list[tuple[str, str]]]:
    """What a document, a telephone number or a name finds among those whom this place knows.

    One: the form is about them. Nobody: what was typed stands in the form, and nothing is said about people
    elsewhere.
    """
    text = request.POST.get("q", "").strip()
    found = search(request.scope, request.moment, text).names if text else {}
    if len(found) == 1:
        return Form({"person": next(iter(found))}), []
    return Form({field_of(text): text} if text else {}), list(found.items())


def known(request: HttpRequest, form: Form) -> dict[str, Any] | None:
    """What is on record of the person of a form: shown, and not asked again."""
    person = form.values.get("person") or ""
    if not person or not is_seen(request.scope, person):
        return None
    who = identity_of(request.scope, request.moment, person, PAGE)
    return {"person": person, "who": who}


def who_of(values: Mapping[str, str], wrong: dict[str, str]) -> Who:
    """Whom a form is about; what is wrong with it is added."""
    if values.get("person"):
        return Who(values["person"])
    if not values.get("name"):
        wrong["name"] = say("请填写姓名。", "Give the name.")
    if not values.get("document") and not values.get("telephone"):
        wrong["document"] = say("证件号码和电话至少填一项。", "Give a document or a telephone number.")
    return Who(None, values.get("name", ""), values.get("document") or None, values.get("telephone") or None)


def nearest(request: HttpRequest) -> list[dict[str, Any]]:
    """The fever clinics nearest to this place, with what both have in common in words."""
    here = clinics.place_of(request.scope, request.moment, request.scope.organisation or "")
    area = here["located_in"] if here else request.scope.area
    found = [
        one
        for one in clinics.near(request.scope, request.moment, area)
        if one.place != request.scope.organisation
    ]
    rows = [{"place": one.place, "area": one.area, "common": one.common or None} for one in found]
    told = names(request)
    told.meet(rows, areas=("area", "common"), offices=("place",))
    return [
        {**row, "name": told.office(row["place"]), "there": told.area(row["area"]),
         "near": told.area(row["common"])}
        for row in rows
    ]  # fmt: skip


def the_way(
    request: HttpRequest, person: str, to: str | None, sent: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What stands on the slip that somebody takes along: to which clinic, how it is reached, until when."""
    place = request.scope.organisation or ""
    meet(request, [{"place": to}, {"place": place}], offices=["place"])
    return {
        "person": person,
        "who": identity_of(request.scope, request.moment, person, PAGE),
        "to": to,
        "there": next((one for one in nearest(request) if one["place"] == to), None),
        "contact": public.contacts(request.moment).get(to) if to else None,
        "sent": sent,
        "until": _seen_by(request, sent["referred_at"]) if sent else None,
        "place": place,
    }


def _seen_by(request: HttpRequest, referred_at: datetime) -> datetime | None:
    """Until when somebody who was sent on must be seen, as the pack states it."""
    hours = number_on(clinics.SEEN_WITHIN, day_of(request))
    return None if hours is None else referred_at + timedelta(hours=hours)


def form_number(text: str) -> str:
    """The number of a form, or a new one."""
    try:
        return str(UUID(text))
    except ValueError:
        return str(uuid4())


def day_of(request: HttpRequest) -> date:
    """The civil day of the request."""
    return local_day(bare(request.moment), settings.SIZAO.zone)
