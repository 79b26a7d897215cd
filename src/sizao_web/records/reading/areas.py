"""The tree of areas as facts in force have it, and the grades announced for them."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import Q

from sizao.terms.time import local_day
from sizao.terms.words import Words
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.facts import effective
from sizao_web.settings.clock import bare


def tree(scope: Scope, known_by: datetime, area: str, levels: int = 2) -> dict[str, Words]:
    """The area and those in it, down to so many levels: path -> label."""
    rows = effective(scope, "areas", known_by)
    inside = rows.filter(Q(path=area) | Q(path__gte=f"{area}/", path__lt=f"{area}0"))
    deepest = area.count("/") + levels
    return {
        row["path"]: Words(row["label_zh"] or row["path"], row["label_en"] or row["path"])
        for row in inside.order_by("path").values("path", "label_zh", "label_en")
        if row["path"].count("/") <= deepest
    }


def grades(scope: Scope, as_of: datetime, known_by: datetime) -> dict[str, str]:
    """Area -> the grade announced for it that holds on the day; areas without one are left out."""
    day = local_day(bare(as_of), settings.SIZAO.zone)
    rows = effective(scope, "area_grades", known_by).filter(from_on__lte=day)
    rows = rows.filter(Q(until_on__isnull=True) | Q(until_on__gt=day)).order_by("from_on", "known_at")
    return dict(rows.values_list("graded", "grade"))


def every_area(scope: Scope, known_by: datetime, without: str = "", limit: int = 5_000) -> dict[str, Words]:
    """Every area on record by path, as far as the limit; without: leave out this one and those in it."""
    rows = effective(scope, "areas", known_by)
    if without:
        rows = rows.exclude(Q(path=without) | Q(path__gte=f"{without}/", path__lt=f"{without}0"))
    named = rows.order_by("path").values_list("path", "label_zh", "label_en")[:limit]
    return {path: Words(zh or path, en or path) for path, zh, en in named}


def communities(scope: Scope, known_by: datetime, area: str, limit: int = 5_000) -> dict[str, Words]:
    """Communities in which people live, in the area: by path, as far as the limit.

    The grounds of a quarantine site are none: their office for the community is the team of the site. Where
    no community is on record, every area inside.
    """
    rows, offices = effective(scope, "areas", known_by), effective(scope, "offices", known_by)
    inside = rows.filter(Q(path=area) | Q(path__gte=f"{area}/", path__lt=f"{area}0"))
    teams = offices.filter(task="site").values("office")
    grounds = set(offices.filter(task="community", office__in=teams).values_list("covers", flat=True))
    columns = ("path", "label_zh", "label_en", "level")
    found = list(inside.order_by("path").values_list(*columns)[:limit])
    living = [one for one in found if one[3] == "community" and one[0] not in grounds]
    return {path: Words(zh or path, en or path) for path, zh, en, _ in living or found}
