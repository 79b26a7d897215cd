"""What an entry form offers to choose from, within the scope: areas, places, offices, people, cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from django.db.models import F

from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.records.access.rules import ACCESS
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import PersonAccess
from sizao_web.records.reading.areas import every_area
from sizao_web.records.reading.facts import effective
from sizao_web.records.reading.labels import area_labels, areas_below, beside, name_of, office_labels
from sizao_web.records.reading.ledger import obligations

MOST = 300
"""Suggestions are no list: who is not among so many is found by search."""

Choices = dict[str, Words]


def areas(scope: Scope, known_by: datetime) -> Choices:
    """The area of the duty and those below it."""
    return areas_below(scope, known_by, scope.area, MOST)


def areas_anywhere(scope: Scope, known_by: datetime) -> Choices:
    """The same, and after them areas of elsewhere: where somebody was before they came."""
    return areas(scope, known_by) | every_area(scope, known_by, without=scope.area, limit=MOST)


def places(scope: Scope, known_by: datetime) -> Choices:
    """Places in the area of the duty, by kind: name, kind and area; of one without a name kind and number."""
    rows = _inside(effective(scope, "places", known_by), "located_in", scope.area)
    columns = ("place", "kind", "located_in", "label_zh", "label_en")
    # Of several rows of a place the one with a name is the last, and counts.
    order = ("kind", "place", F("label_zh").asc(nulls_first=True))
    found = list(rows.order_by(*order).values_list(*columns).distinct()[:MOST])
    named = area_labels(scope, known_by, {area for _, _, area, *_ in found})
    kinds = CODE_LISTS["place_kinds"]
    return {
        place: _parts(name, kinds.label_of(kind), named.get(area))
        if (name := name_of(zh, en))
        else _parts(beside(kinds.label_of(kind), place), named.get(area))
        for place, kind, area, zh, en in found
    }


def offices(scope: Scope, known_by: datetime) -> Choices:
    """Offices that work for the area of the duty: inside it and in the wider areas around it."""
    wider = [scope.area.rsplit("/", cut)[0] for cut in range(1, scope.area.count("/") + 1)]
    rows = effective(scope, "offices", known_by)
    mine = _inside(rows, "covers", scope.area) | rows.filter(covers__in=wider)
    names = list(mine.order_by("office").values_list("office", flat=True).distinct()[:MOST])
    return office_labels(scope, known_by, names)


def every_office(scope: Scope, known_by: datetime, task: str | None = None) -> Choices:
    """Offices anywhere, for handing somebody over: of one task, or all."""
    rows = effective(scope, "offices", known_by)
    rows = rows if task is None else rows.filter(task=task)
    return office_labels(
        scope, known_by, list(rows.order_by("office").values_list("office", flat=True).distinct()[:2000])
    )


def persons(scope: Scope, known_by: datetime) -> Choices:
    """People about whom something is to be done, the most urgent first; by number, without names."""
    rows = obligations(scope).filter(about_kind="person", status__in=("overdue", "open"))
    found = list(rows.order_by("due_at").values_list("about", flat=True)[: MOST * 4])
    return {
        person: Words("有待办事项", "something is to be done") for person in list(dict.fromkeys(found))[:MOST]
    }


def households(scope: Scope, known_by: datetime) -> Choices:
    """Households of the people with something to do."""
    rows = obligations(scope).filter(household__isnull=False, status__in=("overdue", "open", "upcoming"))
    found = rows.order_by("household").values_list("household", flat=True).distinct()[:MOST]
    return {household: Words("家庭", "household") for household in found}


def cases(scope: Scope, known_by: datetime) -> Choices:
    """The cases classified last, where the duty reads classifications."""
    if not scope.may_read("classifications"):
        return {}
    rows = effective(scope, "classifications", known_by).order_by("-classified_on", "case")
    classes = CODE_LISTS["case_classes"]
    return {case: classes.label_of(kind) for case, kind in rows.values_list("case", "class_named")[:MOST]}


def instructions(scope: Scope, known_by: datetime) -> Choices:
    """Standing instructions, by what they say."""
    kinds, classes = CODE_LISTS["contact_kinds"], CODE_LISTS["contact_classes"]
    rows = effective(scope, "standing_instructions", known_by).order_by("instruction")
    return {
        name: Words(
            f"{kinds.label_of(kind).zh} → {classes.label_of(of).zh}",
            f"{kinds.label_of(kind).en} → {classes.label_of(of).en}",
        )
        for name, kind, of in rows.values_list("instruction", "kind", "class_named")[:MOST]
    }


SOURCES: Mapping[str, Callable[[Scope, datetime], Choices]] = {
    "person": persons,
    "place": places,
    "office": offices,
    "household": households,
    "case": cases,
    "instruction": instructions,
    "area": areas,
    "area-anywhere": areas_anywhere,
}
"""What an identifier is of -> the function that offers such ones."""


def on_record(scope: Scope, of: str, names: Iterable[str], known_by: datetime) -> set[str]:
    """Which of these people, places, offices or areas are on record here; people within the scope only."""
    wanted = set(names)
    if of == "person":
        rows = PersonAccess.objects.filter(ACCESS.q(scope), person__in=wanted)
        return set(rows.values_list("person", flat=True))
    fact, column = {"place": ("places", "place"), "office": ("offices", "office"), "area": ("areas", "path")}[
        of
    ]
    rows = effective(scope, fact, known_by).filter(**{f"{column}__in": wanted})
    return set(rows.values_list(column, flat=True))


def _inside(rows, column: str, area: str):  # type: ignore[no-untyped-def]
    below = rows.filter(**{f"{column}__gte": f"{area}/", f"{column}__lt": f"{area}0"})
    return rows.filter(**{column: area}) | below


def _parts(*parts: Words | None) -> Words:
    told = [one for one in parts if one is not None]
    return Words(" · ".join(one.zh for one in told), " · ".join(one.en for one in told))
