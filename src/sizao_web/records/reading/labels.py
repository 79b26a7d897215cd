"""What areas, offices and places are called, as the facts in force say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models.functions import Length

from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.facts import effective


def area_labels(scope: Scope, known_by: datetime, paths: Iterable[str]) -> dict[str, Words]:
    """Path -> label, of the paths that are on record."""
    rows = effective(scope, "areas", known_by).filter(path__in=set(paths))
    return {
        row["path"]: Words(row["label_zh"] or row["path"], row["label_en"] or row["path"])
        for row in rows.values("path", "label_zh", "label_en")
    }


def areas_below(scope: Scope, known_by: datetime, area: str, limit: int = 500) -> dict[str, Words]:
    """The area and those below it, in order of their paths, as far as the limit."""
    rows = effective(scope, "areas", known_by)
    inside = rows.filter(path=area) | rows.filter(path__gte=f"{area}/", path__lt=f"{area}0")
    return {
        row["path"]: Words(row["label_zh"] or row["path"], row["label_en"] or row["path"])
        for row in inside.order_by("path").values("path", "label_zh", "label_en")[:limit]
    }


def office_labels(scope: Scope, known_by: datetime, offices: Iterable[str]) -> dict[str, Words]:
    """Office -> its area and task in words. An office with several tasks is called by the first of them."""
    rows = list(
        effective(scope, "offices", known_by)
        .filter(office__in=set(offices))
        # The area it is known by is the widest one.
        .order_by("office", Length("covers"), "task")
        .values("office", "task", "covers")
    )
    areas = area_labels(scope, known_by, (row["covers"] for row in rows))
    found: dict[str, Words] = {}
    for row in rows:
        area = areas.get(row["covers"], Words(row["covers"], row["covers"]))
        task = CODE_LISTS["office_tasks"].label_of(row["task"])
        found.setdefault(row["office"], Words(f"{area.zh} · {task.zh}", f"{area.en} · {task.en}"))
    return found


def place_labels(scope: Scope, known_by: datetime, places: Iterable[str]) -> dict[str, Words]:
    """Place -> its kind and number."""
    rows = effective(scope, "places", known_by).filter(place__in=set(places)).values("place", "kind")
    kinds = CODE_LISTS["place_kinds"]
    return {
        row["place"]: Words(
            f"{kinds.label_of(row['kind']).zh} {row['place']}",
            f"{kinds.label_of(row['kind']).en} {row['place']}",
        )
        for row in rows
    }
